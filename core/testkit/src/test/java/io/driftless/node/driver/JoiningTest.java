package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who waits for another thread, and for how long. */
class JoiningTest {

    private static final Duration PATIENCE = Duration.ofMillis(200);

    /** What comes right behind a pause of the whole process is not missed, however long that pause was. */
    @Test
    void aTimeInWhichTheProcessStoodStillIsNotWaitedFor() {
        AtomicInteger turns = new AtomicInteger();
        assertTrue(Joining.await(PATIENCE, left -> {
            // The first turn takes longer than all of the patience, as if the process had been stopped in it.
            if (turns.incrementAndGet() == 1) {
                assertFalse(new CountDownLatch(1).await(2 * PATIENCE.toNanos(), TimeUnit.NANOSECONDS));
                return false;
            }
            return true;
        }));
        assertEquals(2, turns.get());
    }

    @Test
    void whatNeverComesIsWaitedForNoShorterThanThat() {
        long fromNs = System.nanoTime();
        CountDownLatch never = new CountDownLatch(1);
        assertFalse(Joining.await(PATIENCE, left -> never.await(left, TimeUnit.NANOSECONDS)));
        assertTrue(System.nanoTime() - fromNs >= PATIENCE.toNanos());
    }

    @Test
    void anInterruptEndsNoWaitAndIsKept() {
        CountDownLatch came = new CountDownLatch(1);
        Thread.currentThread().interrupt();
        boolean seen = Joining.await(Duration.ofMinutes(1), left -> {
            came.countDown();
            return came.await(left, TimeUnit.NANOSECONDS);
        });
        assertTrue(seen);
        assertTrue(Thread.interrupted());
    }
}
