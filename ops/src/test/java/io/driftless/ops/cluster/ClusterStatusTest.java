package io.driftless.ops.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.console.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterStatusTest {

    private static final MemberStatus LEADER = MemberStatus.of("127.0.0.1:7001", """
            {"node":"n1","address":"127.0.0.1:7001","reachable":true,"role":"leader","term":3,"leader":"n1",\
            "commit":17,"applied":17,"durable":18,"last":18,"boot":2,\
            "peers":[{"node":"n2","connected":true,"match":18,"next":19,"lag":0},\
            {"node":"n3","connected":false,"match":5,"next":6,"lag":13}]}""");
    private static final MemberStatus DEPOSED = MemberStatus.of("127.0.0.1:7002", """
            {"node":"n2","address":"127.0.0.1:7002","role":"leader","term":2,"leader":"",\
            "commit":9,"applied":9,"durable":9,"last":10,"waiting_for":[]}""");
    private static final MemberStatus GONE = new MemberStatus("127.0.0.1:7003", Optional.empty(), "Connection refused");

    @Test
    void aLineHasTheStableFieldsFirstAndNullsForWhatIsMissing() {
        assertTrue(Json.line(LEADER.line()).startsWith(
                "{\"node\":\"n1\",\"address\":\"127.0.0.1:7001\",\"reachable\":true,"
                + "\"role\":\"leader\",\"term\":3,"
                + "\"leader\":\"n1\",\"commit\":17,\"applied\":17,\"durable\":18,\"last\":18,\"boot\":2,"),
                Json.line(LEADER.line()));
        assertTrue(Json.line(DEPOSED.line()).contains("\"leader\":null"), Json.line(DEPOSED.line()));
        assertEquals("{\"node\":null,\"address\":\"127.0.0.1:7003\",\"reachable\":false,"
                + "\"role\":null,\"term\":null,\"leader\":null,\"commit\":null,"
                + "\"applied\":null,\"durable\":null,\"last\":null,\"first\":null,\"boot\":null,"
                + "\"durability\":null,\"in_doubt\":null,\"waiting_for\":null,\"blocked\":null,"
                + "\"bad_frames\":null,\"in_flight\":null,\"queries_waiting\":null,"
                + "\"queries_answered\":null,\"queries_failed\":null,\"sessions\":null,\"sessions_max\":null,"
                + "\"session_bytes\":null,\"session_result_bytes_max\":null,\"snapshot\":null,\"incoming\":null,"
                + "\"successor\":null,\"peers\":null,\"members\":null,\"incarnation\":null,"
                + "\"leaderless_ms\":null,\"leader_silence_max_ms\":null,\"machine\":null,"
                + "\"problem\":\"Connection refused\"}",
                Json.line(GONE.line()));
    }

    @Test
    void theLeaderIsTheOneOfTheHighestTerm() {
        assertEquals(Optional.of(LEADER), new ClusterStatus(List.of(DEPOSED, LEADER, GONE)).leader());
        assertEquals(Optional.empty(), new ClusterStatus(List.of(GONE)).leader());
    }

    @Test
    void theTableSaysWhoHoldsUpWhat() {
        List<String> table = new ClusterStatus(List.of(LEADER, DEPOSED, GONE)).table();
        assertTrue(table.getFirst().endsWith("  LAG  REMARKS"), table.getFirst());
        assertTrue(table.get(1).endsWith("18         -         -     -    0  missing n3 (not connected)"),
                table.get(1));
        assertTrue(table.get(3).contains("unreachable") && table.get(3).endsWith("Connection refused"), table.get(3));
    }

    /** n1 was deposed with a longer log than the new leader's; n3's is as long, and its end is to be replaced. */
    @Test
    void lagCountsWhatALeaderKnowsAMemberToLack() {
        MemberStatus leader = member("n2", "leader", 7, "n2", 20, """
                "peers":[{"node":"n1","connected":true,"match":0,"next":21,"lag":null},\
                {"node":"n3","connected":true,"match":5,"next":6,"lag":15}],""");
        ClusterStatus status = new ClusterStatus(List.of(member("n1", "follower", 7, "n2", 30, ""), leader,
                member("n3", "follower", 7, "n2", 20, "")));
        assertEquals(List.of("0", "0", "15"), lags(status));
        assertTrue(status.table().get(2).endsWith("0  n3 lags by 15"), status.table().get(2));
        assertEquals(List.of("10", "0"), lags(new ClusterStatus(List.of(member("n1", "candidate", 8, "", 20, ""),
                member("n2", "follower", 8, "", 30, "")))));
    }

    @Test
    void readsThatWaitAreARemark() {
        ClusterStatus status = new ClusterStatus(List.of(member("n1", "leader", 7, "n1", 20, "\"queries_waiting\":3,"),
                member("n2", "follower", 7, "n1", 20, "\"queries_waiting\":0,")));
        assertTrue(status.table().get(1).endsWith("0  reads that wait: 3"), status.table().get(1));
        assertFalse(status.table().get(2).contains("reads"), status.table().get(2));
    }

    private static List<String> lags(ClusterStatus status) {
        int column = status.table().getFirst().indexOf("LAG") + "LAG".length();
        return status.table().stream().skip(1).map(line -> line.substring(0, column).strip().replaceAll(".* ", ""))
                .toList();
    }

    @Test
    void aMemberThatDoesNotAnswerHasTheNameThatTheOthersOrTheCallerKnow() {
        MemberStatus n1 = member("n1", "pre_candidate", 3, "", 9, """
                "blocked":"no quorum: 1 of 3 reachable for 12 s, missing n2 (refused), n3 (silent)","members":[\
                {"node":"n2","address":"127.0.0.1:7002","connected":false,"problem":"refused"},\
                {"node":"n3","address":"127.0.0.1:7003","connected":true,"problem":"silent"}],""");
        MemberStatus local = new MemberStatus("localhost:7002", Optional.empty(), "Connection refused");
        ClusterStatus status = new ClusterStatus(List.of(n1, local, GONE, new MemberStatus("a:1", Optional.empty(), "x")
                .named("n9")));
        assertEquals(List.of("n1", "n2", "n3", "n9"), status.members().stream().map(MemberStatus::node).toList());
        assertTrue(status.table().get(1).endsWith("no quorum: 1 of 3 reachable for 12 s, missing n2 (refused), "
                + "n3 (silent)"), status.table().get(1));
        assertTrue(status.table().get(3).startsWith("n3 "), status.table().get(3));
        assertTrue(Json.line(status.members().get(2).line()).startsWith("{\"node\":\"n3\",\"address\":"),
                status.toString());
        assertFalse(status.isLed());
        assertTrue(new ClusterStatus(List.of(n1, LEADER)).isLed());
        assertFalse(new ClusterStatus(List.of(GONE)).isLed());
    }

    @Test
    void theLeaderNamesWhoIsMissingAndWhy() {
        MemberStatus leader = member("n2", "leader", 7, "n2", 20, """
                "peers":[{"node":"n1","connected":true,"match":0,"next":1,"lag":null},\
                {"node":"n3","connected":true,"match":20,"next":21,"lag":0}],"members":[\
                {"node":"n1","address":"a:1","connected":true,"problem":"has lost its data: not counted",\
                "counted":false},\
                {"node":"n3","address":"c:1","connected":true,"problem":null}],""");
        ClusterStatus status = new ClusterStatus(List.of(leader, member("n1", "forming", 0, "", 0, ""),
                member("n3", "follower", 7, "n2", 20, "")));
        assertEquals(List.of("0", "-", "0"), lags(status), "what n1 lacks is not known: it is not counted");
        String row = status.table().get(1);
        assertTrue(row.endsWith("0  missing n1 (has lost its data: not counted)"), row);
    }

    @Test
    void aMemberThatIsNotTheOneThatWasMeantIsNamed() {
        String row = new ClusterStatus(List.of(LEADER.named("n5"))).table().get(1);
        assertTrue(row.contains("this is n1, not n5; "), row);
    }

    private static MemberStatus member(String node, String role, int term, String leader, int last, String more) {
        return MemberStatus.of("127.0.0.1:70" + node.charAt(1), "{\"node\":\"" + node + "\",\"role\":\"" + role
                + "\",\"term\":" + term + ",\"leader\":" + (leader.isEmpty() ? "null" : "\"" + leader + "\"")
                + ",\"commit\":5,\"applied\":5,\"durable\":5," + more + "\"last\":" + last + "}");
    }

    @Test
    void theTableSaysHowMuchOfItsQuotaAStoreUses() {
        MemberStatus full = MemberStatus.of("a:1", "{\"node\":\"n1\",\"role\":\"follower\","
                + "\"machine\":{\"keys\":3,\"quota_bytes\":2000,\"used_bytes\":1996}}");
        MemberStatus other = MemberStatus.of("a:1", "{\"node\":\"n1\",\"role\":\"follower\",\"machine\":{}}");
        MemberStatus none = MemberStatus.of("a:1", "{\"node\":\"n1\",\"role\":\"follower\","
                + "\"machine\":{\"keys\":3,\"quota_bytes\":0,\"used_bytes\":104779}}");
        List<String> table = new ClusterStatus(List.of(full, other, none)).table();
        int column = table.getFirst().indexOf("USED") + "USED".length();
        assertTrue(table.get(1).substring(0, column + 1).strip().endsWith(" 99.8%"), table.get(1));
        assertTrue(table.get(2).substring(0, column + 1).strip().endsWith(" -"), table.get(2));
        assertTrue(table.get(3).substring(0, column + 1).strip().endsWith(" over"), table.get(3));
    }

    /** n3 would open more if it led, and n4 is of a version that tells no limit. */
    @Test
    void theTableSaysThatTheLeaderOpensNoMoreSessions() {
        MemberStatus leader = member("n1", "leader", 7, "n1", 9, "\"sessions\":100,\"sessions_max\":100,");
        MemberStatus behind = member("n2", "follower", 7, "n1", 9, "\"sessions\":99,\"sessions_max\":50,");
        MemberStatus larger = member("n3", "follower", 7, "n1", 9, "\"sessions\":100,\"sessions_max\":200,");
        MemberStatus older = member("n4", "follower", 7, "n1", 9, "\"sessions\":100,");
        assertEquals(List.of("100 (full)", "99", "100 (full)"), sessions(leader, behind, larger));
        assertEquals(List.of("99 (full)", "100", "100"), sessions(behind, larger, older));
    }

    private static List<String> sessions(MemberStatus... members) {
        List<String> table = new ClusterStatus(List.of(members)).table();
        int end = table.getFirst().indexOf("SESSIONS") + "SESSIONS".length();
        int start = table.getFirst().indexOf("LAST") + "LAST".length();
        return table.stream().skip(1).map(line -> line.substring(start, end).strip()).toList();
    }

    @Test
    void aTransferThatTheLogOutgrowsIsCalledTooSlow() {
        String told = """
                "first":1500000,"peers":[{"node":"n2","connected":true,"match":0,"next":1,"lag":2000000,"snapshot":\
                {"node":"n2","index":1600000,"offset":134217728,"size":268435456,"bytes_per_s":3145728,\
                "needed_bytes_per_s":%d,"left_s":43}}],""";
        assertEquals("sends n2 the snapshot of index 1600000: 50% of 256.0 MiB, 3.0 MiB/s, 43 s left, too slow:"
                + " needs 12.0 MiB/s, has 3.0 MiB/s", remarks(told, 12 << 20));
        assertEquals("sends n2 the snapshot of index 1600000: 50% of 256.0 MiB, 3.0 MiB/s, 43 s left",
                remarks(told, 3 << 20));
    }

    private static String remarks(String told, int needed) {
        String line = new ClusterStatus(List.of(member("n1", "leader", 7, "n1", 2_000_000, String.format(Locale.ROOT,
                told, needed)))).table().get(1);
        return line.substring(line.indexOf("sends"));
    }

    @Test
    void bothSidesOfATransferSayHowFarItIs() {
        MemberStatus leader = member("n1", "leader", 7, "n1", 2_000_000, """
                "first":1500000,"successor":"n3",\
                "peers":[{"node":"n2","connected":true,"match":0,"next":1,"lag":2000000,"snapshot":\
                {"node":"n2","index":1600000,"offset":134217727,"size":268435456,"bytes_per_s":12897485,"left_s":11}},\
                {"node":"n3","connected":true,"match":7,"next":8,"lag":1999993,"snapshot":null}],""");
        MemberStatus fed = member("n2", "follower", 7, "n1", 9, """
                "blocked":"needs a snapshot","first":1,"incoming":{"node":"n1","index":1600000,"offset":999,\
                "size":1023,"bytes_per_s":null,"left_s":null},""");
        List<String> table = new ClusterStatus(List.of(leader, fed)).table();
        assertTrue(table.get(1).endsWith("  hands over to n3; sends n2 the snapshot of index 1600000: 49% of 256.0 MiB,"
                + " 12.3 MiB/s, 11 s left; n3 lags by 1999993"), table.get(1));
        assertTrue(table.get(2).endsWith("  needs a snapshot; is sent the snapshot of index 1600000: 97% of 1023 B, by "
                + "n1"), table.get(2));
        int start = table.getFirst().indexOf("DURABLE") + "DURABLE".length();
        int end = table.getFirst().indexOf("FIRST") + "FIRST".length();
        assertEquals(List.of("FIRST", "1500000", "1"), table.stream().map(line -> line.substring(start, end).strip())
                .toList());
    }

    @Test
    void aMajorityInDoubtWithoutALeaderIsForTheOperatorToDecide() {
        MemberStatus n1 = inDoubt("n1", true);
        MemberStatus n2 = inDoubt("n2", true);
        MemberStatus sure = inDoubt("n3", false);
        String advice = new ClusterStatus(List.of(n1, n2, sure)).advice().orElseThrow();
        assertTrue(advice.contains("n1, n2.") && advice.contains("--accept-loss"), advice);
        assertTrue(new ClusterStatus(List.of(n1, n2, GONE)).advice().isPresent());
        assertTrue(new ClusterStatus(List.of(n1)).advice().isPresent());
        assertEquals(Optional.empty(), new ClusterStatus(List.of(n1, sure, sure)).advice());
        assertEquals(Optional.empty(), new ClusterStatus(List.of(n1, sure, GONE)).advice());
        assertEquals(Optional.empty(), new ClusterStatus(List.of(n1, n2, LEADER)).advice());
        assertEquals(Optional.empty(), new ClusterStatus(List.of(GONE, GONE, GONE)).advice());
    }

    @Test
    void aStateThatNoServerHasIsSaidToBeLost() {
        MemberStatus n1 = needing("n1", "");
        MemberStatus n2 = needing("n2", "{\"node\":\"n1\"}");
        assertEquals(Optional.of("nobody can send a snapshot: all servers of this cluster need one (n1). What was "
                + "before their logs is lost."), new ClusterStatus(List.of(n1)).advice());
        assertTrue(new ClusterStatus(List.of(n1, n2)).advice().isPresent());
        assertEquals(Optional.empty(), new ClusterStatus(List.of(n2)).advice(), "n1 was not asked");
        assertEquals(Optional.empty(), new ClusterStatus(List.of(n1, GONE)).advice());
        assertEquals(Optional.empty(), new ClusterStatus(List.of(needing("n3", ""), LEADER)).advice());
    }

    private static MemberStatus needing(String node, String others) {
        return MemberStatus.of(node + ":1", "{\"node\":\"" + node + "\",\"role\":\"follower\",\"term\":3,"
                + "\"blocked\":\"needs a snapshot; knows no leader for 12 s\",\"members\":[" + others + "]}");
    }

    private static MemberStatus inDoubt(String node, boolean inDoubt) {
        return MemberStatus.of(node + ":1", "{\"node\":\"" + node + "\",\"role\":\"follower\",\"term\":3,\"in_doubt\":"
                + inDoubt + "}");
    }

    @Test
    void aStatusThatIsNotJsonCountsAsNoAnswer() {
        MemberStatus odd = MemberStatus.of("127.0.0.1:7001", "<html>");
        assertFalse(odd.isReachable());
        assertEquals("its status is not JSON", odd.problem());
    }
}
