package io.driftless.ops.command;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.log.mmap.MmapStorage;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeRole;
import io.driftless.node.RaftNode;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.ops.process.LoopbackPorts;
import io.driftless.transport.nio.NioTransport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code driftless admin transfer} on three nodes that listen. */
@Timeout(180)
class AdminTransferTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private final SortedMap<String, String> addresses = new TreeMap<>();
    private final SortedMap<String, RaftNode> nodes = new TreeMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void findPorts() throws IOException {
        LoopbackPorts.free(3).forEach(port -> addresses.put("n" + (addresses.size() + 1), "127.0.0.1:" + port));
    }

    @AfterEach
    void closeNodes() {
        nodes.values().forEach(RaftNode::close);
    }

    /** A machine that is short of time must not elect another leader meanwhile. */
    private void start(String... names) {
        NodeConfig config = NodeConfig.builder().electionTimeout(Duration.ofSeconds(1), Duration.ofSeconds(2)).build();
        for (String name : names) {
            nodes.put(name, RaftNode.builder("c", name, Members.parse(cluster())).config(config)
                    .storage(MmapStorage.at(folder.resolve(name))).transport(NioTransport.tcp())
                    .stateMachine(KeyValueMachine::new).start());
        }
    }

    /** The leader, once all that run know it. */
    private String leader() {
        await().atMost(PATIENCE).until(() -> nodes.values().stream().map(node -> node.status().leader()).distinct()
                .count() == 1 && nodes.values().stream().anyMatch(node -> node.status().role() == NodeRole.LEADER));
        return nodes.values().stream().filter(node -> node.status().role() == NodeRole.LEADER).findFirst()
                .map(node -> node.status().node()).orElseThrow();
    }

    private String another(String than) {
        return nodes.keySet().stream().filter(name -> !name.equals(than)).findFirst().orElseThrow();
    }

    /** With their names. */
    private String cluster() {
        return addresses.entrySet().stream().map(member -> member.getKey() + "=" + member.getValue())
                .collect(Collectors.joining(","));
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        return CommandTree.execute(Console.of(new ByteArrayInputStream(new byte[0]), out, err), arguments);
    }

    private String line() {
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    private ObjectNode json() {
        return Json.parseObject(line()).orElseThrow();
    }

    private String error() {
        return err.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void leadershipGoesWhereItIsToGoAndAnyMemberKnowsWhoHasIt() {
        start("n1", "n2", "n3");
        String first = leader();
        String second = another(first);
        long term = nodes.get(first).status().term();
        assertEquals(0, run("admin", "transfer", "--to", second, "--cluster", cluster()), this::error);
        assertTrue(line().matches(second + " leads, term " + (term + 1) + "; it took [\\d,]+ ms"), this::line);
        assertEquals("", error());
        assertEquals(second, leader());

        assertEquals(0, run("admin", "transfer", first + "=" + addresses.get(first), "--json"), this::error);
        String third = json().get("to").asText();
        assertEquals(List.of("op", "from", "to", "term", "took_ms", "outcome", "detail"),
                json().propertyStream().map(field -> field.getKey()).toList());
        assertEquals("transfer " + second + " transferred " + (term + 2) + " ''", json().get("op").asText() + " "
                + json().get("from").asText() + " " + json().get("outcome").asText() + " " + json().get("term").asText()
                + " '" + json().get("detail").asText() + "'");
        assertTrue(addresses.containsKey(third) && !third.equals(second), third);
        assertEquals(third, leader());

        assertEquals(0, run("admin", "transfer", "--to", third, addresses.get(third)));
        assertEquals(third + " leads already, term " + (term + 2), line());
        assertEquals(third, leader());
    }

    @Test
    void whoCannotTakeOverIsNamedWithTheReason() {
        start("n1", "n2", "n3");
        String leader = leader();
        assertEquals(1, run("admin", "transfer", "--to", "n9", addresses.get("n1")));
        assertEquals("driftless: " + leader + ": leadership was not handed over: n9 is no member (members: n1, n2, n3)",
                error());
        assertEquals(1, run("admin", "transfer", "--to", "n9", addresses.get("n1"), "--json"));
        assertEquals(leader + " n9 no_target", json().get("from").asText() + " " + json().get("to").asText() + " "
                + json().get("outcome").asText());
        String down = another(leader);
        nodes.remove(down).close();
        await().atMost(PATIENCE).until(() -> nodes.get(leader).status().peers().stream()
                .anyMatch(peer -> peer.node().equals(down) && !peer.connected()));
        assertEquals(1, run("admin", "transfer", "--to", down, "--cluster", cluster()));
        assertTrue(error().matches("driftless: " + leader + ": leadership was not handed over: " + down
                + " is not connected( \\(.+\\))?"), this::error);
        assertEquals("", line());
        assertEquals(leader, leader());
    }

    @Test
    void withoutALeaderNothingIsAskedFor() throws IOException {
        start("n1");
        assertEquals(1, run("admin", "transfer", "--cluster", cluster(), "--timeout", "500ms"));
        assertTrue(error().startsWith("driftless: no leader within 500 ms: n1"), this::error);
        assertTrue(error().endsWith(", " + addresses.get("n3") + ": Connection refused"), this::error);
        assertEquals(1, run("admin", "transfer", addresses.get("n1"), "--timeout", "100ms", "--json"));
        assertTrue(json().get("from").isNull() && json().get("to").isNull() && json().get("term").isNull(), line());
        assertEquals("no_leader", json().get("outcome").asText());
        nodes.remove("n1").close();
        assertEquals(1, run("admin", "transfer", addresses.get("n1")));
        assertEquals("driftless: no member answers: " + addresses.get("n1") + ": Connection refused", error());
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertEquals(1, run("admin", "transfer", "127.0.0.1:" + silent.getLocalPort(), "--timeout", "100ms"));
            assertTrue(error().startsWith("driftless: no member answers: 127.0.0.1:" + silent.getLocalPort()),
                    this::error);
        }
    }

    @Test
    void aClusterOfOneHasNobodyToHandOverTo() {
        addresses.keySet().removeIf(name -> !name.equals("n1"));
        start("n1");
        assertEquals("n1", leader());
        assertEquals(1, run("admin", "transfer", addresses.get("n1")));
        assertEquals("driftless: n1: leadership was not handed over: no other voter can take over", error());
        assertEquals(1, run("admin", "transfer", "n2=" + addresses.get("n1")));
        assertEquals("driftless: " + addresses.get("n1") + ": this is n1, not n2: nothing was asked for", error());
        assertEquals(Optional.of("n1"), nodes.get("n1").status().leader());
    }

    @Test
    void badUsageIsSaidBeforeAnybodyIsAsked() {
        assertEquals(2, run("admin", "transfer", "nowhere"));
        assertEquals(1, error().lines().count(), this::error);
        assertEquals(2, run("admin", "transfer", "127.0.0.1:1,127.0.0.1:2"));
        assertEquals("driftless: HOST:PORT: '127.0.0.1:1,127.0.0.1:2': one member only; several: --cluster", error());
        assertEquals(2, run("admin", "transfer", "127.0.0.1:1", "--cluster", "127.0.0.1:2"));
        assertEquals("driftless: HOST:PORT or --cluster, not both", error());
        assertEquals(2, run("admin", "transfer", "127.0.0.1:1", "--to", "n 2"));
        assertTrue(error().startsWith("driftless: --to: server id with a character that is not a letter"), this::error);
        assertEquals(2, run("admin", "transfer", "127.0.0.1:1", "--to", ""));
        assertEquals("driftless: --to: the name of a member, such as n2", error());
        assertEquals(2, run("admin", "transfer", "127.0.0.1:1", "--timeout", "0s"));
    }
}
