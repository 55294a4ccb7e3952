package io.driftless.node.driver;

import io.driftless.node.RaftNode;
import io.driftless.raft.Effect;
import io.driftless.raft.Event;
import io.driftless.raft.RaftSettings;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Where a node's time, chance and threads come from. {@link #ofThreads} is what every {@link RaftNode} runs on; the
 * simulator brings another one, on which nothing happens by itself and the same seed gives the same run.
 */
public interface Engine {

    /** The real one: the system's clock, and threads. */
    static Engine ofThreads() {
        return ThreadEngine.INSTANCE;
    }

    /** Nanoseconds that never fall, from any origin. */
    long nanoTime();

    /** The wall clock in milliseconds. */
    long wallMs();

    /** A seed for election timeouts. */
    long seed();

    /** The numbers to run by, given the usual ones. */
    RaftSettings settings(RaftSettings usual);

    /** The weight at which a batch of writes is full, given the usual one. */
    long diskBatchBytes(long usual);

    /** What the newest entries in memory may weigh together, given the usual weight. */
    long cacheBytes(long usual);

    /**
     * Passes on which writes are complete. Whoever does it may be held up, so those of the log and those of the hard
     * state may arrive apart, in either order; those of a kind keep theirs.
     *
     * @param receiver takes note of them, and returns what is left to be done
     * @return what is left to be done once the disk was let go
     */
    Then completed(List<Event> writes, Function<List<Event>, Then> receiver);

    /**
     * A thread to fall back on for one kind of work.
     *
     * @param name of the thread
     * @param some does some of the work; whether there is more
     */
    Hand hand(String name, BooleanSupplier some);

    /**
     * The thread that wakes when the core wants a tick.
     *
     * @param name     of the thread
     * @param clock    the time by which ticks are due
     * @param tick     brings a tick
     * @param takeOver does what was handed over
     */
    Alarm alarm(String name, LongSupplier clock, Runnable tick, Runnable takeOver);

    /**
     * A thread on which reads of the log may wait. It is started at once, so that it is there when none can be started
     * any more; when it is closed, what is left is not done.
     */
    Errands errands(String name);

    /**
     * A thread for what must be done even when no thread can be started any more, and for what may never return:
     * started at once. When it is closed it ends once what is left is done.
     */
    Errands standby(String name);

    /**
     * Does one thing on a thread of its own and waits for it, but not for longer than {@code limitNs}: then it is left
     * to go on alone. On the calling thread, if no other can be started.
     *
     * @return whether it is done
     */
    boolean within(long limitNs, String name, Runnable thing);

    /** See {@link Engine#hand}. Thread safe. */
    interface Hand extends AutoCloseable {

        /** Begins. */
        void start();

        /** Has the work done soon, and elsewhere than on the calling thread, until there is no more. */
        void handOver();

        /** Whether who brings work may do it itself. */
        boolean callerMayWork();

        /** Ends; what is left is not done. */
        @Override
        void close();
    }

    /** See {@link Engine#alarm}. Thread safe. */
    interface Alarm extends AutoCloseable {

        /** Begins. */
        void start();

        /**
         * The next tick is due then. To be said again after each tick that was due.
         *
         * @param deadlineNs     {@link Long#MAX_VALUE} if none is
         * @param someClientWaits whether deadlines of clients are to be looked at meanwhile
         */
        void dueAt(long deadlineNs, boolean someClientWaits);

        /** The same where no client can wait. */
        default void dueAt(long deadlineNs) {
            dueAt(deadlineNs, false);
        }

        /** Takes over what the calling thread must not or need not do. */
        void handOver();

        /** Ends. */
        @Override
        void close();
    }

    /** The core has changed its role: for tests that stop there. Called while the core is owned. */
    default void roleChanged(Effect.RoleChanged change) { }

    /**
     * The heap, watched from now on until {@link Heap#close}; by default there is always room.
     *
     * @param news is told in words when it is nearly full, and when there is room again; must not block
     */
    default Heap heap(Consumer<String> news) {
        return Heap.WITH_ROOM;
    }

    /** Whether there is room in the heap. Thread safe. */
    interface Heap extends AutoCloseable {

        /** There is always room. */
        Heap WITH_ROOM = new Heap() {
            @Override
            public String shortage() {
                return "";
            }

            @Override
            public void refused() { }

            @Override
            public void close() { }
        };

        /** Why somebody who is there now must be refused, in words; empty while there is room. Takes no time. */
        String shortage();

        /** Somebody was refused for it: it is worth to look whether there is room again. Takes no time. */
        void refused();

        /** Ends. */
        @Override
        void close();
    }

    /** What is left to be done about completed writes. */
    @FunctionalInterface
    interface Then {

        /** Nothing is left. */
        Then NOTHING = leisure -> { };

        /** Does it, with what the calling thread has time for. */
        void go(Leisure leisure);
    }

    /** See {@link Engine#errands} and {@link Engine#standby}. One thing after the other. Thread safe. */
    interface Errands extends Executor, AutoCloseable {

        /** Ends, without waiting for it. */
        @Override
        void close();
    }

    /**
     * Thrown where a simulated process ends: it passes through everything, as nothing happens in a process that is
     * gone.
     */
    abstract class Ended extends Error {
        private static final long serialVersionUID = 1;

        /** With one line. */
        protected Ended(String message) {
            super(message, null, false, false);
        }
    }
}
