package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.node.Members;
import io.driftless.node.RaftNode;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node in somebody else's process that was given neither listener nor sink nor handler speaks through slf4j. */
@Timeout(180)
class EmbeddedNodeLogTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** In a process of its own: the build quiets the nodes of other tests, and a logger keeps its first level. */
    @Test
    void itsRolesItsErrorsAndItsEndAreLogged(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JvmFlags.ofNode(128));
        command.addAll(List.of("-Dorg.slf4j.simpleLogger.log.io.driftless.node.RaftNode=info", "-cp",
                System.getProperty("java.class.path"), Embedder.class.getName()));
        Process embedder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            // The lines are written by a thread of their own, which the end of the process would not wait for.
            await().atMost(PATIENCE).until(() -> !embedder.isAlive() || Files.readString(log).contains("n1: ended: "));
            embedder.getOutputStream().close();
            assertTrue(embedder.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        } finally {
            embedder.destroyForcibly().waitFor();
        }
        String text = Files.readString(log);
        assertEquals(0, embedder.exitValue(), text);
        assertTrue(text.contains("INFO n1: ready"), text);
        assertTrue(text.contains("leader (won the election)"), text);
        assertTrue(text.contains("ERROR n1: log: in-memory log: the disk is gone"), text);
        assertTrue(text.contains("ERROR n1: ended: in-memory log: the disk is gone (FAILED_SYNC, exit code 20)"), text);
    }

    /** The other process: its node's disk fails, and it ends when its standard input does. */
    static final class Embedder {

        private Embedder() { }

        public static void main(String[] arguments) throws Exception {
            InMemoryStorage storage = new InMemoryStorage();
            try (RaftNode node = RaftNode.builder("c", "n1", Members.parse("n1=a:1")).storage(storage)
                    .transport(new InMemoryNetwork().factory()).stateMachine(KeyValueMachine::new).start();
                    RaftClient client = node.newClient()) {
                boolean isLed = node.awaitLeader(PATIENCE);
                storage.beforeSync(() -> {
                    throw new IllegalStateException("the disk is gone");
                });
                client.submit(new byte[] {1}, PATIENCE);
                node.ended().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                while (System.in.read() >= 0) {
                    // Until it ends.
                }
                System.exit(isLed ? 0 : 1);
            }
        }
    }
}
