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
import java.util.concurrent.Callable;
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
        return given("apply", entry.index(), () -> machine.apply(new Applying(entry)));
    }

    Result queryLocal(ByteBuffer query, long appliedIndex) {
        return given("queryLocal", appliedIndex, () -> machine.queryLocal(query, appliedIndex));
    }

    void batchApplied(long index) {
        guarded("batchApplied", index, () -> {
            machine.batchApplied(index);
            return null;
        });
    }

    /** What the machine says of itself, in the order of the names. */
    SortedMap<String, Long> gauges(long appliedIndex) {
        return given("gauges", appliedIndex, () -> Collections.unmodifiableSortedMap(new TreeMap<>(machine.gauges())));
    }

    private <T> T given(String method, long index, Callable<T> call) {
        T answer = guarded(method, index, call);
        if (answer == null) {
            throw new Failed(name(method, index) + " returned null; it has to return a Result", null);
        }
        return answer;
    }

    private <T> @Nullable T guarded(String method, long index, Callable<@Nullable T> call) {
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
