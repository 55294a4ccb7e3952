package io.driftless.ops.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.mmap.MmapStorage;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.RaftNode;
import io.driftless.testkit.InMemoryNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Why a node does not start is said, and where it was thrown stands in its data directory. */
@Timeout(60)
class StartErrorsTest {

    private static final class Closed implements StateMachine {
        @Override
        public long open(MachineContext context) {
            throw new IllegalStateException("the database is locked\nby process 7");
        }

        @Override
        public Result apply(Command command) {
            return Result.ok();
        }

        @Override
        public void close() { }
    }

    @Test
    void aMachineThatDoesNotOpenIsNamedAndItsStackTraceKept(@TempDir Path folder) throws IOException {
        NodeStartException refused = assertThrows(NodeStartException.class, () -> RaftNode.builder("c", "n1",
                Members.parse("n1=a:1")).storage(MmapStorage.at(folder.resolve("n1")))
                .transport(new InMemoryNetwork().factory()).stateMachine(Closed::new).start());
        assertEquals(EndCause.STATE_MACHINE, refused.endCause());
        assertEquals("the state machine " + Closed.class.getName() + " does not open: java.lang.IllegalStateException: "
                + "the database is locked by process 7", refused.getMessage());
        String kept = Files.readString(folder.resolve("n1").resolve("errors.log"));
        assertTrue(kept.contains(refused.getMessage()), kept);
        assertTrue(kept.contains(Closed.class.getName() + ".open(StartErrorsTest.java:"), kept);
    }
}
