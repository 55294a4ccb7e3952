package io.driftless.node.driver;

import io.driftless.errors.ErrorEntry;
import io.driftless.log.LogEntry;
import io.driftless.machine.Command;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
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

    private final StateMachine machine;

    MachineCalls(StateMachine machine) {
        this.machine = machine;
    }

    Result apply(LogEntry entry) {
        Result result;
        try {
            result = machine.apply(new Applying(entry));
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable thrown) {
            throw threw("apply", entry.index(), thrown);
        } finally {
            leaveNoInterrupt();
        }
        return given(result, "apply", entry.index());
    }

    Result queryLocal(ByteBuffer query, long appliedIndex) {
        Result result;
        try {
            result = machine.queryLocal(query, appliedIndex);
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable thrown) {
            throw threw("queryLocal", appliedIndex, thrown);
        } finally {
            leaveNoInterrupt();
        }
        return given(result, "queryLocal", appliedIndex);
    }

    void batchApplied(long index) {
        try {
            machine.batchApplied(index);
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable thrown) {
            throw threw("batchApplied", index, thrown);
        } finally {
            leaveNoInterrupt();
        }
    }

    /** What the machine says of itself, in the order of the names. */
    SortedMap<String, Long> gauges(long appliedIndex) {
        try {
            return Collections.unmodifiableSortedMap(new TreeMap<>(machine.gauges()));
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable thrown) {
            throw threw("gauges", appliedIndex, thrown);
        } finally {
            leaveNoInterrupt();
        }
    }

    /** A flag that the machine leaves set would close the sockets and files that this thread of ours goes on with. */
    private static void leaveNoInterrupt() {
        Thread.interrupted();
    }

    private Failed threw(String method, long index, Throwable thrown) {
        return new Failed(call(method, index) + " threw " + thrown.getClass().getName() + ": "
                + ErrorEntry.messageOf(thrown), thrown);
    }

    private Result given(@Nullable Result result, String method, long index) {
        if (result == null) {
            throw new Failed(call(method, index) + " returned null; it has to return a Result", null);
        }
        return result;
    }

    private String call(String method, long index) {
        return "the state machine " + machine.getClass().getName() + ": " + method + " at index " + index;
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
