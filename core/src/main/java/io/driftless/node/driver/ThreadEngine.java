package io.driftless.node.driver;

import io.driftless.raft.Event;
import io.driftless.raft.RaftSettings;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The {@link Engine} of production: platform threads, and the system's clocks. No state. */
final class ThreadEngine implements Engine {

    static final ThreadEngine INSTANCE = new ThreadEngine();

    private ThreadEngine() { }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }

    @Override
    public long seed() {
        return ThreadLocalRandom.current().nextLong();
    }

    @Override
    public RaftSettings settings(RaftSettings usual) {
        return usual;
    }

    @Override
    public long diskBatchBytes(long usual) {
        return usual;
    }

    @Override
    public long cacheBytes(long usual) {
        return usual;
    }

    @Override
    public Then completed(List<Event> writes, Function<List<Event>, Then> receiver) {
        return receiver.apply(writes);
    }

    @Override
    public Hand hand(String name, BooleanSupplier some) {
        return new ThreadHand(name, some);
    }

    @Override
    public Alarm alarm(String name, LongSupplier clock, Runnable tick, Runnable takeOver) {
        return new Ticker(name, clock, tick, takeOver);
    }

    @Override
    public Heap heap(Consumer<String> news) {
        return new HeapWatch(HeapWatch.ASK_FIRST_NS, news);
    }

    @Override
    public Errands errands(String name) {
        return StandbyThread.leavingTheRest(name);
    }

    @Override
    public Errands standby(String name) {
        return StandbyThread.doingTheRest(name);
    }

    @Override
    public boolean within(long limitNs, String name, Runnable thing) {
        Thread thread = Thread.ofPlatform().name(name).daemon(true).unstarted(thing);
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            thing.run();
            return true;
        }
        return Joining.join(thread, limitNs / 1_000_000);
    }

    /** A thread that parks until there is work. */
    private static final class ThreadHand implements Hand {

        private final BooleanSupplier some;
        private final Thread thread;
        private volatile boolean woken;
        private volatile boolean closed;

        ThreadHand(String name, BooleanSupplier some) {
            this.some = some;
            this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::loop);
        }

        @Override
        public void start() {
            thread.start();
        }

        @Override
        public void handOver() {
            woken = true;
            LockSupport.unpark(thread);
        }

        @Override
        public boolean callerMayWork() {
            return true;
        }

        private void loop() {
            while (!closed) {
                if (woken) {
                    woken = false;
                    while (some.getAsBoolean()) {
                        if (closed) {
                            return;
                        }
                    }
                } else {
                    LockSupport.park(this);
                    // One that code of an embedder left set would let this thread never sleep again.
                    Thread.interrupted();
                }
            }
        }

        /** Waits for the piece it is at, at most a second. */
        @Override
        public void close() {
            closed = true;
            LockSupport.unpark(thread);
            if (Thread.currentThread() != thread) {
                Joining.join(thread, 1_000);
            }
        }
    }
}
