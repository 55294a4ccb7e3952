package io.driftless.bench.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Files full of zeros that have reached the disk, made as the log makes its segments: of the same size, by the same
 * small writes and forces, one ahead, on a thread of their own. So the floors do the same file changes. Confined to one
 * thread.
 */
final class FilledFiles implements AutoCloseable {

    /** Size of each. */
    static final int BYTES = 64 << 20;

    private static final int FILL_BYTES = 4096;
    private static final int FORCE_BYTES = 2 << 20;

    private final Path folder;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private @Nullable Future<Path> spare;
    private int made;

    FilledFiles(Path folder) {
        this.folder = folder;
    }

    /** Begins to fill the next one, unless that was done. */
    void prepare() {
        if (spare == null) {
            Path file = folder.resolve("filled-" + made++);
            spare = thread.submit(() -> fill(file));
        }
    }

    /** The next one; waits for it. */
    Path take() throws IOException {
        prepare();
        Future<Path> taken = spare;
        spare = null;
        try {
            return taken.get();
        } catch (ExecutionException e) {
            throw new IOException(folder + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(folder + ": interrupted", e);
        }
    }

    private Path fill(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(FILL_BYTES);
            for (long at = 0; at < BYTES; at += FILL_BYTES) {
                channel.write(zeros.clear(), at);
                if ((at + FILL_BYTES) % FORCE_BYTES == 0) {
                    channel.force(true);
                }
            }
        }
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
        return file;
    }

    /** Ends the thread and deletes what was made. */
    @Override
    public void close() throws IOException {
        thread.close();
        for (int i = 0; i < made; i++) {
            Files.deleteIfExists(folder.resolve("filled-" + i));
        }
    }
}
