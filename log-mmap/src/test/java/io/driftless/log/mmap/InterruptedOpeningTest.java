package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.LogListener;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt, which would close the channels that an opening reads through. */
@Timeout(60)
class InterruptedOpeningTest {

    @TempDir
    Path directory;

    private Storage storage() {
        return MmapStorage.at(directory.resolve("data")).open(new StorageContext("c", "n1", SegmentSizes.MIN,
                16 * 1024, LogListener.NONE));
    }

    private MmapLog log() {
        return TestLogs.open(directory.resolve("log"));
    }

    private static <T extends AutoCloseable> void assertOpensInterrupted(Supplier<T> opening) throws Exception {
        Thread.currentThread().interrupt();
        T opened;
        boolean interrupted;
        try {
            opened = opening.get();
        } finally {
            interrupted = Thread.interrupted();
        }
        opened.close();
        assertTrue(interrupted, "the interrupt is lost");
    }

    @Test
    void oneFromBeforeStaysPending() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertOpensInterrupted(this::log);
            assertOpensInterrupted(this::storage);
        }
    }

    /** The last interrupt may come before the wait, within it, or not before the end of the thread that sends it. */
    private static boolean awaitEndAndTakeInterrupt(Thread interrupter) {
        boolean interrupted = false;
        while (true) {
            try {
                interrupter.join();
                return Thread.interrupted() || interrupted;
            } catch (InterruptedException theLast) {
                interrupted = true;
            }
        }
    }

    @Test
    void oneAtAnyMomentDoesNoHarm() {
        AtomicBoolean done = new AtomicBoolean();
        Thread owner = Thread.currentThread();
        // Seldom enough that an opening ends in between.
        Thread interrupter = Thread.ofPlatform().start(() -> {
            for (int i = 0; !done.get(); i++) {
                java.util.concurrent.locks.LockSupport.parkNanos(7_000_000 + i % 13 * 1_000_000);
                owner.interrupt();
            }
        });
        try {
            for (int i = 1; i <= 15; i++) {
                try (Storage storage = storage()) {
                    assertEquals(i - 1, storage.log().lastIndex());
                    storage.log().append(TestLogs.entries(i, i, 1, 10));
                }
            }
        } finally {
            done.set(true);
            assertTrue(awaitEndAndTakeInterrupt(interrupter), "no interrupt came, or it is lost");
        }
    }
}
