package io.driftless.node.driver;

import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.LogException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The one path for what a node cannot go on after. Thread safe; neither blocks nor throws. */
@FunctionalInterface
interface Failures {

    /** The node cannot go on. */
    void unrecoverable(EndCause cause, String source, String message, @Nullable Throwable throwable);

    /** The run cannot go on, and a start in place mends that by itself: there is nothing to decide about it. */
    default void mendedByStart(EndCause cause, String source, String message, Throwable throwable) {
        unrecoverable(cause, source, message, throwable);
    }

    /**
     * The cause of what the state machine threw. A log or a node in its chain is one that the machine keeps, so it says
     * nothing about this node's data and disk; a lack of resources is everybody's.
     */
    static EndCause ofMachine(Throwable thrown) {
        EndCause shown = EndCause.of(thrown, EndCause.STATE_MACHINE);
        return shown == EndCause.OUT_OF_RESOURCES ? shown : EndCause.STATE_MACHINE;
    }

    /**
     * A thread of the node met this, whatever it is.
     *
     * @param source what failed, unless the throwable says that it was the log or the state machine
     */
    default void threw(String source, Throwable thrown) {
        boolean isMachines = thrown instanceof MachineCalls.Failed;
        unrecoverable(isMachines ? ofMachine(thrown) : EndCause.of(thrown, EndCause.INVARIANT), isMachines ? "machine"
                : thrown instanceof LogException ? "log" : source, ErrorEntry.messageOf(thrown), thrown);
    }

    /**
     * Does it; what it throws is met as {@link #threw} says. A simulated process that ends passes through.
     *
     * @return what the work returns; false if it throws
     */
    default boolean guard(String source, BooleanSupplier work) {
        try {
            return work.getAsBoolean();
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable thrown) {
            threw(source, thrown);
            return false;
        }
    }

    /** Does what returns nothing; otherwise as {@link #guard(String, BooleanSupplier)}. */
    default void guard(String source, Runnable work) {
        guard(source, () -> {
            work.run();
            return true;
        });
    }
}
