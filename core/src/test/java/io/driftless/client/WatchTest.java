package io.driftless.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchTest {

    private static final long FAR_NS = TimeUnit.MINUTES.toNanos(10);

    @Test
    void onlyTheFirstCallAndAnEarlierDeadlineWakeIt() throws InterruptedException {
        CountDownLatch walked = new CountDownLatch(1);
        CountDownLatch walkedAgain = new CountDownLatch(2);
        Watch watch = new Watch(new Watch.Calls() {
            @Override
            public boolean isQuiet() {
                return false;
            }

            @Override
            public long endOverdue(long nowNs) {
                walked.countDown();
                walkedAgain.countDown();
                return FAR_NS;
            }
        });
        try {
            assertTrue(watch.watch(System.nanoTime() + FAR_NS), "the first call starts it");
            assertTrue(walked.await(30, TimeUnit.SECONDS));

            assertFalse(watch.watch(System.nanoTime() + FAR_NS), "it is awake and looks each second");

            // Long past: it may be overdue itself, and what passed a moment ago is not before the time when it wakes.
            assertTrue(watch.watch(System.nanoTime() - FAR_NS), "it would sleep for too long");
            assertTrue(walkedAgain.await(30, TimeUnit.SECONDS));
        } finally {
            watch.close();
        }
    }
}
