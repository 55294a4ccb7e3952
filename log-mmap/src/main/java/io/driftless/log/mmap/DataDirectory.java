package io.driftless.log.mmap;

import io.driftless.log.Bytes;
import io.driftless.log.HardStateStore;
import io.driftless.log.Identity;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.Opening;
import io.driftless.log.RaftLog;
import io.driftless.log.SnapshotStore;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.log.SyncFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * An open data directory. The configuration of index 0 is a file of its own: magic "DLC1", CRC32C over the rest, then
 * the record body. Confined to one thread at a time, but for what its parts allow.
 */
final class DataDirectory implements Storage {

    static final String CONFIGURATION = "configuration";

    private static final String ERRORS = "errors.log";
    private static final int MAGIC = 'D' | 'L' << 8 | 'C' << 16 | '1' << 24;
    private static final int HEADER = 8;

    private final Disk disk;
    private final Path directory;
    private final DirectoryLock lock;
    private final MmapLog log;
    private final HardStateFile hardState;
    private final SnapshotFiles snapshots;
    private final Identity identity;
    private Optional<Bytes> configuration;
    private boolean closed;

    DataDirectory(Disk disk, Path directory, DirectoryLock lock, StorageContext context, UUID incarnation, MmapLog log,
            HardStateFile hardState, SnapshotFiles snapshots) throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.lock = lock;
        this.log = log;
        this.hardState = hardState;
        this.snapshots = snapshots;
        this.identity = new Identity(context.clusterId(), context.nodeId(), incarnation, hardState.boot());
        this.configuration = readConfiguration(directory.resolve(CONFIGURATION));
    }

    private static Optional<Bytes> readConfiguration(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEADER || header.getInt() != MAGIC || header.getInt() != check(bytes)) {
            throw new LogCorruptException(file + " is damaged: its checksum does not match");
        }
        return Optional.of(Bytes.wrap(bytes, HEADER, bytes.length - HEADER));
    }

    private static int check(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, HEADER, bytes.length - HEADER);
        return (int) crc.getValue();
    }

    @Override
    public RaftLog log() {
        return log;
    }

    @Override
    public HardStateStore hardState() {
        return hardState;
    }

    @Override
    public SnapshotStore snapshots() {
        return snapshots;
    }

    @Override
    public Identity identity() {
        return identity;
    }

    @Override
    public Optional<Bytes> configuration() {
        return configuration;
    }

    @Override
    public void writeConfiguration(Bytes written) {
        if (closed) {
            throw new LogClosedException(directory + " is closed");
        }
        if (configuration.isPresent()) {
            throw new IllegalStateException("the configuration of index 0 is written once, and is there already");
        }
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + written.length()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(MAGIC).putInt(0).put(written.array(), written.offset(), written.length());
        bytes.putInt(4, check(bytes.array()));
        try {
            disk.replace(directory.resolve(CONFIGURATION), bytes.array());
        } catch (Disk.NoRoomException | Disk.NotOpenedException e) {
            // The temporary file is swapped in as a whole: nothing has changed.
            throw SystemErrors.here().refused(directory.resolve(CONFIGURATION) + " could not be written: " + e, e);
        } catch (IOException e) {
            throw SystemErrors.here().failed(directory.resolve(CONFIGURATION) + " could not be written: " + e, e);
        }
        configuration = Optional.of(written);
    }

    @Override
    public Optional<Path> errorsFile() {
        return Optional.of(directory.resolve(ERRORS));
    }

    @Override
    public Opening opening() {
        Opening ofHardState = hardState.opening();
        Opening ofLog = log.opening();
        return new Opening(ofHardState.cleanStop() && ofLog.cleanStop(), ofHardState.sameBoot() && ofLog.sameBoot(),
                ofLog.undecided(), ofLog.missing());
    }

    @Override
    public String description() {
        return directory.toAbsolutePath().normalize().toString();
    }

    /** The clean mark is written only after the log has been synced and closed. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            log.close();
            if (log.isClosedCleanly()) {
                hardState.markClean();
            } else {
                // It failed before: that may never have been told to anybody who could note it.
                hardState.logFailed();
            }
        } catch (SyncFailedException failed) {
            try {
                hardState.logFailed();
            } catch (SyncFailedException alsoFailed) {
                failed.addSuppressed(alsoFailed);
            }
            throw failed;
        } finally {
            hardState.close();
            snapshots.close();
            try {
                lock.close();
            } catch (IOException e) {
                throw new SyncFailedException(directory + ": the lock could not be let go: " + e, e);
            }
        }
    }
}
