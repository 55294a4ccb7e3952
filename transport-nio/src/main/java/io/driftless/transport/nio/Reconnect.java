package io.driftless.transport.nio;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt to connect: doubling, capped, with jitter, from the start again after a sign
 * of life. Confined to one thread.
 */
final class Reconnect {

    static final long FIRST_NS = TimeUnit.MILLISECONDS.toNanos(50);
    static final long LAST_NS = TimeUnit.SECONDS.toNanos(1);

    private final RandomGenerator random;
    private long nextNs = FIRST_NS;

    Reconnect(RandomGenerator random) {
        this.random = random;
    }

    /** The next wait, between three quarters and five quarters of its nominal length. */
    long nextWaitNs() {
        long wait = nextNs * 3 / 4 + random.nextLong(nextNs / 2);
        nextNs = Math.min(LAST_NS, nextNs * 2);
        return wait;
    }

    /**
     * The other side was heard. That a connection was accepted is none: the kernel of a stopped process accepts too.
     */
    void signOfLife() {
        nextNs = FIRST_NS;
    }
}
