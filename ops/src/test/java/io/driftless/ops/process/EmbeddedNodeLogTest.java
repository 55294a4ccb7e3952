package io.driftless.ops.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.errors.EndCause;
import io.driftless.node.Members;
import io.driftless.node.RaftNode;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node in somebody else's process that was given neither listener nor sink nor handler speaks through slf4j. */
@Timeout(60)
class EmbeddedNodeLogTest {

    @Test
    void itsRolesItsErrorsAndItsEndAreLogged() throws Exception {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        // The build quiets the nodes of other tests; no other one has made this logger yet.
        System.setProperty("org.slf4j.simpleLogger.log.io.driftless.node.RaftNode", "info");
        PrintStream before = System.err;
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            InMemoryStorage storage = new InMemoryStorage();
            try (RaftNode node = RaftNode.builder("c", "n1", Members.parse("n1=a:1")).storage(storage)
                    .transport(new InMemoryNetwork().factory()).stateMachine(KeyValueMachine::new).start();
                    RaftClient client = node.newClient()) {
                assertTrue(node.awaitLeader(Duration.ofSeconds(20)));
                storage.beforeSync(() -> {
                    throw new IllegalStateException("the disk is gone");
                });
                client.submit(new byte[] {1}, Duration.ofSeconds(1));
                assertEquals(EndCause.FAILED_SYNC, node.ended().get(20, TimeUnit.SECONDS).cause());
            }
        } finally {
            System.setErr(before);
        }
        String text = log.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("INFO n1: ready"), text);
        assertTrue(text.contains("leader (won the election)"), text);
        assertTrue(text.contains("ERROR n1: log: in-memory log: the disk is gone"), text);
        assertTrue(text.contains("ERROR n1: ended: in-memory log: the disk is gone (FAILED_SYNC, exit code 20)"), text);
    }
}
