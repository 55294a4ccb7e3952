package io.driftless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.driftless.log.DurabilityPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StatusJsonTest {

    @Test
    void writesEveryFieldInOrder() {
        NodeStatus.Builder status = NodeStatus.builder("n1");
        status.address("127.0.0.1:7001");
        status.role(NodeRole.LEADER);
        status.term(3);
        status.leader(Optional.of("n1"));
        status.commitIndex(17);
        status.lastApplied(16);
        status.durableIndex(18);
        status.lastIndex(19);
        status.boot(2);
        status.durability(DurabilityPolicy.OS);
        status.inDoubt(true);
        status.badFrames(5);
        status.inFlight(7).queriesWaiting(2).queriesAnswered(40).queriesFailed(1);
        status.sessions(5).sessionsMax(100_000);
        status.sessionBytes(320).sessionResultBytesMax(64L << 20)
                .snapshot(new SnapshotStatus(true, true, 9, 4_096, "no room"));
        status.machine(new TreeMap<>(Map.of("b", -2L, "a", 1L)));
        status.peers(List.of(new NodeStatus.PeerStatus("n2", true, 17, 18, 2),
                new NodeStatus.PeerStatus("n3", false, 0, 1, -1, Optional.of(
                        new TransferStatus("n3", 9, 4_000, 1L << 33, 10, 20)))));
        status.incoming(Optional.of(new TransferStatus("n4", 8, 100, 1_000, 99, -1))).successor(Optional.of("n2"));
        status.members(List.of(new NodeStatus.Member("n2", "127.0.0.1:7002", true, "", true),
                new NodeStatus.Member("n3", "127.0.0.1:7003", false, "refused", false)));
        status.incarnation("a-uuid");
        status.leaderless(Optional.of(Duration.ofMillis(12_345))).leaderSilenceMax(Optional.of(Duration.ofMillis(67)));
        assertEquals("{\"node\":\"n1\",\"address\":\"127.0.0.1:7001\",\"reachable\":true,\"role\":\"leader\","
                + "\"term\":3,\"leader\":\"n1\",\"commit\":17,\"applied\":16,\"durable\":18,\"last\":19,\"first\":1,"
                + "\"boot\":2,\"durability\":\"os\",\"in_doubt\":true,"
                + "\"waiting_for\":[],\"blocked\":null,\"bad_frames\":5,"
                + "\"in_flight\":7,\"queries_waiting\":2,\"queries_answered\":40,\"queries_failed\":1,"
                + "\"sessions\":5,\"sessions_max\":100000,\"session_bytes\":320,"
                + "\"session_result_bytes_max\":67108864,"
                + "\"snapshot\":{\"state\":\"taking\",\"index\":9,\"bytes\":4096,\"problem\":\"no room\"},"
                + "\"incoming\":{\"node\":\"n4\",\"index\":8,\"offset\":100,\"size\":1000,\"bytes_per_s\":99,"
                + "\"needed_bytes_per_s\":null,\"left_s\":10},"
                + "\"successor\":\"n2\","
                + "\"peers\":[{\"node\":\"n2\",\"connected\":true,\"match\":17,\"next\":18,\"lag\":2,"
                + "\"snapshot\":null},"
                + "{\"node\":\"n3\",\"connected\":false,\"match\":0,\"next\":1,\"lag\":null,"
                + "\"snapshot\":{\"node\":\"n3\",\"index\":9,\"offset\":4000,\"size\":8589934592,"
                + "\"bytes_per_s\":10,\"needed_bytes_per_s\":20,\"left_s\":858993060}}],"
                + "\"members\":[{\"node\":\"n2\",\"address\":\"127.0.0.1:7002\",\"connected\":true,\"problem\":null,"
                + "\"counted\":true},"
                + "{\"node\":\"n3\",\"address\":\"127.0.0.1:7003\",\"connected\":false,"
                + "\"problem\":\"refused\",\"counted\":false}],"
                + "\"incarnation\":\"a-uuid\",\"leaderless_ms\":12345,\"leader_silence_max_ms\":67,"
                + "\"machine\":{\"a\":1,\"b\":-2}}",
                status.build().toJson());
    }

    @Test
    void writesWhatIsMissingAsNull() {
        NodeStatus.Builder status = NodeStatus.builder("n1");
        status.address("a:1");
        status.waitingFor(List.of("n2", "n3"));
        assertEquals("{\"node\":\"n1\",\"address\":\"a:1\",\"reachable\":true,\"role\":\"follower\","
                + "\"term\":0,\"leader\":null,\"commit\":0,\"applied\":0,\"durable\":0,\"last\":0,\"first\":1,"
                + "\"boot\":0,\"durability\":\"always\",\"in_doubt\":false,"
                + "\"waiting_for\":[\"n2\",\"n3\"],\"blocked\":null,\"bad_frames\":0,"
                + "\"in_flight\":0,\"queries_waiting\":0,\"queries_answered\":0,\"queries_failed\":0,"
                + "\"sessions\":0,\"sessions_max\":0,\"session_bytes\":0,"
                + "\"session_result_bytes_max\":0,"
                + "\"snapshot\":{\"state\":\"off\",\"index\":null,\"bytes\":null,\"problem\":null},"
                + "\"incoming\":null,\"successor\":null,\"peers\":[],\"members\":[],\"incarnation\":null,"
                + "\"leaderless_ms\":null,\"leader_silence_max_ms\":null,\"machine\":{}}", status.build().toJson());
    }

    @Test
    void anUnreachableNodeHasTheSameFields() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode reachable = mapper.readTree(NodeStatus.builder("n1").build().toJson());
        JsonNode unreachable = mapper.readTree(NodeStatus.unreachableJson("[::1]:7001"));
        assertEquals(List.copyOf(names(reachable)), List.copyOf(names(unreachable)));
        assertEquals("[::1]:7001", unreachable.get("address").asText());
        assertEquals(false, unreachable.get("reachable").asBoolean());
        assertEquals(true, unreachable.get("commit").isNull());
    }

    @Test
    void theTimeLeftIsKnownOnceSomethingMoves() {
        assertEquals(Optional.empty(), new TransferStatus("n2", 1, 0, 100, -1, -1).left());
        assertEquals(Optional.empty(), new TransferStatus("n2", 1, 0, 100, 0, -1).left());
        assertEquals(Optional.of(Duration.ofSeconds(2)), new TransferStatus("n2", 1, 1, 100, 50, -1).left());
        assertEquals(Optional.of(Duration.ZERO), new TransferStatus("n2", 1, 100, 100, 50, -1).left());
    }

    @Test
    void anyTextSurvives() throws Exception {
        NodeStatus.Builder status = NodeStatus.builder("n1");
        StringBuilder hard =
                new StringBuilder("\"quoted\" \\ / \t\r\n\b\f \u00e4 \u4e16 \ud83d\ude00 \u2028 \u2029 \u007f");
        for (char c = 0; c < 0x20; c++) {
            hard.append(c);
        }
        status.blocked(hard.toString());
        String json = status.build().toJson();
        assertEquals(1, json.lines().count());
        assertEquals(hard.toString(), new ObjectMapper().readTree(json).get("blocked").asText());
        status.blocked("lone \ud83d half");
        String lone = status.build().toJson();
        assertEquals(true, lone.contains("\\ud83d"));
    }

    private static List<String> names(JsonNode node) {
        return node.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }
}
