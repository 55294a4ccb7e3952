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
        NodeStatus.Parts parts = new NodeStatus.Parts();
        parts.node = "n1";
        parts.address = "127.0.0.1:7001";
        parts.role = NodeRole.LEADER;
        parts.term = 3;
        parts.leader = Optional.of("n1");
        parts.commit = 17;
        parts.applied = 16;
        parts.durable = 18;
        parts.last = 19;
        parts.boot = 2;
        parts.durability = DurabilityPolicy.OS;
        parts.inDoubt = true;
        parts.badFrames = 5;
        parts.inFlight = 7;
        parts.machine = new TreeMap<>(Map.of("b", -2L, "a", 1L));
        parts.peers = List.of(new NodeStatus.PeerStatus("n2", true, 17, 18, 2),
                new NodeStatus.PeerStatus("n3", false, 0, 1, -1));
        parts.members = List.of(new NodeStatus.Member("n2", "127.0.0.1:7002", true, "", true),
                new NodeStatus.Member("n3", "127.0.0.1:7003", false, "refused", false));
        parts.incarnation = "a-uuid";
        parts.leaderless = Optional.of(Duration.ofMillis(12_345));
        assertEquals("{\"node\":\"n1\",\"address\":\"127.0.0.1:7001\",\"reachable\":true,\"role\":\"leader\","
                + "\"term\":3,\"leader\":\"n1\",\"commit\":17,\"applied\":16,\"durable\":18,\"last\":19,\"first\":1,"
                + "\"boot\":2,\"durability\":\"os\",\"in_doubt\":true,"
                + "\"waiting_for\":[],\"blocked\":null,\"bad_frames\":5,"
                + "\"in_flight\":7,\"peers\":[{\"node\":\"n2\",\"connected\":true,\"match\":17,\"next\":18,\"lag\":2},"
                + "{\"node\":\"n3\",\"connected\":false,\"match\":0,\"next\":1,\"lag\":null}],"
                + "\"members\":[{\"node\":\"n2\",\"address\":\"127.0.0.1:7002\",\"connected\":true,\"problem\":null,"
                + "\"counted\":true},"
                + "{\"node\":\"n3\",\"address\":\"127.0.0.1:7003\",\"connected\":false,"
                + "\"problem\":\"refused\",\"counted\":false}],"
                + "\"incarnation\":\"a-uuid\",\"leaderless_ms\":12345,\"machine\":{\"a\":1,\"b\":-2}}",
                new NodeStatus(parts).toJson());
    }

    @Test
    void writesWhatIsMissingAsNull() {
        NodeStatus.Parts parts = new NodeStatus.Parts();
        parts.node = "n1";
        parts.address = "a:1";
        parts.waitingFor = List.of("n2", "n3");
        assertEquals("{\"node\":\"n1\",\"address\":\"a:1\",\"reachable\":true,\"role\":\"follower\","
                + "\"term\":0,\"leader\":null,\"commit\":0,\"applied\":0,\"durable\":0,\"last\":0,\"first\":1,"
                + "\"boot\":0,\"durability\":\"always\",\"in_doubt\":false,"
                + "\"waiting_for\":[\"n2\",\"n3\"],\"blocked\":null,\"bad_frames\":0,"
                + "\"in_flight\":0,\"peers\":[],\"members\":[],\"incarnation\":null,"
                + "\"leaderless_ms\":null,\"machine\":{}}", new NodeStatus(parts).toJson());
    }

    @Test
    void anUnreachableNodeHasTheSameFields() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode reachable = mapper.readTree(new NodeStatus(new NodeStatus.Parts()).toJson());
        JsonNode unreachable = mapper.readTree(NodeStatus.unreachableJson("[::1]:7001"));
        assertEquals(List.copyOf(names(reachable)), List.copyOf(names(unreachable)));
        assertEquals("[::1]:7001", unreachable.get("address").asText());
        assertEquals(false, unreachable.get("reachable").asBoolean());
        assertEquals(true, unreachable.get("commit").isNull());
    }

    @Test
    void anyTextSurvives() throws Exception {
        NodeStatus.Parts parts = new NodeStatus.Parts();
        StringBuilder hard =
                new StringBuilder("\"quoted\" \\ / \t\r\n\b\f \u00e4 \u4e16 \ud83d\ude00 \u2028 \u2029 \u007f");
        for (char c = 0; c < 0x20; c++) {
            hard.append(c);
        }
        parts.blocked = hard.toString();
        String json = new NodeStatus(parts).toJson();
        assertEquals(1, json.lines().count());
        assertEquals(parts.blocked, new ObjectMapper().readTree(json).get("blocked").asText());
        parts.blocked = "lone \ud83d half";
        String lone = new NodeStatus(parts).toJson();
        assertEquals(true, lone.contains("\\ud83d"));
    }

    private static List<String> names(JsonNode node) {
        return node.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }
}
