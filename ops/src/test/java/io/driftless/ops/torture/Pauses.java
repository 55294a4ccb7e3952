package io.driftless.ops.torture;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How long faults last, and what lies between them. A violation ends every pause. Thread safe. */
final class Pauses {

    private static final int SHORTEST_MS = 50;

    private final int longestMs;
    private final CountDownLatch over = new CountDownLatch(1);

    Pauses(int longestMs) {
        this.longestMs = longestMs;
    }

    void next(Random random) throws InterruptedException {
        over.await(random.nextInt(SHORTEST_MS, longestMs), TimeUnit.MILLISECONDS);
    }

    void end() {
        over.countDown();
    }

    boolean isOver() {
        return over.getCount() == 0;
    }
}
