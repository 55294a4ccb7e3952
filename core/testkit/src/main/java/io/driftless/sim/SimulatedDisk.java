package io.driftless.sim;

import io.driftless.log.Bytes;
import io.driftless.log.HardStateStore;
import io.driftless.log.Identity;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogFullException;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import io.driftless.log.SnapshotStore;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.log.StorageFactory;
import io.driftless.log.SyncFailedException;
import io.driftless.raft.HardState;
import io.driftless.testkit.InMemoryStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A node's disk: an {@link InMemoryStorage} that tells what happens to it, and fails as planned. Each call that changes
 * it is an effect at which the node may die, before or after.
 */
final class SimulatedDisk implements StorageFactory {

    /** Whom the disk belongs to. */
    interface Owner {

        /** An effect is about to be carried out: the node may die here. */
        void effect();

        /** A sync is under way: other things happen meanwhile. */
        void waits();

        /** Whether no sync ends well at the moment, neither of the log nor of the hard state. */
        boolean doSyncsFail();

        /** Something has happened to the disk. */
        void saw(DiskEvent event);

        /** A damaged entry was read. */
        void readDamage();

        /** Whether the disk has no room for snapshots at the moment. */
        boolean isFullForSnapshots();

        /** Whether the next bytes of a snapshot that comes in are stored as others; each time only once. */
        boolean garblesSnapshot();
    }

    /** What happens to a disk. */
    sealed interface DiskEvent {

        /** See {@link Happening.LogWritten}. */
        record Written(List<LogEntry> entries, boolean overwrite) implements DiskEvent { }

        /** See {@link Happening.LogSynced}. */
        record Synced(long lastIndex) implements DiskEvent { }

        /** See {@link Happening.LogCompacted}. */
        record Compacted(long index) implements DiskEvent { }

        /** See {@link Happening.LogReset}. */
        record Reset(long index, long term) implements DiskEvent { }

        /** See {@link Happening.StateWritten}. */
        record State(HardState state) implements DiskEvent { }

        /** See {@link Happening.SnapshotStep}. */
        record Snapshot(Happening.SnapshotStep.Step step, long index, long term) implements DiskEvent { }

        /** See {@link Happening.PutBack}. */
        record PutBack(HardState state) implements DiskEvent { }
    }

    private final InMemoryStorage memory;
    private final DiskView view;
    private final boolean relaxed;
    /** Whether its server is in doubt, or will be at its next start (R18). */
    private boolean inDoubt;
    private boolean stoppedCleanly = true;
    /** The last start. */
    private long boot;
    /** An earlier copy of the folder. */
    private @Nullable Copy copy;
    /** What the folder was before it was put back to the copy; null once its server has noted that it is in doubt. */
    private @Nullable Copy newest;
    private boolean startedPutBack;
    private boolean wasPutBack;
    private final Owner owner;
    private boolean failsNextSync;
    private boolean hasFailed;
    /** Whether a sync of log or hard state has failed since the last opening, as planned. */
    private boolean hasFailedAsPlanned;
    /** Entries that the next append finds room for; negative if there is room enough. */
    private int room = -1;
    /** The synced entry of which a bit has flipped, for good; 0 if none has. */
    private long flipped;
    /** The indexes of snapshots that were damaged, be they still there or not. */
    private final SortedSet<Long> damagedSnapshots = new TreeSet<>();
    /** The log forgets as many entries at once as a segment has. */
    private final long segmentEntries;

    private record Copy(InMemoryStorage.Copy memory, DiskView.Copy view, long boot) { }

    SimulatedDisk(long seed, boolean relaxed, long segmentEntries, Owner owner) {
        this.relaxed = relaxed;
        this.segmentEntries = segmentEntries;
        this.view = new DiskView(relaxed);
        this.memory = InMemoryStorage.seeded(seed);
        this.owner = owner;
        memory.beforeSync(() -> {
            if (failsNextSync || owner.doSyncsFail()) {
                failsNextSync = false;
                hasFailedAsPlanned = true;
                // The node notes it a moment later.
                inDoubt |= relaxed;
                throw new IllegalStateException("planned");
            }
        });
    }

    DiskView view() {
        return view;
    }

    /** What is in the log, synced or not. */
    List<LogEntry> entries() {
        return memory.entries();
    }

    /** See {@link InMemoryStorage#durableIndex}. */
    long durableIndex() {
        return memory.durableIndex();
    }

    void failNextSync() {
        failsNextSync = true;
    }

    /** Whether its server has no vote, or may have none soon: what it acknowledged may be lost. */
    boolean isInDoubt() {
        return inDoubt || isPutBack() || relaxed && (failsNextSync || owner.doSyncsFail());
    }

    void copyFolder() {
        copy = new Copy(memory.copy(), view.copy(), boot);
    }

    /** Whether there is a copy, and its server was started since: otherwise nobody can tell by its boot. */
    boolean hasEarlierCopy() {
        return copy != null && copy.boot < boot;
    }

    /** The folder is what it was when it was copied. */
    void putBack() {
        kill();
        if (newest == null) {
            newest = new Copy(memory.copy(), view.copy(), boot);
        }
        startedPutBack = false;
        wasPutBack = true;
        become(java.util.Objects.requireNonNull(copy));
    }

    /** Whether the folder was put back to a copy, and its server has not noted yet that it is in doubt for it. */
    boolean isPutBack() {
        return newest != null;
    }

    /** Whether a server has started on it since it was put back, which it has not noted. */
    boolean wasStartedPutBack() {
        return isPutBack() && startedPutBack;
    }

    /** Whether the folder was put back, noted or not. */
    boolean wasPutBack() {
        return wasPutBack;
    }

    /** The folder is what it was before it was put back. */
    void undoPutBack() {
        kill();
        become(java.util.Objects.requireNonNull(newest));
        newest = null;
        wasPutBack = false;
    }

    private void become(Copy other) {
        memory.putBack(other.memory);
        view.putBack(other.view);
        owner.saw(new DiskEvent.PutBack(other.view.hardState()));
    }

    boolean hasFailedAsPlanned() {
        return hasFailedAsPlanned;
    }

    void fillUp(int entries) {
        room = entries;
    }

    /** A bit of one of the synced entries flips. */
    void flipBit(int amount) {
        flipped = view.boundary() + 1 + amount % Math.max(1, view.lastIndex() - view.boundary());
    }

    /** A byte of the stored snapshot, if there is one, is another from now on. */
    void damageSnapshot(int amount) {
        memory.snapshotBytes().ifPresent(bytes -> {
            memory.damageSnapshot(amount % bytes);
            damagedSnapshots.add(view.snapshotIndex());
        });
    }

    /** Whether there is a reason why its snapshot is of no use: it is damaged, or its log may have lost entries. */
    boolean mayBeSetAside() {
        return !damagedSnapshots.isEmpty() || inDoubt || wasPutBack;
    }

    /** Whether it may need the snapshot of another server: its own is damaged, or is not there (R32). */
    boolean mayNeedSnapshot() {
        return view.boundary() > view.snapshotIndex() || damagedSnapshots.contains(view.snapshotIndex());
    }

    boolean isDamaged() {
        return flipped > 0;
    }

    /** Whether a node may end for damage here: of its log, or of the snapshot that it has set aside just now. */
    boolean mayProveDamaged() {
        return isDamaged() || view.lastSetAside().filter(place -> damagedSnapshots.contains(place.index())).isPresent();
    }

    /** Fails no more. */
    void heal() {
        failsNextSync = false;
        room = -1;
    }

    /** Ends every open storage; what was not synced stays. */
    void kill() {
        memory.kill();
        heal();
    }

    /** Ends every open storage; of what was not synced a part stays. */
    void powerCut(int amount) {
        kill();
        int kept = amount % (view.unsyncedCount() + 1);
        memory.powerCut(kept);
        view.powerCut(kept);
        inDoubt |= relaxed && !stoppedCleanly;
    }

    /** Ends every open storage; the page cache loses a part of what was not synced, and the machine runs on. */
    void evict(int amount) {
        kill();
        int kept = amount % (view.unsyncedCount() + 1);
        memory.evict(kept);
        view.powerCut(kept);
        inDoubt |= relaxed;
    }

    @Override
    public Storage open(StorageContext context) {
        if (isDamaged()) {
            throw new LogCorruptException("planned");
        }
        if (owner.doSyncsFail()) {
            throw new SyncFailedException("planned");
        }
        Storage opened = memory.open(context);
        // What recovery shows has been synced by this very process (R14).
        hasFailed = false;
        hasFailedAsPlanned = false;
        stoppedCleanly = false;
        boot = opened.identity().boot();
        startedPutBack = true;
        inDoubt = opened.hardState().doubtTerm() > 0;
        if (inDoubt) {
            // The copy was in doubt itself.
            newest = null;
        }
        view.synced();
        owner.saw(new DiskEvent.Synced(view.lastIndex()));
        return new Watched(opened);
    }

    private final class Watched implements Storage {

        private final Storage storage;
        private final RaftLog log;
        private final HardStateStore hardState;
        private final SnapshotStore snapshots;

        Watched(Storage storage) {
            this.storage = storage;
            this.log = new WatchedLog(storage.log());
            this.hardState = new WatchedHardState(storage.hardState());
            this.snapshots = new WatchedSnapshots(storage.snapshots(), storage.identity().incarnation(), owner);
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
            return storage.identity();
        }

        @Override
        public Optional<Bytes> configuration() {
            return storage.configuration();
        }

        @Override
        public void writeConfiguration(Bytes configuration) {
            owner.effect();
            storage.writeConfiguration(configuration);
            owner.effect();
        }

        @Override
        public Optional<Path> errorsFile() {
            return Optional.empty();
        }

        @Override
        public String description() {
            return "simulated";
        }

        @Override
        public void close() {
            storage.close();
            // A close syncs the log unless a sync had failed before, and throws if it fails now.
            if (!hasFailed) {
                stoppedCleanly = true;
                view.synced();
            }
        }
    }

    private final class WatchedHardState implements HardStateStore {

        private final HardStateStore store;

        WatchedHardState(HardStateStore store) {
            this.store = store;
        }

        @Override
        public HardState read() {
            return store.read();
        }

        @Override
        public void write(HardState state) {
            owner.effect();
            store.write(state);
            view.hardState(state);
            owner.saw(new DiskEvent.State(state));
            owner.effect();
        }

        @Override
        public long doubtTerm() {
            return store.doubtTerm();
        }

        @Override
        public void doubt(long bootSeen) {
            owner.effect();
            inDoubt = true;
            store.doubt(bootSeen);
            newest = null;
            owner.effect();
        }

        @Override
        public void settle() {
            owner.effect();
            store.settle();
            inDoubt = false;
            owner.effect();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private final class WatchedLog implements RaftLog {

        private final RaftLog log;

        WatchedLog(RaftLog log) {
            this.log = log;
        }

        @Override
        public long append(List<LogEntry> entries) {
            return write(entries, false);
        }

        @Override
        public long overwrite(long fromIndex, List<LogEntry> entries) {
            return write(entries, true);
        }

        private long write(List<LogEntry> entries, boolean overwrite) {
            owner.effect();
            if (room >= 0) {
                List<LogEntry> fit = entries.subList(0, Math.min(room, entries.size() - 1));
                room = -1;
                if (!fit.isEmpty()) {
                    put(fit, overwrite);
                }
                throw new LogFullException("planned");
            }
            long writeId = put(entries, overwrite);
            owner.effect();
            return writeId;
        }

        private long put(List<LogEntry> entries, boolean overwrite) {
            // Before it is told: what breaks the log's own contract is the log's to refuse.
            long writeId = overwrite ? log.overwrite(entries.getFirst().index(), entries) : log.append(entries);
            List<LogEntry> copy = List.copyOf(entries);
            view.written(copy, overwrite);
            owner.saw(new DiskEvent.Written(copy, overwrite));
            return writeId;
        }

        @Override
        public long sync() {
            owner.effect();
            owner.waits();
            long writeId;
            try {
                writeId = log.sync();
            } catch (SyncFailedException failed) {
                hasFailed = true;
                throw failed;
            }
            view.synced();
            owner.saw(new DiskEvent.Synced(view.lastIndex()));
            owner.effect();
            return writeId;
        }

        private boolean isIntact(long index) {
            if (index == flipped) {
                owner.readDamage();
            }
            return index != flipped;
        }

        @Override
        public LogReader reader() {
            return new CheckedReader(log.reader(), this::isIntact);
        }

        @Override
        public long firstIndex() {
            return log.firstIndex();
        }

        @Override
        public long lastIndex() {
            return log.lastIndex();
        }

        @Override
        public long durableIndex() {
            return log.durableIndex();
        }

        @Override
        public boolean awaitBeyond(long index, Duration timeout) throws InterruptedException {
            return log.awaitBeyond(index, timeout);
        }

        @Override
        public long termAt(long index) {
            return log.termAt(index);
        }

        @Override
        public long weight(long fromIndex, long toIndex) {
            return log.weight(fromIndex, toIndex);
        }

        @Override
        public void compact(long upToIndex) {
            owner.effect();
            long forgotten = upToIndex - upToIndex % segmentEntries;
            if (forgotten >= log.firstIndex()) {
                log.compact(forgotten);
                view.compacted(forgotten);
                owner.saw(new DiskEvent.Compacted(forgotten));
            }
            owner.effect();
        }

        @Override
        public void reset(long lastIncludedIndex, long lastIncludedTerm) {
            owner.effect();
            owner.waits();
            if (failsNextSync || owner.doSyncsFail()) {
                failsNextSync = false;
                hasFailedAsPlanned = true;
                inDoubt |= relaxed;
                throw new SyncFailedException("planned");
            }
            log.reset(lastIncludedIndex, lastIncludedTerm);
            view.reset(lastIncludedIndex, lastIncludedTerm);
            owner.saw(new DiskEvent.Reset(lastIncludedIndex, lastIncludedTerm));
            owner.effect();
        }

        @Override
        public void close() {
            log.close();
        }
    }
}
