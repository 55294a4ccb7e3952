package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.DurabilityPolicy;
import io.driftless.log.LogEntry;
import io.driftless.log.RaftLog;
import io.driftless.log.Storage;
import io.driftless.raft.Event;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What follows from a write, such as applying, keeps nothing from being written. */
@Timeout(60)
class DiskQueueTest {

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch followingBegun = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    private final RaftLog log = StandIn.of(RaftLog.class, (proxy, method, arguments) -> {
        calls.add(method.getName());
        return 0L;
    });
    private final Storage storage = StandIn.of(Storage.class, (proxy, method, arguments) -> log);

    /** What follows from the first write is held up. */
    private Engine.Then completed(List<Event> events) {
        calls.add(events.toString());
        return events.contains(new Event.LogWriteCompleted(1)) ? leisure -> holdUp() : Engine.Then.NOTHING;
    }

    private void holdUp() {
        followingBegun.countDown();
        try {
            release.await();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<LogEntry> entry(long index) {
        return List.of(LogEntry.command(index, 1, 0, Bytes.EMPTY));
    }

    @Test
    void theNextWriteIsSyncedWhileWhatFollowsFromTheLastOneIsHeldUp() throws Exception {
        DiskQueue disk = new DiskQueue(ThreadEngine.INSTANCE, "disk", storage, DurabilityPolicy.ALWAYS,
                System::nanoTime, 1, this::completed, (cause, source, message, throwable) -> calls.add(message));
        assertTrue(disk.append(1, false, entry(1)));
        Thread first = Thread.ofPlatform().start(() -> disk.work());
        try {
            followingBegun.await();
            assertTrue(disk.append(2, false, entry(2)), "the disk was not let go");
            disk.work();
            assertEquals(List.of("append", "sync", List.of(new Event.LogWriteCompleted(1)).toString(), "append",
                    "sync", List.of(new Event.LogWriteCompleted(2)).toString()), calls);
        } finally {
            release.countDown();
            first.join();
        }
    }
}
