package io.driftless.log.mmap;

import io.driftless.log.Bytes;
import io.driftless.log.DamagedSnapshot;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogFullException;
import io.driftless.log.LogListener;
import io.driftless.log.LogOpenException;
import io.driftless.log.RaftLog;
import io.driftless.log.SnapshotStore;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a data directory, each a file ({@link SnapshotFormat}) in a folder of their own:
 *
 * <pre>
 * INDEX-TERM-CREATOR-CHECKSUM.snapshot   the newest; older ones only until the next opening
 * INDEX-TERM-CREATOR.tmp                 is being written; removed at the next opening
 * INDEX-TERM-CREATOR-CHECKSUM.damaged    was set aside; until the next one is, or a start has no use for it
 * </pre>
 *
 * <p>What is found at an opening counts only after the folder has been forced, and an older one is removed only after
 * that, as when one is finished (R27). Thread safe; {@link #newest} never waits.
 */
final class SnapshotFiles implements SnapshotStore {

    /** Guards everything on the disk, and its writer. */
    final ReentrantLock lock = new ReentrantLock();

    private final Disk disk;
    private final Path directory;
    private final LogListener listener;
    private final int chunkBytes;
    private final long logReserve;
    private volatile Optional<SnapshotFile> newest = Optional.empty();
    private volatile boolean closed;
    private @Nullable SnapshotFileWriter writer;

    private SnapshotFiles(Disk disk, Path directory, LogListener listener, int chunkBytes, long logReserve) {
        this.disk = disk;
        this.directory = directory;
        this.listener = listener;
        this.chunkBytes = chunkBytes;
        this.logReserve = logReserve;
    }

    /**
     * Opens the folder, or makes it. Removes what was not finished, and sets aside what is damaged; durable on return.
     *
     * @param listener   is told of a file that was set aside, and of one that could not be removed
     * @param chunkBytes size of the chunks that it writes
     * @param logReserve bytes that are left free for the log, which shares the file system: what the writing of a
     *                   snapshot takes from the disk comes back, what the log lacks ends it
     * @throws LogOpenException if the newest has another format, or is a directory
     * @throws IOException      if it cannot be used
     */
    static SnapshotFiles open(Disk disk, Path directory, LogListener listener, int chunkBytes, long logReserve)
            throws IOException {
        disk.createDirectory(directory);
        SnapshotFiles opened = new SnapshotFiles(disk, directory, listener, chunkBytes, logReserve);
        opened.recover();
        return opened;
    }

    private void recover() throws IOException {
        for (Path path : filesEndingWith(SnapshotFormat.TEMPORARY)) {
            disk.delete(path);
        }
        for (Path path : filesEndingWith(SnapshotFormat.WHOLE).reversed()) {
            if (newest.isEmpty()) {
                newest = readOrSetAside(path);
            }
        }
        // A process that was killed may have renamed it a moment ago, and not have forced that.
        disk.forceDirectory(directory);
        removeAllBut(newest.map(SnapshotFile::file));
    }

    private Optional<SnapshotFile> readOrSetAside(Path path) throws IOException {
        try {
            return Optional.of(SnapshotFile.openNamed(path));
        } catch (LogCorruptException damaged) {
            Path aside = aside(path);
            disk.rename(path, aside);
            listener.warning(damaged.getMessage() + "; it was set aside as " + aside.getFileName());
            return Optional.empty();
        }
    }

    private static Path aside(Path path) {
        String name = path.getFileName().toString();
        return path.resolveSibling(name.substring(0, name.length() - SnapshotFormat.WHOLE.length())
                + SnapshotFormat.DAMAGED);
    }

    private List<Path> filesEndingWith(String end) throws IOException {
        return Disk.list(directory).stream().filter(path -> path.getFileName().toString().endsWith(end)).toList();
    }

    private void removeAllBut(Optional<Path> kept) throws IOException {
        for (Path path : filesEndingWith(SnapshotFormat.WHOLE)) {
            if (!kept.equals(Optional.of(path))) {
                remove(path);
            }
        }
    }

    /** Removes what nobody needs; the next opening does it if this cannot. */
    void remove(Path path) {
        try {
            disk.delete(path);
        } catch (IOException e) {
            listener.warning(path + " could not be removed: " + SystemErrors.words(path, e)
                    + "; the next start tries again");
        }
    }

    Disk disk() {
        return disk;
    }

    /**
     * What to say where {@code more} bytes of {@code file} would take room that is the log's; empty otherwise. They may
     * be a part only: {@code known} says of the size of the whole what can be said.
     */
    Optional<String> lackOfRoom(Path file, long more, String known) {
        long free = disk.free(directory);
        return free - more >= logReserve ? Optional.empty() : Optional.of(file + ": no room for the snapshot: " + known
                + ", " + free + " bytes are free, and the log's reserve is " + logReserve + ": make room");
    }

    @Override
    public void requireRoom(long contentBytes) {
        requireRoom(directory, contentBytes, "it has " + contentBytes + " bytes");
    }

    /** Throws a {@link LogFullException} where {@link #lackOfRoom} has something to say. */
    void requireRoom(Path file, long more, String known) {
        lackOfRoom(file, more, known).ifPresent(lack -> {
            throw new LogFullException(lack);
        });
    }

    Path directory() {
        return directory;
    }

    /** Throws a {@link LogClosedException} once its storage is closed, as all its methods. */
    @Override
    public Optional<StoredSnapshot> newest() {
        requireOpen();
        return newest.map(found -> found);
    }

    @Override
    public SnapshotWriter begin(long index, long term, UUID creator, Bytes boundary) throws IOException {
        if (index < 1 || term < 1) {
            throw new IllegalArgumentException("a snapshot of index " + index + ", term " + term);
        }
        if (boundary.length() > RaftLog.ENTRY_BYTES_MAX) {
            throw new IllegalArgumentException("a boundary of " + boundary.length() + " bytes; at most "
                    + RaftLog.ENTRY_BYTES_MAX + " are allowed");
        }
        lock.lock();
        try {
            requireOpen();
            if (writer != null) {
                throw new IllegalStateException("a snapshot is being written already");
            }
            if (newest.isPresent() && index <= newest.get().id().index()) {
                throw new IllegalArgumentException("a snapshot of index " + index + " after "
                        + newest.get().id());
            }
            SnapshotFileWriter begun = SnapshotFileWriter.begin(this,
                    SnapshotFormat.Header.of(index, term, creator, chunkBytes, boundary), boundary);
            writer = begun;
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** Its writer has made it durable. Under the lock. */
    void finished(SnapshotFile stored) {
        newest = Optional.of(stored);
        writer = null;
        try {
            removeAllBut(Optional.of(stored.file()));
        } catch (IOException e) {
            listener.warning(directory + ": older snapshots could not be removed: "
                    + SystemErrors.words(directory, e) + "; the next start tries again");
        }
    }

    /** A writer is closed and has not finished. Under the lock. */
    void abandon(SnapshotFileWriter abandoned, Path temporary, Disk.Output output) {
        if (writer == abandoned) {
            writer = null;
        }
        try {
            output.close();
        } catch (IOException e) {
            listener.warning(temporary + " could not be closed: " + SystemErrors.words(temporary, e));
        }
        remove(temporary);
    }

    @Override
    public void setAside(StoredSnapshot damaged) throws IOException {
        lock.lock();
        try {
            requireOpen();
            Path path = noLongerNewest(damaged);
            if (Files.exists(path)) {
                Path aside = aside(path);
                disk.rename(path, aside);
                disk.forceDirectory(directory);
                filesAside().keySet().stream().filter(file -> !file.equals(aside)).forEach(this::remove);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The file of a snapshot that is not to be used again. */
    private Path noLongerNewest(StoredSnapshot snapshot) {
        newest = newest.filter(found -> !found.id().equals(snapshot.id()));
        return directory.resolve(SnapshotFormat.name(snapshot.id()));
    }

    /** Those that lie aside, as their names call them, in order. What has another name is not its own. */
    private SortedMap<Path, SnapshotId> filesAside() throws IOException {
        SortedMap<Path, SnapshotId> aside = new TreeMap<>();
        for (Path file : filesEndingWith(SnapshotFormat.DAMAGED)) {
            SnapshotFormat.damagedId(file.getFileName().toString()).ifPresent(named -> aside.put(file, named));
        }
        return aside;
    }

    @Override
    public List<DamagedSnapshot> damaged() throws IOException {
        lock.lock();
        try {
            requireOpen();
            return filesAside().entrySet().stream().map(aside -> SnapshotFile.damaged(aside.getKey(),
                    aside.getValue())).sorted(Comparator.comparingLong((DamagedSnapshot damaged) ->
                    damaged.id().index()).reversed()).toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void remove(StoredSnapshot useless) throws IOException {
        lock.lock();
        try {
            requireOpen();
            disk.delete(noLongerNewest(useless));
            disk.forceDirectory(directory);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void removeDamaged(DamagedSnapshot useless) throws IOException {
        lock.lock();
        try {
            requireOpen();
            for (Map.Entry<Path, SnapshotId> aside : filesAside().entrySet()) {
                if (SnapshotFile.damaged(aside.getKey(), aside.getValue()).id().equals(useless.id())) {
                    disk.delete(aside.getKey());
                }
            }
            disk.forceDirectory(directory);
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new LogClosedException(directory + " is closed");
        }
    }

    /** Ends its writer, once a step of it on the disk has ended. Idempotent. */
    void close() {
        lock.lock();
        try {
            closed = true;
            if (writer != null) {
                writer.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
