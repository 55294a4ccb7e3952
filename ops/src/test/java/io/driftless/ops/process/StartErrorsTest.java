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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Why a node does not start is said, and where it was thrown stands in its data directory. */
@Timeout(60)
class StartErrorsTest {

    private static class Empty implements StateMachine {
        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            return Result.ok();
        }

        @Override
        public void close() { }
    }

    private static final class Closed extends Empty {
        @Override
        public long open(MachineContext context) {
            throw new IllegalStateException("the database is locked\nby process 7");
        }
    }

    private static final class Mute extends Empty {
        @Override
        public Map<String, Long> gauges() {
            throw new IllegalStateException("nothing to say");
        }
    }

    private static final class Undecided extends Empty {
        @Override
        public boolean takesSnapshots() {
            throw new IllegalStateException("not known yet");
        }
    }

    private static NodeStartException refused(Path folder, Supplier<StateMachine> machine) {
        return assertThrows(NodeStartException.class, () -> RaftNode.builder("c", "n1", Members.parse("n1=a:1"))
                .storage(MmapStorage.at(folder.resolve("n1"))).transport(new InMemoryNetwork().factory())
                .stateMachine(machine).start());
    }

    private static String kept(Path folder) throws IOException {
        return Files.readString(folder.resolve("n1").resolve("errors.log"));
    }

    @Test
    void aMachineThatDoesNotOpenIsNamedAndItsStackTraceKept(@TempDir Path folder) throws IOException {
        NodeStartException refused = refused(folder, Closed::new);
        assertEquals(EndCause.STATE_MACHINE, refused.endCause());
        assertEquals("the state machine " + Closed.class.getName() + " does not open: java.lang.IllegalStateException: "
                + "the database is locked by process 7", refused.getMessage());
        String kept = kept(folder);
        assertTrue(kept.contains(refused.getMessage()), kept);
        assertTrue(kept.contains(Closed.class.getName() + ".open(StartErrorsTest.java:"), kept);
    }

    /** Whatever it is asked: not only what it needs to begin. */
    @Test
    void aMachineThatThrowsWhenItIsAskedAboutItselfIsKeptToo(@TempDir Path folder) throws IOException {
        isKept(folder, Mute::new, "gauges");
        isKept(folder, Undecided::new, "takesSnapshots");
    }

    private static void isKept(Path folder, Supplier<StateMachine> machine, String call) throws IOException {
        NodeStartException refused = refused(folder, machine);
        assertEquals(EndCause.STATE_MACHINE, refused.endCause());
        String kept = kept(folder);
        assertTrue(kept.contains(refused.getMessage()), kept);
        assertTrue(kept.contains("." + call + "(StartErrorsTest.java:"), kept);
    }

    /** Whoever tries again and again would have more threads each time; and the process may end at once. */
    @Test
    void aRefusedStartHasWrittenItsErrorsAndLeavesNoThread(@TempDir Path folder) throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        int starts = 0;
        for (Supplier<StateMachine> machine : List.<Supplier<StateMachine>>of(Closed::new, Mute::new, Undecided::new)) {
            NodeStartException refused = refused(folder, machine);
            starts++;
            assertTrue(kept(folder).contains(" start: " + refused.getMessage() + "\n"), refused.getMessage());
        }
        assertEquals(starts, kept(folder).lines().filter(line -> line.contains(" start: ")).count());
        for (Thread left : Thread.getAllStackTraces().keySet()) {
            if (!before.contains(left) && left.getName().startsWith("driftless-")) {
                assertTrue(left.join(Duration.ofSeconds(30)), left.getName());
            }
        }
    }
}
