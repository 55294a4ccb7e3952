package io.driftless.transport.nio;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long this process has run, for bounds that a test sets on it. While the process or the machine is stopped it
 * stands still, and on a slow machine it is slow as well: it counts what another thread has come to do meanwhile.
 */
final class RunningTime implements AutoCloseable {

    private static final long TICK_MS = 10;

    private final AtomicLong ticks = new AtomicLong();
    private final Thread ticker = Thread.ofPlatform().daemon().start(this::tick);

    private void tick() {
        while (!Thread.interrupted()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MS));
            ticks.incrementAndGet();
        }
    }

    long millis() {
        return ticks.get() * TICK_MS;
    }

    @Override
    public void close() {
        ticker.interrupt();
    }
}
