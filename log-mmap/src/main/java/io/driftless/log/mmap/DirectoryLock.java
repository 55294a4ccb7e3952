package io.driftless.log.mmap;

import io.driftless.errors.EndCause;
import io.driftless.log.LogOpenException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Ownership of a directory: a registry by real path inside this process, then a lock on the file {@value #FILE} against
 * others. The registry comes first because a file lock belongs to the process: closing any second channel to that file,
 * in a refused attempt, would let the lock go. Thread safe.
 */
final class DirectoryLock implements AutoCloseable {

    /** The locked file; nothing else may open it. */
    static final String FILE = "lock";

    private static final Path LOCKS = Path.of("/proc/locks");
    private static final ReentrantLock REGISTRY_LOCK = new ReentrantLock();
    private static final Set<Path> REGISTRY = new HashSet<>();
    /** Second channels to locked files: they stay open. */
    private static final Queue<FileChannel> KEPT = new ConcurrentLinkedQueue<>();

    private final Path realPath;
    private final FileChannel channel;
    private boolean closed;

    private DirectoryLock(Path realPath, FileChannel channel) {
        this.realPath = realPath;
        this.channel = channel;
    }

    /** Takes {@code directory}, which must exist; {@link LogOpenException} if it is taken. */
    static DirectoryLock take(Path directory) throws IOException {
        Path realPath = directory.toRealPath();
        REGISTRY_LOCK.lock();
        try {
            if (!REGISTRY.add(realPath)) {
                throw new LogOpenException(EndCause.DATA_LOCKED, directory
                        + " is open in this process already: another node or log here owns it; close that first, or "
                        + "use another directory");
            }
        } finally {
            REGISTRY_LOCK.unlock();
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(realPath.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new LogOpenException(EndCause.DATA_LOCKED, directory + " is in use by "
                        + holder(realPath).orElse("another process")
                        + ": stop that process, or use another directory");
            }
            return new DirectoryLock(realPath, channel);
        } catch (OverlappingFileLockException e) {
            // Closing the channel would let go every lock of this process on the file, the owner's too.
            KEPT.add(channel);
            forget(realPath, null);
            throw new LogOpenException(EndCause.DATA_LOCKED, directory
                    + " is open in this process already, under another class loader", e);
        } catch (IOException | RuntimeException e) {
            forget(realPath, channel);
            throw e;
        }
    }

    /**
     * Who owns {@code directory}, in words; empty if nobody does, or if it cannot be told. Opens nothing: closing
     * a second channel to the locked file would let the lock go. So the answer comes from the registry, and on Linux
     * from the kernel's list of locks, which does not show those of another container.
     */
    static Optional<String> owner(Path directory) {
        try {
            Path realPath = directory.toRealPath();
            REGISTRY_LOCK.lock();
            try {
                if (REGISTRY.contains(realPath)) {
                    return Optional.of("this process");
                }
            } finally {
                REGISTRY_LOCK.unlock();
            }
            return holder(realPath);
        } catch (IOException cannotTell) {
            return Optional.empty();
        }
    }

    /** The process that has the lock, as the kernel tells it. */
    private static Optional<String> holder(Path realPath) {
        try {
            Path file = realPath.resolve(FILE);
            long device = (Long) Files.getAttribute(file, "unix:dev");
            String place = String.format(Locale.ROOT, "%02x:%02x:%d", device >> 8 & 0xfff,
                    device & 0xff | device >> 12 & 0xfff00,
                    ((Number) Files.getAttribute(file, "unix:ino")).longValue());
            for (String line : Files.readAllLines(LOCKS)) {
                String[] words = line.strip().split(" +");
                if (words.length > 5 && words[5].equals(place) && !words[1].equals("->")) {
                    return Optional.of("process " + words[4]);
                }
            }
            return Optional.empty();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException cannotTell) {
            return Optional.empty();
        }
    }

    private static void forget(Path realPath, @Nullable FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            REGISTRY_LOCK.lock();
            try {
                REGISTRY.remove(realPath);
            } finally {
                REGISTRY_LOCK.unlock();
            }
        }
    }

    /** Lets go. Idempotent. */
    @Override
    public void close() throws IOException {
        REGISTRY_LOCK.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            REGISTRY_LOCK.unlock();
        }
        forget(realPath, channel);
    }
}
