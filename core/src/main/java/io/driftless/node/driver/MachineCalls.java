package io.driftless.node.driver;

import io.driftless.errors.ErrorEntry;
import io.driftless.log.LogEntry;
import io.driftless.machine.Command;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls the state machine. What it throws, and a null that it returns, is a {@link Failed} that names the machine and
 * the index, so that nothing else is ever blamed on it. Confined to who applies.
 */
final class MachineCalls {

    /** The machine did not do what it has to; the cause is what it threw. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failed(String message, @Nullable Throwable thrown) {
            super(message, thrown);
        }
    }

    private static final String RESULT = "a Result";

    private final StateMachine machine;
    private final CallWatch watch;
    private final boolean keepsRows;
    private @Nullable Boolean takesSnapshots;

    /** By {@code clock}, which is above 0, calls are watched. */
    MachineCalls(StateMachine machine, LongSupplier clock) {
        this.machine = machine;
        this.watch = new CallWatch(clock);
        this.keepsRows = overridesBatchWithRows(machine);
    }

    /** The rows are made only for a machine that takes them. */
    private static boolean overridesBatchWithRows(StateMachine machine) {
        try {
            return machine.getClass().getMethod("batchApplied", long.class, SessionRows.class)
                    .getDeclaringClass() != StateMachine.class;
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Which call is under way; of a view that is written nothing is seen here. */
    CallWatch watch() {
        return watch;
    }

    /** Whether the machine keeps the rows of the session table. */
    boolean keepsRows() {
        return keepsRows;
    }

    Result apply(LogEntry entry) {
        return given("apply", entry.index(), RESULT, () -> machine.apply(new Applying(entry)));
    }

    Result query(ByteBuffer query, long appliedIndex) {
        return given("query", appliedIndex, RESULT, () -> machine.query(query, appliedIndex));
    }

    void batchApplied(long index) {
        guarded("batchApplied", index, () -> {
            machine.batchApplied(index);
            return null;
        });
    }

    void batchApplied(long index, SessionRows changed) {
        guarded("batchApplied", index, () -> {
            machine.batchApplied(index, changed);
            return null;
        });
    }

    /** The rows that the machine has kept. */
    SessionRows sessions(long appliedIndex) {
        return given("sessions", appliedIndex, "SessionRows", machine::sessions);
    }

    /** Whether it takes snapshots; asked once. */
    boolean takesSnapshots() {
        if (takesSnapshots == null) {
            takesSnapshots = given("takesSnapshots", 0, "a boolean", machine::takesSnapshots);
        }
        return takesSnapshots;
    }

    /** A view of its state as of this index. */
    MachineSnapshot snapshot(long appliedIndex) {
        return given("snapshot", appliedIndex, "a MachineSnapshot", machine::snapshot);
    }

    /** Has a view of the state as of this index written. By who uses the view. */
    void write(MachineSnapshot view, long index, OutputStream out) {
        unwatched("writeTo of its snapshot", index, () -> {
            view.writeTo(out);
            return null;
        });
    }

    /**
     * Gives it the state of this index. It has to read all of it: what it leaves would be missing from its state.
     *
     * @throws IOException if what it left cannot be read either
     */
    void restore(InputStream content, long index) throws IOException {
        CountedInput counted = new CountedInput(content, watch::read);
        guarded("restore", index, () -> {
            machine.restore(counted, index);
            return null;
        });
        long read = counted.count();
        long there = counted.countToTheEnd();
        if (read < there) {
            throw new Failed(name("restore", index) + " read " + read + " bytes of the snapshot's content, which has "
                    + there + ": it has to read all of it", null);
        }
    }

    /** Its class. */
    String className() {
        return machine.getClass().getName();
    }

    /** What the machine says of itself, in the order of the names. */
    SortedMap<String, Long> gauges(long appliedIndex) {
        return given("gauges", appliedIndex, "a map",
                () -> Collections.unmodifiableSortedMap(new TreeMap<>(machine.gauges())));
    }

    private <T> T given(String method, long index, String type, Callable<T> call) {
        T answer = guarded(method, index, call);
        if (answer == null) {
            throw new Failed(name(method, index) + " returned null; it has to return " + type, null);
        }
        return answer;
    }

    private <T> @Nullable T guarded(String method, long index, Callable<@Nullable T> call) {
        watch.begin(method, index);
        try {
            return unwatched(method, index, call);
        } finally {
            watch.end();
        }
    }

    private <T> @Nullable T unwatched(String method, long index, Callable<@Nullable T> call) {
        try {
            return call.call();
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable thrown) {
            throw new Failed(name(method, index) + " threw " + thrown.getClass().getName() + ": "
                    + ErrorEntry.messageOf(thrown), thrown);
        } finally {
            // A flag that the machine leaves set would close the sockets and files that this thread goes on with.
            Thread.interrupted();
        }
    }

    private String name(String method, long index) {
        return "the state machine " + className() + ": " + method + " at index " + index;
    }

    /** What the machine sees of an entry. */
    private record Applying(LogEntry entry) implements Command {
        @Override
        public long index() {
            return entry.index();
        }

        @Override
        public long term() {
            return entry.term();
        }

        @Override
        public long logTimeMs() {
            return entry.timeMs();
        }

        @Override
        public ByteBuffer payload() {
            return entry.payload().asByteBuffer();
        }
    }
}
