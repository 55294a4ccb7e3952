package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.tck.MachineTwin.Memory;
import io.driftless.tck.MachineTwin.Snapshot;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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
    private static final int FEW = 3;
    /** A batch that takes so long waits for something that does not come. */
    private static final int APPLY_SECONDS = 30;

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

    /**
     * Whether a machine that keeps its state keeps the rows of the session table with it, as it must to serve clients
     * in sessions. A machine that keeps nothing need not say.
     */
    protected boolean keepsSessions() {
        return true;
    }

    @Test
    protected void startsWithNothingAppliedInAnEmptyDirectory(@TempDir Path directory) throws Exception {
        MachineTwin<M> twin = new MachineTwin<>(this, directory, "n1");
        assertEquals(0, twin.open(), "open() in an empty directory");
        twin.close();
    }

    @Test
    protected void twinsThatApplyTheSameCommandsAgree(@TempDir Path directory) throws Exception {
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<byte[]> commands = commands(seed);
            MachineTwin<M> first = new MachineTwin<>(this, fresh(directory), "n1");
            MachineTwin<M> second = new MachineTwin<>(this, fresh(directory), "a-node-with-another-name");
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
            MachineTwin<M> first = new MachineTwin<>(this, fresh(directory), "n1");
            MachineTwin<M> second = new MachineTwin<>(this, fresh(directory), "n1");
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
            MachineTwin<M> whole = new MachineTwin<>(this, fresh(directory), "n1");
            whole.open();
            List<Result> results = whole.apply(commands, 1, 16, Memory.ARRAY);
            Path kept = fresh(directory);
            Random random = new Random(seed);
            Map<Long, List<String>> rowsAt = new TreeMap<>();
            int reached = 0;
            while (reached < commands.size()) {
                MachineTwin<M> again = new MachineTwin<>(this, kept, "n1");
                long survived = again.open();
                again.goOnWithRows(survived, rowsAt);
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
            MachineTwin<M> asked = new MachineTwin<>(this, fresh(directory), "n1");
            MachineTwin<M> left = new MachineTwin<>(this, fresh(directory), "n1");
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
        MachineTwin<M> twin = new MachineTwin<>(this, directory, "n1");
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
            assertNotNull(twin.machine.query(ByteBuffer.wrap(query).asReadOnlyBuffer(), rubbish.size()));
        }
        twin.close();
    }

    @Test
    protected void restoresASnapshotThatWasWrittenWhileCommandsWereApplied(@TempDir Path directory) throws Exception {
        if (!takesSnapshots(directory)) {
            return;
        }
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<byte[]> commands = commands(seed);
            int first = 1 + new Random(seed).nextInt(COMMANDS / 3);
            int second = first + COMMANDS / 3;
            Course course = new Course(commands, List.of(first, second), directory);
            MachineTwin<M> source = opened(directory);
            List<Result> results = new ArrayList<>(source.apply(commands.subList(0, first), 1, BATCH, Memory.ARRAY));
            Snapshot early = snapshotWhile(source, commands.subList(first, second), first, results);
            Snapshot late = snapshotWhile(source, commands.subList(second, COMMANDS), second, results);
            assertEquals(course.results, results, "results while snapshots were written, seed " + seed);
            assertEquals(course.stateAt(COMMANDS), source.state(), "the state after two snapshots, seed " + seed);
            source.close();
            for (Snapshot snapshot : List.of(early, late, early)) {
                MachineTwin<M> restored = opened(directory);
                restored.restore(snapshot);
                course.assertGoesOn(restored, snapshot, seed);
            }
        }
    }

    @Test
    protected void restoringReplacesWhatWasThere(@TempDir Path directory) throws Exception {
        if (!takesSnapshots(directory)) {
            return;
        }
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<byte[]> commands = commands(seed);
            Snapshot other = snapshotOf(commands(seed + SEEDS).subList(0, COMMANDS / 3), directory);
            // Of few commands: what is left of the other state must not be hidden by what was written since.
            long index = other.index() + FEW;
            MachineTwin<M> source = opened(directory);
            source.startAt(other.index());
            source.apply(commands.subList(0, FEW), other.index() + 1, BATCH, Memory.ARRAY);
            Object state = source.state();
            List<Result> answers = source.ask(index);
            Snapshot snapshot = source.snapshot(index, () -> { });
            MachineTwin<M> restored = opened(directory);
            restored.restore(other);
            restored.goOnFrom(other);
            restored.restore(snapshot);
            restored.restore(snapshot);
            restored.goOnFrom(snapshot);
            assertEquals(state, restored.state(), "the state of a snapshot that replaces another, seed " + seed);
            assertEquals(answers, restored.ask(index), "local queries to a snapshot that replaces another, seed "
                    + seed);
            List<byte[]> rest = commands.subList(FEW, COMMANDS);
            assertEquals(source.apply(rest, index + 1, BATCH, Memory.ARRAY), restored.apply(rest, index + 1, 16,
                    Memory.SLICE), "results after a snapshot that replaces another, seed " + seed);
            assertEquals(source.state(), restored.state(), "states after the same commands, seed " + seed);
            source.close();
            restored.close();
        }
    }

    @Test
    protected void restoresTheSnapshotOfAMachineThatHasAppliedNothing(@TempDir Path directory) throws Exception {
        if (!takesSnapshots(directory)) {
            return;
        }
        List<byte[]> commands = commands(1);
        Snapshot other = snapshotOf(commands(2).subList(0, COMMANDS / 3), directory);
        // So far the log had no commands.
        long before = other.index() + 1;
        MachineTwin<M> source = opened(directory);
        Object empty = source.state();
        source.startAt(before);
        List<Result> results = new ArrayList<>();
        Snapshot snapshot = snapshotWhile(source, commands, before, results);
        MachineTwin<M> restored = opened(directory);
        restored.restore(other);
        restored.restore(snapshot);
        restored.goOnFrom(snapshot);
        assertEquals(empty, restored.state(), "the state of an empty machine's snapshot");
        assertEquals(results, restored.apply(commands, before + 1, BATCH, Memory.SLICE));
        assertEquals(source.state(), restored.state(), "the states after the same commands");
        source.close();
        restored.close();
    }

    @Test
    protected void opensAtASnapshotsIndexOnlyOnceItsBatchWasApplied(@TempDir Path directory) throws Exception {
        if (!takesSnapshots(directory)) {
            return;
        }
        int index = COMMANDS / 2;
        List<byte[]> commands = commands(1);
        Course course = new Course(commands, List.of(index), directory);
        Path applied = fresh(directory);
        MachineTwin<M> source = new MachineTwin<>(this, applied, "n1");
        source.open();
        source.apply(commands.subList(0, index), 1, BATCH, Memory.ARRAY);
        Snapshot snapshot = source.snapshot(index, () -> { });
        source.close();
        MachineTwin<M> again = new MachineTwin<>(this, applied, "n1");
        boolean keepsAtOnce = again.open() == index;
        again.close();

        Snapshot other = snapshotOf(commands(2).subList(0, index / 2), directory);
        Path kept = fresh(directory);
        MachineTwin<M> restored = new MachineTwin<>(this, kept, "n1");
        restored.open();
        restored.restore(other);
        restored.goOnFrom(other);
        restored.restore(snapshot);
        restored.close();
        restored = new MachineTwin<>(this, kept, "n1");
        assertNotEquals(index, restored.open(), "open() after a restore() that no batchApplied() followed");
        restored.restore(snapshot);
        restored.goOnFrom(snapshot);
        restored.close();
        restored = new MachineTwin<>(this, kept, "n1");
        long survived = restored.open();
        if (keepsAtOnce || survived != 0) {
            assertEquals(index, survived, "open() after restore(" + index + ") and batchApplied(" + index + ")");
            restored.goOnWithRows(survived, new TreeMap<>(Map.of(survived, MachineTwin.text(snapshot.rows()))));
            course.assertAgrees(restored, index, 1);
            assertEquals(course.results.subList(index, COMMANDS), restored.apply(commands.subList(index, COMMANDS),
                    index + 1L, BATCH, Memory.ARRAY), "results after a snapshot was restored and stored");
        }
        restored.close();
    }

    @Test
    protected void refusesSnapshotsUnlessItTakesThem(@TempDir Path directory) throws Exception {
        MachineTwin<M> twin = opened(directory);
        if (!twin.machine.takesSnapshots()) {
            assertThrows(UnsupportedOperationException.class, twin.machine::snapshot, "snapshot()");
            assertThrows(UnsupportedOperationException.class, () -> twin.machine.restore(InputStream.nullInputStream(),
                    1), "restore()");
        }
        twin.close();
    }

    private boolean takesSnapshots(Path directory) throws Exception {
        MachineTwin<M> twin = opened(directory);
        boolean takes = twin.machine.takesSnapshots();
        twin.close();
        return takes;
    }

    private MachineTwin<M> opened(Path directory) throws Exception {
        MachineTwin<M> twin = new MachineTwin<>(this, fresh(directory), "n1");
        twin.open();
        return twin;
    }

    private Snapshot snapshotOf(List<byte[]> commands, Path directory) throws Exception {
        MachineTwin<M> source = opened(directory);
        source.apply(commands, 1, BATCH, Memory.ARRAY);
        Snapshot snapshot = source.snapshot(commands.size(), () -> { });
        source.close();
        return snapshot;
    }

    /** A snapshot as of {@code index}, and meanwhile, on another thread, the commands behind it with their results. */
    private static <M extends StateMachine> Snapshot snapshotWhile(MachineTwin<M> source, List<byte[]> commands,
            long index, List<Result> results) throws Exception {
        int before = results.size();
        try (ExecutorService applying = Executors.newSingleThreadExecutor()) {
            Snapshot snapshot = source.snapshot(index, () -> {
                int done = results.size() - before;
                List<byte[]> batch = commands.subList(done, Math.min(done + BATCH, commands.size()));
                // A machine that made its commands wait for the snapshot would wait here for ever.
                results.addAll(applying.submit(() -> source.apply(batch, index + 1 + done, BATCH, Memory.ARRAY))
                        .get(APPLY_SECONDS, TimeUnit.SECONDS));
            });
            int done = results.size() - before;
            results.addAll(source.apply(commands.subList(done, commands.size()), index + 1 + done, BATCH,
                    Memory.ARRAY));
            return snapshot;
        }
    }

    /** What a machine comes to that applies everything and takes no snapshot. */
    private final class Course {

        private final List<byte[]> commands;
        private final List<Result> results = new ArrayList<>();
        private final Map<Integer, Object> states = new TreeMap<>();
        private final Map<Integer, List<Result>> answers = new TreeMap<>();

        Course(List<byte[]> commands, List<Integer> stops, Path directory) throws Exception {
            this.commands = commands;
            List<Integer> ends = new ArrayList<>(stops);
            ends.add(commands.size());
            MachineTwin<M> twin = opened(directory);
            for (int end : ends) {
                int done = results.size();
                results.addAll(twin.apply(commands.subList(done, end), done + 1L, BATCH, Memory.ARRAY));
                states.put(end, twin.state());
                answers.put(end, twin.ask(end));
            }
            twin.close();
        }

        Object stateAt(int index) {
            return Objects.requireNonNull(states.get(index));
        }

        void assertAgrees(MachineTwin<M> twin, int index, long seed) throws Exception {
            assertEquals(stateAt(index), twin.state(), "the state at index " + index + ", seed " + seed);
            assertEquals(answers.get(index), twin.ask(index), "local queries at index " + index + ", seed " + seed);
        }

        /** A machine that was given a snapshot goes on as this one did, and is closed. */
        void assertGoesOn(MachineTwin<M> twin, Snapshot snapshot, long seed) throws Exception {
            int index = (int) snapshot.index();
            twin.goOnFrom(snapshot);
            assertAgrees(twin, index, seed);
            assertEquals(results.subList(index, commands.size()), twin.apply(commands.subList(index, commands.size()),
                    index + 1L, 16, Memory.SLICE), "results after the snapshot of index " + index + ", seed " + seed);
            assertAgrees(twin, commands.size(), seed);
            twin.close();
        }
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
}
