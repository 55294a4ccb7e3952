package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.sim.MachineUnderTest;
import io.driftless.sim.Simulation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Without its JVM flag the testkit says which one is missing, in one line, as the log does. */
class FlaglessTestkitTest {

    @Test
    void itNamesTheMissingFlag() throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                FlaglessTestkitTest.class.getName()).start();
        try {
            List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
                    .toList();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(2, lines.size(), lines.toString());
            for (String line : lines) {
                assertTrue(line.startsWith("the JVM was started without a flag that the testkit needs: "
                        + "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"), line);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static final class Nothing implements StateMachine {

        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            return Result.ok(new byte[0]);
        }

        @Override
        public void close() { }
    }

    private static final class Nothings implements MachineUnderTest<Nothing> {

        @Override
        public Nothing machine(Path directory) {
            return new Nothing();
        }

        @Override
        public byte[] command(Random random) {
            return new byte[1];
        }
    }

    /** A user's test without the flag. */
    public static void main(String[] arguments) {
        for (Runnable use : List.<Runnable>of(() -> InMemoryCluster.of(3, Nothing::new).close(),
                () -> Simulation.check(new Nothings(), 1))) {
            try {
                use.run();
                System.out.println("runs");
            } catch (IllegalStateException explained) {
                System.out.println(explained.getMessage());
            }
        }
    }
}
