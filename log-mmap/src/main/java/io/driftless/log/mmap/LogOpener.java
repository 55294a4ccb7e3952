package io.driftless.log.mmap;

import io.driftless.errors.EndCause;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogFullException;
import io.driftless.log.LogListener;
import io.driftless.log.LogOpenException;
import io.driftless.log.Opening;
import io.driftless.log.OutOfResourcesException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Opens a {@link MmapLog}: takes the lock, makes what a new log needs, recovers what an old one left. On a full disk it
 * gives the {@link Reserve} back and tries once more, with a small segment.
 *
 * @param disk      through which everything is done
 * @param directory of the log
 * @param options   how it is laid out
 * @param listener  is told what was noticed
 * @param lock      on the directory
 * @param logId     which log
 * @param spares    prepares segments
 * @param reserve   room for a full disk
 * @param judge     is told what was found before anything is changed
 */
record LogOpener(Disk disk, Path directory, MmapLogOptions options, LogListener listener, DirectoryLock lock,
        UUID logId, SpareSegments spares, Reserve reserve, Consumer<Opening> judge) {

    private static final String LOG_ID = "log.id";
    /**
     * Highest sequence that this process has used per log: a write id must not come twice in it, whatever an opening
     * finds.
     */
    private static final ConcurrentHashMap<UUID, Long> USED = new ConcurrentHashMap<>();

    /** Does it; failures as {@link MmapLog#open}. */
    static MmapLog open(Path directory, MmapLogOptions options, LogListener listener, Disk disk,
            Consumer<Opening> judge) {
        requirePlatform(directory);
        JvmFlags.require();
        return Interrupts.shielded(() -> attempt(directory, options, listener, disk, judge));
    }

    private static MmapLog attempt(Path directory, MmapLogOptions options, LogListener listener, Disk disk,
            Consumer<Opening> judge) {
        try {
            disk.createDirectory(directory);
            DirectoryLock lock = DirectoryLock.take(directory);
            Descriptors.hold();
            try {
                DiskKind.warning(directory).ifPresent(listener::warning);
                UUID logId = identity(disk, directory);
                SpareSegments spares = new SpareSegments(disk, directory, logId,
                        LogRecovery.nextNumber(directory, Manifest.read(directory, logId)), listener);
                try {
                    return new LogOpener(disk, directory, options, listener, lock, logId, spares,
                            new Reserve(disk, directory, options, listener), judge).recovered();
                } catch (IOException | RuntimeException | Error e) {
                    spares.close();
                    throw e;
                }
            } catch (IOException | RuntimeException | Error e) {
                Descriptors.letGo();
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw failed(directory, e);
        } catch (UncheckedIOException | InternalError e) {
            throw SystemErrors.here().failed(directory + ": what was recovered could not be synced: " + e, e);
        }
    }

    private MmapLog recovered() throws IOException {
        int size = SegmentSizes.round(options.segmentBytes());
        spares.prepare(size);
        LogRecovery.Recovered recovered;
        try {
            recovered = recover(size, options.segmentBytes() / 4);
        } catch (LogFullException full) {
            if (!reserve.release()) {
                throw full;
            }
            listener.warning(directory + ": the disk is full; the log opens into a small segment, with the room that "
                    + "was kept aside for that: make room (a running node's next snapshot shortens the log, see "
                    + "'driftless admin snapshot')");
            recovered = recover(SegmentSizes.sizeFor(0, options.entryBytesMax(), SegmentSizes.MIN),
                    reserve.copyBytesMax());
        }
        reserve.make();
        return new MmapLog(this, recovered);
    }

    private LogRecovery.Recovered recover(int segmentBytes, int copyBytesMax) throws IOException {
        LogRecovery recovery = new LogRecovery(disk, directory, logId, options, listener,
                Manifest.read(directory, logId));
        judge.accept(recovery.opening());
        return recovery.run(spares, USED.getOrDefault(logId, 0L), segmentBytes, copyBytesMax);
    }

    /** Sequences up to here have been used in this process. */
    static void used(UUID logId, long sequence) {
        USED.put(logId, sequence);
    }

    /** What an I/O error during an opening is told as. */
    static RuntimeException failed(Path directory, IOException e) {
        if (Disk.isFull(e)) {
            return new LogFullException(directory + ": the disk is full: make room and start again", e);
        }
        if (SystemErrors.here().isExhausted(e)) {
            return new OutOfResourcesException(directory + " cannot be opened: " + e
                    + ": raise the limit of open files (ulimit -n, LimitNOFILE)", e);
        }
        return new LogOpenException(EndCause.UNWRITABLE, directory + " cannot be used: " + words(directory, e)
                + ": check that it is a directory this user may write", e);
    }

    /** What is wrong, with the name of the file if that is another one than the directory. */
    private static String words(Path directory, IOException e) {
        String file = e instanceof FileSystemException about ? about.getFile() : null;
        return file == null || file.equals(directory.toString()) ? SystemErrors.words(directory, e)
                : file + ": " + SystemErrors.words(Path.of(file), e);
    }

    static void requirePlatform(Path directory) {
        if (System.getProperty("os.name", "").startsWith("Windows")) {
            throw new LogOpenException(EndCause.UNWRITABLE, directory
                    + ": the durable log does not open on Windows; use Linux (ext4 or XFS), or macOS to try it out");
        }
    }

    private static UUID identity(Disk disk, Path directory) throws IOException {
        Optional<Map<String, String>> values = IdentityFile.read(directory);
        if (values.isPresent()) {
            return logId(directory, values.get());
        }
        for (Path path : Disk.list(directory)) {
            if (Segment.isDirectory(path)) {
                throw new LogCorruptException(directory.resolve(IdentityFile.FILE) + " is missing beside "
                        + path.getFileName());
            }
        }
        UUID logId = UUID.randomUUID();
        Manifest.empty(logId).write(disk, directory);
        DurableMark.create(disk, directory, logId);
        IdentityFile.write(disk, directory, Map.of(LOG_ID, logId.toString()));
        return logId;
    }

    /** The log's id in its identity file. */
    static UUID logId(Path directory, Map<String, String> identity) {
        String id = IdentityFile.require(directory, identity, LOG_ID);
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw new LogCorruptException(directory.resolve(IdentityFile.FILE) + " names no log: " + LOG_ID + "=" + id,
                    e);
        }
    }
}
