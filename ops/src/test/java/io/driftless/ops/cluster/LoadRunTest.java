package io.driftless.ops.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.mmap.MmapStorage;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.RaftNode;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.transport.nio.NioTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LoadRunTest {

    private static final long MANY = 100_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** A node that is there must not seem to be gone while this machine pauses. */
    private static final Duration GONE = Duration.ofSeconds(5);

    private static RaftNode start(Path folder) throws InterruptedException {
        RaftNode node = RaftNode.builder("c", "n1", Members.parse("n1=127.0.0.1:1"))
                .config(NodeConfig.builder().bind("127.0.0.1:0").build()).storage(MmapStorage.at(folder))
                .transport(NioTransport.tcp()).stateMachine(KeyValueMachine::new).start();
        assertTrue(node.awaitLeader(PATIENCE));
        return node;
    }

    @Test
    void aClusterThatIsGoneForLongerThanTheTimeoutEndsIt(@TempDir Path folder) throws Exception {
        try (RaftNode node = start(folder)) {
            AtomicBoolean isClosing = new AtomicBoolean();
            LoadRun.Watcher watcher = (settled, committed) -> {
                if (committed >= 100 && isClosing.compareAndSet(false, true)) {
                    CompletableFuture.runAsync(node::close);
                }
            };
            LoadRun.Tally tally = new LoadRun(MANY, 10, 2, 16, GONE).run(node.address(), watcher);
            assertTrue(tally.gaveUp(), tally.toString());
            assertFalse(tally.isAllCommitted());
            assertTrue(tally.committed() >= 100 && tally.settled() < MANY, tally.toString());
        }
    }

    @Test
    void aClusterThatIsThereEndsItWithTheLastPut(@TempDir Path folder) throws Exception {
        try (RaftNode node = start(folder)) {
            LoadRun.Tally tally = new LoadRun(100, 10, 2, 16, PATIENCE).run(node.address(),
                    (settled, committed) -> { });
            assertFalse(tally.gaveUp());
            assertEquals(100, tally.settled());
        }
    }
}
