package io.driftless.log.mmap;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogFullException;
import io.driftless.log.LogOpenException;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.log.StorageFactory;
import io.driftless.raft.HardState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The data directory of a node:
 *
 * <pre>
 * lock            owned by one process at a time
 * identity        format, cluster, node, incarnation; written last when the directory is made
 * hard-state      term, vote, doubt, boot ({@link HardStateFile})
 * configuration   of index 0, once the cluster has formed
 * errors.log      written by the node's error sink
 * log/            the log ({@link MmapLog})
 * snapshots/      the newest snapshot ({@link SnapshotFile})
 * </pre>
 *
 * <p>Thread safe: a factory holds nothing open.
 */
public final class MmapStorage implements StorageFactory {

    static final String HARD_STATE = "hard-state";
    static final String LOG = "log";
    static final String SNAPSHOTS = "snapshots";

    /** What a snapshot leaves free: the log goes on in the first while the next is made. */
    private static final int RESERVED_SEGMENTS = 2;

    private static final String CLUSTER_ID = "cluster.id";
    private static final String NODE_ID = "node.id";
    static final String INCARNATION = "incarnation";

    private final Path directory;
    private final Disk disk;

    MmapStorage(Path directory, Disk disk) {
        this.directory = directory;
        this.disk = disk;
    }

    /** The storage in {@code dataDir}, which is made at the first opening. No I/O here. */
    public static StorageFactory at(Path dataDir) {
        return new MmapStorage(dataDir, Disk.REAL);
    }

    /**
     * Opens the directory, or makes it; everything in it is durable on return.
     *
     * @throws NodeStartException  with {@link EndCause#DATA_LOCKED}, {@link EndCause#UNWRITABLE},
     *                             {@link EndCause#OTHER_IDENTITY}, {@link EndCause#OTHER_FORMAT}, or
     *                             {@link EndCause#CONFIGURATION} if sizes do not fit or JVM flags are missing
     * @throws LogCorruptException if anything in it is damaged or missing
     * @throws LogFullException    if the disk has no room
     * @throws io.driftless.log.OutOfResourcesException if the process has no descriptor or thread left
     */
    @Override
    public Storage open(StorageContext context) {
        try {
            LogOpener.requirePlatform(directory);
            JvmFlags.require();
            return Interrupts.shielded(() -> attempt(context));
        } catch (LogOpenException refused) {
            throw new NodeStartException(refused.endCause(), refused.getMessage(), refused);
        }
    }

    private Storage attempt(StorageContext context) {
        try {
            disk.createDirectory(directory);
            DirectoryLock lock = DirectoryLock.take(directory);
            try {
                return openLocked(context, options(context), lock);
            } catch (IOException | RuntimeException | Error e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw LogOpener.failed(directory, e);
        }
    }

    private static MmapLogOptions options(StorageContext context) {
        try {
            return new MmapLogOptions(context.segmentBytes(), context.entryBytesMax());
        } catch (IllegalArgumentException e) {
            throw new NodeStartException(EndCause.CONFIGURATION, e.getMessage(), e);
        }
    }

    private Storage openLocked(StorageContext context, MmapLogOptions options, DirectoryLock lock) throws IOException {
        Optional<Map<String, String>> found = IdentityFile.read(directory);
        if (found.isPresent()) {
            requireOurs(found.get(), context);
        }
        Path hardStateFile = directory.resolve(HARD_STATE);
        if (!Files.exists(hardStateFile)) {
            if (found.isPresent()) {
                throw new LogCorruptException(hardStateFile + " is missing beside " + IdentityFile.FILE
                        + ": term and vote are lost");
            }
            HardStateFile.create(hardStateFile, disk);
        }
        if (found.isPresent() && !Files.isDirectory(directory.resolve(LOG))) {
            throw new LogCorruptException(directory.resolve(LOG) + " is missing beside " + IdentityFile.FILE);
        }
        if (found.isPresent()) {
            // Before anything that an earlier version would not understand can be in it.
            IdentityFile.raise(disk, directory);
        }
        HardStateFile hardState = HardStateFile.open(hardStateFile, context.listener(), disk,
                new HardStateFile.Terms(context.durability().isRelaxed(), context.catchesUp()));
        MmapLog log = null;
        try {
            log = MmapLog.open(directory.resolve(LOG), options, context.listener(), disk, hardState::logFound);
            hardState.logOpened(log.opening().undecided());
            SnapshotFiles snapshots = SnapshotFiles.open(disk, directory.resolve(SNAPSHOTS), context.listener(),
                    SnapshotFormat.CHUNK_MAX, (long) RESERVED_SEGMENTS * SegmentSizes.round(options.segmentBytes()));
            UUID incarnation = found.isPresent()
                    ? UUID.fromString(IdentityFile.require(directory, found.get(), INCARNATION))
                            : makeIdentity(context, log, hardState);
            disk.forceDirectory(directory);
            return new DataDirectory(disk, directory, lock, context, incarnation, log, hardState, snapshots);
        } catch (IOException | RuntimeException | Error e) {
            if (log != null) {
                log.close();
            }
            hardState.close();
            throw e;
        }
    }

    private void requireOurs(Map<String, String> found, StorageContext context) {
        String cluster = IdentityFile.require(directory, found, CLUSTER_ID);
        String node = IdentityFile.require(directory, found, NODE_ID);
        if (!cluster.equals(context.clusterId()) || !node.equals(context.nodeId())) {
            throw new NodeStartException(EndCause.OTHER_IDENTITY, directory + " belongs to node " + node
                    + " of cluster " + cluster + ", not to "
                    + context.nodeId() + " of " + context.clusterId() + ": correct data.dir, node.id or cluster.id");
        }
    }

    /** A directory without an identity was never finished; then there is nothing in it that anybody was told of. */
    private UUID makeIdentity(StorageContext context, MmapLog log, HardStateFile hardState) throws IOException {
        if (log.lastIndex() > 0 || !hardState.read().equals(HardState.INITIAL)) {
            throw new LogCorruptException(directory.resolve(IdentityFile.FILE)
                    + " is missing beside a log up to index " + log.lastIndex()
                    + " and a hard state in term " + hardState.read().currentTerm());
        }
        UUID incarnation = UUID.randomUUID();
        disk.forceDirectory(directory);
        Map<String, String> values = new LinkedHashMap<>();
        values.put(CLUSTER_ID, context.clusterId());
        values.put(NODE_ID, context.nodeId());
        values.put(INCARNATION, incarnation.toString());
        IdentityFile.write(disk, directory, values);
        return incarnation;
    }
}
