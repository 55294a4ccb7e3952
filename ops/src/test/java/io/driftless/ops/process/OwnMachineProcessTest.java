package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.transport.nio.NioTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node process that runs a state machine from a jar of its own. */
class OwnMachineProcessTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    @Test
    void runsAMachineOfAJarAndANewOneAfterARestartInPlace() throws Exception {
        // Counts its commands, throws at one of 13 bytes the first time it sees one, and tells which loader its thread
        // looks to.
        Path jar = SampleClasses.jar(SampleClasses.compile(folder.resolve("classes"), Map.of("own/Counting.java", """
                package own;
                import io.driftless.machine.*;
                public class Counting implements StateMachine {
                    private static boolean threw;
                    private int commands;
                    public long open(MachineContext context) { return 0; }
                    public Result apply(Command command) {
                        commands++;
                        if (command.payload().remaining() == 13 && !threw) {
                            threw = true;
                            throw new IllegalStateException("thirteen");
                        }
                        return Result.ok(commands + " by " + Thread.currentThread().getContextClassLoader().getName());
                    }
                    public void close() { }
                }
                """)), folder.resolve("own.jar"));
        String address = "127.0.0.1:" + LoopbackPorts.free(1).getFirst();
        Path config = config(address, "own.Counting", jar + "\non.unrecoverable=restart");
        try (CommandRun node = CommandRun.start(folder, "node", "--config", config.toString());
                RaftClient client = RaftClient.connect(ClientConfig.builder(address, NioTransport.clients()).build())) {
            await().atMost(PATIENCE).until(() -> node.err().contains(" ready") || !node.process().isAlive());
            assertTrue(node.err().contains("state machine own.Counting from " + jar), node.err());
            assertEquals("1 by state-machine", answer(client, 1));
            assertEquals("2 by state-machine", answer(client, 1));
            // The command that threw is applied again by the new machine, which counts from the start of the log.
            client.execute(new byte[13], PATIENCE);
            await().atMost(PATIENCE).until(() -> node.err().split(" ready", -1).length > 2);
            assertEquals("4 by state-machine", answer(client, 1));

            // The key-value commands say that this is no store of theirs.
            try (CommandRun get = CommandRun.start(folder, "kv", "get", "k", "--cluster", address)) {
                assertEquals(1, get.exitCode());
                assertTrue(get.err().contains("failed_1: this state machine answers no queries"), get.err());
            }
            try (CommandRun put = CommandRun.start(folder, "kv", "put", "k", "v", "--cluster", address)) {
                assertEquals(0, put.exitCode());
                assertTrue(put.err().contains("not_key_value: the cluster runs another state machine"), put.err());
            }
            Path lines = Files.writeString(folder.resolve("lines"), "put k v\n".repeat(10_000));
            try (CommandRun load = CommandRun.start(folder, "kv", "import", lines.toString(), "--cluster", address)) {
                assertEquals(1, load.exitCode());
                assertTrue(load.err().contains("line 1: refused: not_key_value: "), load.err());
                assertTrue(load.err().endsWith("stopped at line 1: to go on, import from that line again (tail -n "
                        + "+1)\n"), load.err());
                assertFalse(load.out().contains("10,000"), load.out());
            }
        }
    }

    @Test
    void aMachineThatCannotBeMadeIsOneLineAndStartsNothing() throws Exception {
        Path config = config("127.0.0.1:1", "own.Typo", folder.toString());
        for (String[] arguments : new String[][] {{"node", "--config", config.toString()},
            {"node", "--check", "--config", config.toString()}}) {
            try (CommandRun node = CommandRun.start(folder, arguments)) {
                assertEquals(2, node.exitCode());
                assertEquals(config + ":5: state.machine: 'own.Typo': there is no such class in state.machine.path="
                        + folder + "\n", node.err());
                assertEquals("", node.out());
            }
        }
        assertFalse(Files.exists(folder.resolve("data")));
    }

    @Test
    void aCheckNamesTheMachine() throws Exception {
        Path config = config("127.0.0.1:1", "io.driftless.ops.bank.BankMachine", "");
        try (CommandRun check = CommandRun.start(folder, "node", "--check", "--config", config.toString())) {
            assertEquals(0, check.exitCode(), check.err());
            assertEquals("configuration ok: node n1 of cluster c at 127.0.0.1:1, state machine "
                    + "io.driftless.ops.bank.BankMachine\n", check.out());
        }
    }

    @Test
    void aCheckNamesTheKeyValueStoreBehindAnEmptyKeyToo() throws Exception {
        Path config = config("127.0.0.1:1", "", "");
        try (CommandRun check = CommandRun.start(folder, "node", "--check", "--config", config.toString())) {
            assertEquals(0, check.exitCode(), check.err());
            assertEquals("configuration ok: node n1 of cluster c at 127.0.0.1:1, state machine "
                    + "io.driftless.ops.kv.KeyValueMachine\n", check.out());
        }
    }

    private static String answer(RaftClient client, int length) {
        Outcome outcome = client.execute(new byte[length], PATIENCE);
        return assertInstanceOf(Outcome.Committed.class, outcome).result().text();
    }

    private Path config(String address, String machine, String path) throws IOException {
        return Files.writeString(folder.resolve("n1.properties"), "cluster.id=c\ncluster.members=n1=" + address
                + "\nnode.id=n1\ndata.dir=" + folder.resolve("data") + "\nstate.machine=" + machine
                + "\nstate.machine.path=" + path + "\n");
    }
}
