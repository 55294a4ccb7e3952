package io.driftless.ops.command;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.client.RaftClient;
import io.driftless.log.Bytes;
import io.driftless.log.mmap.MmapStorage;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.RaftNode;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.process.LoopbackPorts;
import io.driftless.transport.nio.NioTransport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code driftless admin} on a node that listens. */
@Timeout(120)
class AdminCommandsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private RaftNode start(Supplier<StateMachine> machine) {
        return RaftNode.builder("c", "n1", Members.parse("n1=127.0.0.1:1"))
                .config(NodeConfig.builder().bind("127.0.0.1:0").build()).storage(MmapStorage.at(folder.resolve("n1")))
                .transport(NioTransport.tcp()).stateMachine(machine).start();
    }

    private static void put(RaftNode node) throws InterruptedException {
        assertTrue(node.awaitLeader(PATIENCE));
        try (RaftClient client = node.newClient()) {
            assertInstanceOf(Outcome.Committed.class, client.execute(new KvCommand.Put(Bytes.utf8("key"),
                    Bytes.utf8("value")).encode(), PATIENCE));
        }
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
    void aSnapshotIsTakenOnceAndSaidToBeThereThen() throws Exception {
        try (RaftNode node = start(KeyValueMachine::new)) {
            String address = node.address();
            put(node);
            assertEquals(0, run("admin", "snapshot", "n1=" + address), this::error);
            assertTrue(line().matches("snapshot of index \\d+ taken: [\\d,]+ bytes, in [\\d,]+ ms"), line());
            long index = node.status().snapshot().index();
            assertEquals(0, run("admin", "snapshot", address));
            assertEquals("no new snapshot: nothing was applied since the snapshot of index " + index, line());
            assertEquals("", error());
            assertEquals(0, run("admin", "snapshot", address, "--json"));
            assertEquals("false up_to_date " + index, json().get("taken").asText() + " "
                    + json().get("reason").asText() + " " + json().get("newest").asText());
            put(node);
            assertEquals(0, run("admin", "snapshot", address, "--json"));
            assertTrue(json().get("taken").asBoolean() && json().get("index").asLong() > index, line());
        }
    }

    @Test
    void anotherNodeThanTheOneThatWasNamedTakesNone() throws Exception {
        try (RaftNode node = start(KeyValueMachine::new)) {
            put(node);
            assertEquals(1, run("admin", "snapshot", "n2=" + node.address()));
            assertEquals("driftless: " + node.address() + ": this is n1, not n2: no snapshot was asked for", error());
            assertEquals("", line());
            assertEquals(0, node.status().snapshot().index());
        }
    }

    @Test
    void oneThatTakesLongIsWaitedForAndSaid() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (RaftNode node = start(() -> new Slow(goOn))) {
            put(node);
            assertEquals(1, run("admin", "snapshot", node.address(), "--timeout", "3s"));
            assertEquals("waiting for the snapshot of " + node.address() + ", 2 s\ndriftless: " + node.address()
                    + ": no answer within 3000 ms; the snapshot may still come, 'driftless status' shows the newest",
                    error().replaceAll(" \\(it says: .*\\)$|waiting .*, 4 s\n", ""));
            await().atMost(PATIENCE).until(() -> !node.status().snapshot().problem().isEmpty());
            assertEquals(1, run("admin", "snapshot", node.address(), "--timeout", "100ms"));
            assertTrue(error().contains("shows the newest (it says: the snapshot of index "), this::error);
            goOn.countDown();
        }
    }

    @Test
    void whatDoesNotWorkIsOneLine() throws Exception {
        try (RaftNode node = start(() -> new Slow(new CountDownLatch(0)) {
            @Override
            public boolean takesSnapshots() {
                return false;
            }
        })) {
            assertEquals(1, run("admin", "snapshot", node.address()));
            assertEquals("driftless: " + node.address() + ": no snapshot: the state machine takes no snapshots",
                    error());
        }
        int nobody = LoopbackPorts.free(1).getFirst();
        assertEquals(1, run("admin", "snapshot", "127.0.0.1:" + nobody));
        assertEquals("driftless: 127.0.0.1:" + nobody + ": Connection refused", error());
        assertEquals(2, run("admin", "snapshot", "nowhere"));
        assertEquals(1, error().lines().count(), error());
        assertEquals(2, run("admin", "snapshot", "127.0.0.1:1,127.0.0.1:2"));
        assertEquals("driftless: HOST:PORT: '127.0.0.1:1,127.0.0.1:2': one node only", error());
        assertEquals(2, run("admin", "snapshot"));
        assertEquals(2, run("admin"));
    }

    /** Holds its snapshot back. */
    private static class Slow implements StateMachine {

        private final CountDownLatch goOn;

        Slow(CountDownLatch goOn) {
            this.goOn = goOn;
        }

        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            return Result.ok("");
        }

        @Override
        public boolean takesSnapshots() {
            return true;
        }

        @Override
        public MachineSnapshot snapshot() {
            return stream -> goOn.await();
        }

        @Override
        public void close() { }
    }
}
