package io.driftless.bench.snapshot;

import io.driftless.bench.run.Cleanup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The most that is in one of several folders, looked at ten times a second. Thread safe. */
final class DiskUse {

    private static final long EVERY_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final List<Path> folders;
    private final Thread thread;
    private volatile boolean over;
    private volatile long most;
    private volatile @Nullable IOException failure;

    private DiskUse(List<Path> folders) {
        this.folders = folders;
        this.thread = Thread.ofPlatform().name("driftless-bench-disk").unstarted(this::look);
    }

    /** Begins to look, until {@link #end} or {@code cleanup}. */
    static DiskUse watch(List<Path> folders, Cleanup cleanup) throws Exception {
        DiskUse use = cleanup.own(() -> new DiskUse(folders), DiskUse::end);
        use.thread.start();
        return use;
    }

    private void look() {
        try {
            while (!over) {
                for (Path folder : folders) {
                    most = Math.max(most, Watching.bytes(folder));
                }
                LockSupport.parkNanos(EVERY_NS);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    /** Ends it; the most that was there, in bytes. Idempotent. */
    long end() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException given) {
            Thread.currentThread().interrupt();
        }
        IOException failed = failure;
        if (failed != null) {
            throw new UncheckedIOException(failed);
        }
        return most;
    }
}
