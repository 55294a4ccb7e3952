package io.driftless.node.driver;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The node's clock thread: wakes when the core wants a tick, and not before; and takes over what others must not or
 * need not do. Also the watchdog of disk and state machine, which therefore must never run here. A tick that is due is
 * brought once: {@link #dueAt} has to be called again behind each.
 */
final class Ticker implements Engine.Alarm {

    /** While clients wait, their deadlines are looked at this often. */
    private static final long DEADLINES_NS = 20_000_000;

    private final Thread thread;
    private final LongSupplier clock;
    private final Runnable tick;
    private final Runnable takeOver;
    private volatile long dueNs = Long.MAX_VALUE;
    private volatile boolean clientsWait;
    /** When the thread will wake by itself; very low while it is awake. */
    private volatile long sleepsUntilNs = Long.MIN_VALUE;
    /** Confined to the thread. */
    private long lastTickNs;
    private volatile boolean handedOver;
    private volatile boolean closed;

    /**
     * A thread that is not started yet.
     *
     * @param tick     brings a tick
     * @param takeOver does what was handed over
     */
    Ticker(String name, LongSupplier clock, Runnable tick, Runnable takeOver) {
        this.clock = clock;
        this.tick = tick;
        this.takeOver = takeOver;
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::loop);
    }

    @Override
    public void start() {
        thread.start();
    }

    /** The next tick is due then. Wakes the thread only if it would sleep for longer. */
    @Override
    public void dueAt(long deadlineNs, boolean someClientWaits) {
        dueNs = deadlineNs;
        clientsWait = someClientWaits;
        if (deadlineNs < sleepsUntilNs) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void handOver() {
        handedOver = true;
        LockSupport.unpark(thread);
    }

    private void loop() {
        while (!closed) {
            if (handedOver) {
                handedOver = false;
                takeOver.run();
            }
            long nowNs = clock.getAsLong();
            long wakeNs = Math.min(dueNs, clientsWait ? lastTickNs + DEADLINES_NS : Long.MAX_VALUE);
            if (nowNs >= wakeNs) {
                lastTickNs = nowNs;
                if (nowNs >= dueNs) {
                    // Whoever takes the tick says when the next one is due, and only then this thread wakes again:
                    // behind an owner that is held up it would go round and round.
                    dueNs = Long.MAX_VALUE;
                }
                tick.run();
                continue;
            }
            sleepsUntilNs = wakeNs;
            // What changed before this line is seen here; what changes after it unparks.
            if (!handedOver && !closed && dueNs >= wakeNs) {
                LockSupport.parkNanos(this, wakeNs - nowNs);
                // One that code of an embedder left set would let this thread never sleep again.
                Thread.interrupted();
            }
            sleepsUntilNs = Long.MIN_VALUE;
        }
    }

    /** Ends the thread. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() != thread) {
            Joining.join(thread, 1_000);
        }
    }
}
