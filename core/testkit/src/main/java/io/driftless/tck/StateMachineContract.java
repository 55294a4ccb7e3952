package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link StateMachine} must do, so that all servers come to the same state. A user's test extends it:
 *
 * <pre>{@code
 * class CounterTest extends StateMachineContract<Counter> {
 *     protected Counter machine(Path directory) { return new Counter(); }
 *     protected byte[] command(Random random) { return new byte[] {(byte) random.nextInt(10)}; }
 *     protected Object state(Counter counter) { return counter.value(); }
 * }
 * }</pre>
 *
 * <p>Commands come from a seed that a failure names. The payloads lie in buffers of several kinds, and their memory is
 * overwritten after {@link StateMachine#apply} has returned, as a node does it. Needs no JVM flag.
 *
 * @param <M> the machine under test
 */
public abstract class StateMachineContract<M extends StateMachine> {

    private static final int SEEDS = 5;
    private static final int COMMANDS = 300;
    private static final int BATCH = 10;

    /** Makes a new machine that keeps its data in {@code directory}, which exists. The test opens it. */
    protected abstract M machine(Path directory);

    /**
     * Makes a command that the machine understands. More kinds of commands are better, and so are more commands on the
     * same things.
     */
    protected abstract byte[] command(Random random);

    /** The whole state, as a value that is compared by content and does not change when the machine does. */
    protected abstract Object state(M machine);

    /** Queries that the machine understands, or none if it answers none. */
    protected List<byte[]> queries() {
        return List.of();
    }

    @Test
    protected void startsWithNothingAppliedInAnEmptyDirectory(@TempDir Path directory) throws Exception {
        Twin twin = new Twin(directory, "n1");
        assertEquals(0, twin.open(), "open() in an empty directory");
        twin.close();
    }

    @Test
    protected void twinsThatApplyTheSameCommandsAgree(@TempDir Path directory) throws Exception {
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<byte[]> commands = commands(seed);
            Twin first = new Twin(fresh(directory), "n1");
            Twin second = new Twin(fresh(directory), "a-node-with-another-name");
            first.open();
            second.open();
            // Batches of another size, and buffers of another kind: neither is part of the command.
            List<Result> results = first.apply(commands, 1, 5, Memory.ARRAY);
            assertEquals(results, second.apply(commands, 1, 64, Memory.OUTSIDE_THE_HEAP), "results of seed " + seed);
            assertEquals(first.state(), second.state(), "states after seed " + seed);
            first.close();
            second.close();
        }
    }

    @Test
    protected void keepsNoPartOfACommandsMemory(@TempDir Path directory) throws Exception {
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<byte[]> commands = commands(seed);
            Twin first = new Twin(fresh(directory), "n1");
            Twin second = new Twin(fresh(directory), "n1");
            first.open();
            second.open();
            List<Result> results = first.apply(commands, 1, 8, Memory.LEFT_ALONE);
            assertEquals(results, second.apply(commands, 1, 8, Memory.SLICE), "results of seed " + seed);
            assertEquals(first.state(), second.state(),
                    "the state refers to a payload after apply() has returned, seed " + seed);
            first.close();
            second.close();
        }
    }

    @Test
    protected void goesOnAfterAReopenFromWhereItSays(@TempDir Path directory) throws Exception {
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<byte[]> commands = commands(seed);
            Twin whole = new Twin(fresh(directory), "n1");
            whole.open();
            List<Result> results = whole.apply(commands, 1, 16, Memory.ARRAY);
            Path kept = fresh(directory);
            Random random = new Random(seed);
            int reached = 0;
            while (reached < commands.size()) {
                Twin again = new Twin(kept, "n1");
                long survived = again.open();
                assertTrue(survived >= 0 && survived <= reached, "open() says " + survived + " after " + reached
                        + " commands, seed " + seed);
                int next = Math.min(commands.size(), reached + 1 + random.nextInt(commands.size() / 3));
                List<byte[]> rest = commands.subList((int) survived, next);
                assertEquals(results.subList((int) survived, next), again.apply(rest, survived + 1, 16, Memory.ARRAY),
                        "results of seed " + seed);
                reached = next;
                if (reached == commands.size()) {
                    assertEquals(whole.state(), again.state(), "states after seed " + seed);
                }
                again.close();
            }
            whole.close();
        }
    }

    @Test
    protected void localQueriesChangeNothing(@TempDir Path directory) throws Exception {
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<byte[]> commands = commands(seed);
            Twin asked = new Twin(fresh(directory), "n1");
            Twin left = new Twin(fresh(directory), "n1");
            asked.open();
            left.open();
            for (int i = 0; i < commands.size(); i += BATCH) {
                List<byte[]> batch = commands.subList(i, i + BATCH);
                List<Result> results = left.apply(batch, i + 1, BATCH, Memory.ARRAY);
                assertEquals(results, asked.apply(batch, i + 1, BATCH, Memory.ARRAY), "commands from " + (i + 1)
                        + " on, seed " + seed);
                assertEquals(asked.ask(i + BATCH), asked.ask(i + BATCH), "the same query twice, seed " + seed);
            }
            assertEquals(left.state(), asked.state(), "states after seed " + seed);
            asked.close();
            left.close();
        }
    }

    @Test
    protected void answersRubbishWithAResult(@TempDir Path directory) throws Exception {
        // Any client may send any bytes, and a throw would end the node, and every node after it.
        Random random = new Random(4);
        Twin twin = new Twin(directory, "n1");
        twin.open();
        List<byte[]> rubbish = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            rubbish.add(bytes);
            byte[] cut = command(random);
            rubbish.add(Arrays.copyOf(cut, random.nextInt(cut.length + 1)));
            rubbish.add(Arrays.copyOf(cut, cut.length + random.nextInt(5)));
        }
        twin.apply(rubbish, 1, 16, Memory.ARRAY);
        for (byte[] query : rubbish) {
            assertNotNull(twin.machine.queryLocal(ByteBuffer.wrap(query).asReadOnlyBuffer(), rubbish.size()));
        }
        twin.close();
    }

    private List<byte[]> commands(long seed) {
        Random random = new Random(seed);
        List<byte[]> commands = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            commands.add(command(random));
        }
        return commands;
    }

    private static Path fresh(Path directory) throws Exception {
        return Files.createTempDirectory(directory, "machine");
    }

    /** Where a payload lies. All but the last are overwritten after the command. */
    private enum Memory { ARRAY, SLICE, OUTSIDE_THE_HEAP, LEFT_ALONE }

    /** A machine with what it is given. */
    private final class Twin {

        private final M machine;
        private final MachineContext context;

        Twin(Path directory, String nodeId) {
            machine = machine(directory);
            context = new Context(nodeId);
        }

        long open() throws Exception {
            return machine.open(context);
        }

        void close() {
            machine.close();
        }

        Object state() {
            return StateMachineContract.this.state(machine);
        }

        List<Result> apply(List<byte[]> commands, long firstIndex, int batch, Memory memory) throws Exception {
            List<Result> results = new ArrayList<>();
            for (int i = 0; i < commands.size(); i++) {
                ByteBuffer owned = memory(commands.get(i), memory);
                Result result = machine.apply(new Given(firstIndex + i, owned.asReadOnlyBuffer()));
                assertNotNull(result, "the result of a command");
                if (memory != Memory.LEFT_ALONE) {
                    overwrite(owned);
                }
                results.add(result);
                if ((i + 1) % batch == 0 || i + 1 == commands.size()) {
                    machine.batchApplied(firstIndex + i);
                }
            }
            return results;
        }

        List<Result> ask(long appliedIndex) throws Exception {
            List<Result> answers = new ArrayList<>();
            for (byte[] query : queries()) {
                answers.add(machine.queryLocal(ByteBuffer.wrap(query).asReadOnlyBuffer(), appliedIndex));
            }
            return answers;
        }

        private static ByteBuffer memory(byte[] payload, Memory memory) {
            return switch (memory) {
                case ARRAY, LEFT_ALONE -> ByteBuffer.wrap(payload.clone());
                case SLICE -> {
                    byte[] around = new byte[payload.length + 32];
                    Arrays.fill(around, (byte) 0x5a);
                    System.arraycopy(payload, 0, around, 16, payload.length);
                    yield ByteBuffer.wrap(around, 16, payload.length).slice();
                }
                case OUTSIDE_THE_HEAP -> ByteBuffer.allocateDirect(payload.length).put(payload).flip();
            };
        }

        private static void overwrite(ByteBuffer owned) {
            for (int i = 0; i < owned.capacity(); i++) {
                owned.put(i, (byte) 0xa5);
            }
        }
    }

    private record Context(String nodeId) implements MachineContext {
        @Override
        public String clusterId() {
            return "contract";
        }
    }

    // The log's clock runs with the index, the same for both twins; the terms rise now and then.
    private record Given(long index, ByteBuffer payload) implements Command {
        @Override
        public long term() {
            return 1 + index / 100;
        }

        @Override
        public long logTimeMs() {
            return 1_700_000_000_000L + index * 10;
        }
    }
}
