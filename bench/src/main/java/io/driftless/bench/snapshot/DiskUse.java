package io.driftless.bench.snapshot;

import io.driftless.bench.run.Cleanup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The most room that one of several folders takes on its disk, as {@code du} says, ten times a second. The lengths of
 * files say more: a segment's is longer than what the disk holds of it. Thread safe.
 */
final class DiskUse {

    private static final long EVERY_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int KIB = 1024;

    private final ProcessBuilder du;
    private final Thread thread;
    private volatile boolean over;
    private volatile long most;
    private volatile @Nullable IOException failure;

    private DiskUse(List<Path> folders) {
        List<String> command = new ArrayList<>(List.of("du", "-sk"));
        folders.forEach(folder -> command.add(folder.toString()));
        // It complains of files that go meanwhile.
        this.du = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        this.thread = Thread.ofPlatform().name("driftless-bench-disk").unstarted(this::watch);
    }

    /**
     * Begins to look, until {@link #end} or {@code cleanup}.
     *
     * @throws IOException if there is no {@code du}
     */
    static DiskUse watch(List<Path> folders, Cleanup cleanup) throws Exception {
        DiskUse use = cleanup.own(() -> new DiskUse(folders), DiskUse::end);
        use.look();
        use.thread.start();
        return use;
    }

    private void watch() {
        try {
            while (!over) {
                look();
                LockSupport.parkNanos(EVERY_NS);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void look() throws IOException {
        try (BufferedReader sizes = du.start().inputReader()) {
            for (String line = sizes.readLine(); line != null; line = sizes.readLine()) {
                most = Math.max(most, KIB * Long.parseLong(line.substring(0, line.indexOf('\t'))));
            }
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
