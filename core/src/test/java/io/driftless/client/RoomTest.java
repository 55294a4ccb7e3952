package io.driftless.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for room is woken when there is some, and not by others who found none. */
@Timeout(60)
final class RoomTest {

    private static final int WAITERS = 4;
    private static final int FAILING = 2_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @Test
    void whoFindsNoRoomWakesNobody() throws Exception {
        Room room = new Room(10, 100, "command", "commands");
        assertEquals("", room.take(60));
        BlockingQueue<String> found = new LinkedBlockingQueue<>();
        List<Thread> waiters = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            waiters.add(Thread.ofPlatform().daemon().start(() -> {
                try {
                    found.add(room.awaitAndTake(80, System.nanoTime() + TimeUnit.SECONDS.toNanos(50)));
                } catch (InterruptedException impossible) {
                    found.add("interrupted");
                }
            }));
        }
        for (Thread waiter : waiters) {
            while (waiter.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
        for (int i = 0; i < FAILING; i++) {
            assertEquals("60 bytes of commands in flight", room.take(80));
        }
        long waits = 0;
        for (Thread waiter : waiters) {
            waits += THREADS.getThreadInfo(waiter.threadId()).getWaitedCount();
        }
        assertTrue(waits <= 4 * WAITERS, waits + " waits of " + WAITERS + " threads");
        room.release(60);
        for (int i = 0; i < WAITERS; i++) {
            assertEquals("", found.poll(30, TimeUnit.SECONDS));
            room.release(80);
        }
    }

    @Test
    void oneAloneMayHaveAnySizeAndNoneIsTakenBeyondEitherBound() {
        Room room = new Room(2, 100, "command", "commands");
        assertEquals("", room.take(1_000));
        assertEquals("1000 bytes of commands in flight", room.take(1));
        room.release(1_000);
        assertEquals("", room.take(50));
        assertEquals("", room.take(50));
        assertEquals("2 commands in flight", room.take(0));
        room.release(50);
        assertEquals("", room.take(50));
    }
}
