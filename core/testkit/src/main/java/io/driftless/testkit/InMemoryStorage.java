package io.driftless.testkit;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.Bytes;
import io.driftless.log.HardStateStore;
import io.driftless.log.Identity;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogEntry;
import io.driftless.log.Opening;
import io.driftless.log.RaftLog;
import io.driftless.log.SnapshotStore;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.log.StorageFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The disk of one node, in memory. It keeps log, hard state, snapshot, identity and configuration while storages on it
 * are opened and closed, so that a node can be restarted on it. {@link #kill} and {@link #powerCut} end an open storage
 * as a dying process or machine would: a snapshot that is not finished is lost, a finished one never.
 * {@link #beforeSync}, {@link #beforeSnapshot} and {@link #afterSnapshot} let a test make the disk slow, stuck or
 * broken. Thread safe.
 */
public final class InMemoryStorage implements StorageFactory {

    private final MemoryDisk disk = new MemoryDisk();
    private final UUID incarnation;
    private @Nullable Identity identity;
    private @Nullable Opened opened;
    private Optional<Bytes> configuration = Optional.empty();
    private boolean cleanStop = true;
    private boolean sameBoot = true;
    private boolean relaxed;

    /**
     * An empty disk with a random incarnation.
     *
     * @throws IllegalStateException naming the JVM flag that is missing
     */
    public InMemoryStorage() {
        this(UUID.randomUUID());
    }

    private InMemoryStorage(UUID incarnation) {
        TestkitFlags.require();
        this.incarnation = incarnation;
    }

    /** An empty disk whose incarnation comes from {@code seed}, for runs that can be repeated. */
    public static InMemoryStorage seeded(long seed) {
        Random random = new Random(seed);
        return new InMemoryStorage(new UUID(random.nextLong(), random.nextLong()));
    }

    /**
     * Opens the storage. What earlier writes left is durable then (R14). After a power failure or a failed sync, the
     * server is in doubt if the last owner's entries counted before they were synced (R15, R18).
     *
     * @throws NodeStartException if it is open, or belongs to another cluster or node
     */
    @Override
    public Storage open(StorageContext context) {
        disk.lock.lock();
        try {
            if (opened != null) {
                throw new NodeStartException(EndCause.DATA_LOCKED,
                        "this in-memory storage is open already: close it first");
            }
            Identity before = identity;
            if (before != null && !(before.clusterId().equals(context.clusterId())
                    && before.nodeId().equals(context.nodeId()))) {
                throw new NodeStartException(EndCause.OTHER_IDENTITY, "this in-memory storage belongs to node "
                        + before.nodeId() + " of cluster " + before.clusterId() + ", not to " + context.nodeId()
                        + " of " + context.clusterId());
            }
            long boot = Math.max(before == null ? 0 : before.boot(), disk.bootSeen()) + 1;
            Identity now = new Identity(context.clusterId(), context.nodeId(), incarnation, boot);
            identity = now;
            Opening found = new Opening(cleanStop, sameBoot, false, disk.isMissing());
            Opened storage = new Opened(now, found);
            if (relaxed && found.mayLackEntries() && disk.doubtTerm() == 0) {
                disk.doubt(0);
            }
            disk.missing(false);
            cleanStop = false;
            sameBoot = true;
            relaxed = context.durability().isRelaxed();
            opened = storage;
            return storage;
        } finally {
            disk.lock.unlock();
        }
    }

    /**
     * Ends the open storage, if any, as SIGKILL would. What was written is still there at the next open, synced or not.
     */
    public void kill() {
        disk.lock.lock();
        try {
            if (opened != null) {
                opened.die();
            }
        } finally {
            disk.lock.unlock();
        }
    }

    /** Ends the open storage, if any, as would a power failure that loses every entry that was not synced. */
    public void powerCut() {
        powerCut(0);
    }

    /**
     * Like {@link #powerCut()}, but the first {@code kept} of the {@link #unsynced()} entries happened to reach the
     * disk.
     */
    public void powerCut(int kept) {
        disk.lock.lock();
        try {
            kill();
            sameBoot = false;
            disk.powerCut(kept);
        } finally {
            disk.lock.unlock();
        }
    }

    /**
     * Ends the open storage, if any, like {@link #kill}. Of the entries that were not synced, only the first
     * {@code kept} remain, although the kernel keeps running. The page cache may lose them in this way once a sync has
     * failed (R15).
     */
    public void evict(int kept) {
        disk.lock.lock();
        try {
            kill();
            if (disk.unsynced() > kept) {
                disk.missing(true);
            }
            disk.powerCut(kept);
        } finally {
            disk.lock.unlock();
        }
    }

    /** What is on the disk at this moment, as a copy of the folder would hold it. See {@link #putBack}. */
    public Copy copy() {
        disk.lock.lock();
        try {
            return new Copy(disk.copy(), identity, configuration, cleanStop, relaxed);
        } finally {
            disk.lock.unlock();
        }
    }

    /**
     * Replaces what is on the disk with an earlier copy, as a person does who restores a backup. An open storage is
     * killed.
     */
    public void putBack(Copy copy) {
        disk.lock.lock();
        try {
            kill();
            disk.putBack(copy.disk);
            identity = copy.identity;
            configuration = copy.configuration;
            cleanStop = copy.cleanStop;
            sameBoot = true;
            relaxed = copy.relaxed;
        } finally {
            disk.lock.unlock();
        }
    }

    /** A copy of everything on a disk. Immutable. */
    public static final class Copy {

        private final MemoryDisk.Copy disk;
        private final @Nullable Identity identity;
        private final Optional<Bytes> configuration;
        private final boolean cleanStop;
        private final boolean relaxed;

        private Copy(MemoryDisk.Copy disk, @Nullable Identity identity, Optional<Bytes> configuration,
                boolean cleanStop, boolean relaxed) {
            this.disk = disk;
            this.identity = identity;
            this.configuration = configuration;
            this.cleanStop = cleanStop;
            this.relaxed = relaxed;
        }
    }

    /** How many entries were written since the last sync. */
    public int unsynced() {
        disk.lock.lock();
        try {
            return disk.unsynced();
        } finally {
            disk.lock.unlock();
        }
    }

    /** Whether a storage is open on this disk. */
    public boolean isOpen() {
        disk.lock.lock();
        try {
            return opened != null;
        } finally {
            disk.lock.unlock();
        }
    }

    /**
     * Runs {@code hook} before every sync of the log and every write of the hard state, on the caller's thread. A hook
     * that blocks makes the disk slow or stuck. An exception becomes a failed sync, which is final for the open
     * storage.
     */
    public void beforeSync(Runnable hook) {
        disk.beforeSync(hook);
    }

    /**
     * Runs {@code hook} when a snapshot is about to be finished, on the caller's thread. It may block. A
     * {@link io.driftless.errors.LogException} is what the caller gets; any other exception becomes a failed sync.
     */
    public void beforeSnapshot(Runnable hook) {
        disk.snapshots.beforeFinish(hook);
    }

    /**
     * Runs {@code hook} when a snapshot was finished, on the caller's thread, before anybody is told. It may block, and
     * must not throw.
     */
    public void afterSnapshot(Runnable hook) {
        disk.snapshots.afterFinish(hook);
    }

    /** The length of the newest snapshot's content, in bytes; empty if there is none. */
    public OptionalInt snapshotBytes() {
        disk.lock.lock();
        try {
            return disk.snapshots.newest().stream().mapToInt(kept -> kept.content().length()).findFirst();
        } finally {
            disk.lock.unlock();
        }
    }

    /**
     * Damages the newest snapshot: from the byte at {@code at} of its content on, nothing can be read.
     *
     * @throws IllegalStateException     if there is none
     * @throws IndexOutOfBoundsException if its content has no such byte
     */
    public void damageSnapshot(int at) {
        disk.lock.lock();
        try {
            disk.snapshots.damage(at);
        } finally {
            disk.lock.unlock();
        }
    }

    /** The entries in the log, synced or not, for a test that looks around. */
    public List<LogEntry> entries() {
        disk.lock.lock();
        try {
            return List.copyOf(disk.entries(disk.firstIndex(), disk.lastIndex(), Long.MAX_VALUE));
        } finally {
            disk.lock.unlock();
        }
    }

    /** Index of the last entry that a power failure would leave. */
    public long durableIndex() {
        disk.lock.lock();
        try {
            return disk.durableIndex();
        } finally {
            disk.lock.unlock();
        }
    }

    /** Whether the hard state says that the server is in doubt, as the next start will find it (R18). */
    public boolean isInDoubt() {
        disk.lock.lock();
        try {
            return disk.doubtTerm() > 0;
        } finally {
            disk.lock.unlock();
        }
    }

    void tell(MemoryDisk.Told told) {
        disk.tell(told);
    }

    private void stoppedCleanly(Opened storage) {
        disk.lock.lock();
        try {
            cleanStop |= opened == storage && !storage.log.hasFailed() && !storage.hardState.hasFailed();
        } finally {
            disk.lock.unlock();
        }
    }

    private final class Opened implements Storage {

        private final Identity mine;
        private final Opening opening;
        private final InMemoryLog log = new InMemoryLog(disk);
        private final InMemoryHardStateStore hardState = new InMemoryHardStateStore(disk);
        private final InMemorySnapshotStore snapshots = new InMemorySnapshotStore(disk.snapshots, disk.lock);

        Opened(Identity mine, Opening opening) {
            this.mine = mine;
            this.opening = opening;
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
            return mine;
        }

        @Override
        public Optional<Bytes> configuration() {
            disk.lock.lock();
            try {
                return configuration;
            } finally {
                disk.lock.unlock();
            }
        }

        @Override
        public void writeConfiguration(Bytes written) {
            disk.lock.lock();
            try {
                if (opened != this) {
                    throw new LogClosedException("the in-memory storage is closed");
                }
                if (configuration.isPresent()) {
                    throw new IllegalStateException("the configuration of index 0 is written once, and there already");
                }
                configuration = Optional.of(written);
            } finally {
                disk.lock.unlock();
            }
        }

        @Override
        public Optional<Path> errorsFile() {
            return Optional.empty();
        }

        @Override
        public Opening opening() {
            return opening;
        }

        @Override
        public String description() {
            return "in memory";
        }

        @Override
        public void close() {
            try {
                log.close();
                stoppedCleanly(this);
            } finally {
                die();
            }
        }

        private void die() {
            disk.lock.lock();
            try {
                log.die();
                hardState.close();
                snapshots.close();
                if (opened == this) {
                    opened = null;
                }
            } finally {
                disk.lock.unlock();
            }
        }
    }
}
