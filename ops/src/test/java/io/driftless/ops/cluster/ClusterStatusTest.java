package io.driftless.ops.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.console.Json;
import java.util.List;
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
                + "\"applied\":null,\"durable\":null,\"last\":null,\"problem\":\"Connection refused\"}",
                Json.line(GONE.line()));
    }

    @Test
    void theLeaderIsTheOneOfTheHighestTerm() {
        assertEquals(Optional.of(LEADER), new ClusterStatus(List.of(DEPOSED, LEADER, GONE)).leader());
        assertEquals(Optional.empty(), new ClusterStatus(List.of(GONE)).leader());
        assertFalse(new ClusterStatus(List.of(GONE, GONE)).isAnyReachable());
        assertTrue(new ClusterStatus(List.of(GONE, DEPOSED)).isAnyReachable());
    }

    @Test
    void theTableSaysWhoHoldsUpWhat() {
        List<String> table = new ClusterStatus(List.of(LEADER, DEPOSED, GONE)).table();
        assertTrue(table.get(1).endsWith("18    0  n3 is not connected"), table.get(1));
        assertTrue(table.get(2).contains("  8"), table.get(2));
        assertTrue(table.get(3).contains("unreachable") && table.get(3).endsWith("Connection refused"), table.get(3));
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
