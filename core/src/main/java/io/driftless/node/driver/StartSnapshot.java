package io.driftless.node.driver;

import io.driftless.codec.SnapshotBoundary;
import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import io.driftless.errors.MalformedException;
import io.driftless.errors.NodeStartException;
import io.driftless.log.Bytes;
import io.driftless.log.DamagedSnapshot;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogOpenException;
import io.driftless.log.RaftLog;
import io.driftless.log.SnapshotStore;
import io.driftless.log.Storage;
import io.driftless.log.StoredSnapshot;
import io.driftless.machine.SessionRows;
import io.driftless.node.NodeListener;
import io.driftless.raft.Era;
import io.driftless.raft.SnapshotId;
import io.driftless.session.SessionTable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * What a start makes of the newest snapshot in its storage: one that is of no use is set aside or removed, and one that
 * was being installed when the server crashed has the log begin behind it (R27). Confined to who starts.
 */
final class StartSnapshot {

    private final Storage storage;
    private final ErrorSink errors;
    private final NodeListener listener;
    /** The one of which all was read and is as it was written. */
    private Optional<SnapshotId> verified = Optional.empty();

    StartSnapshot(Storage storage, ErrorSink errors, NodeListener listener) {
        this.storage = storage;
        this.errors = errors;
        this.listener = listener;
    }

    /**
     * The newest snapshot, if it is of this cluster and the log holds its index. What it contains has not been verified
     * then, unless the log was reset to it.
     *
     * @throws NodeStartException if the log has lost what this server took the snapshot of
     */
    Optional<StoredSnapshot> find() throws IOException {
        Optional<StoredSnapshot> newest = storage.snapshots().newest();
        if (newest.isPresent()) {
            // Before anything is reset: a start that is refused leaves the log as it is.
            requireHeld(newest.get());
        }
        // Then, since what is set aside now takes the place of what lies aside.
        goOnBehindDamage();
        boolean isOfUse = newest.isPresent() && isOfUse(newest.get());
        goOnBehindDamage();
        return isOfUse ? newest.filter(snapshot -> snapshot.id().index() >= storage.log().firstIndex() - 1)
                : Optional.empty();
    }

    /**
     * A snapshot that another server had sent is damaged now, and the log was not reset to it before the crash. It was
     * whole: this server may have acknowledged what was in it, and must not stand behind that in an election. So the
     * log goes on behind it all the same, and a leader is asked for a good one (R27, R32).
     *
     * <p>What says nothing of the sort is removed, or a later start would ask it again, and might get another answer. A
     * server in doubt acknowledged nothing that counts, and keeps the log that it has: also once the doubt has ended,
     * which it does after this (R18).
     */
    private void goOnBehindDamage() throws IOException {
        SnapshotStore store = storage.snapshots();
        for (DamagedSnapshot damaged : store.damaged()) {
            if (!isOfThisCluster(damaged.boundary())) {
                continue;
            }
            if (storage.hardState().doubtTerm() > 0) {
                remove(damaged, "this server is in doubt, so what it acknowledged does not count");
            } else if (isSuperseded(eraOf(damaged))) {
                remove(damaged, "a loss was accepted since, the log has entries of term " + lastTerm());
            } else if (isLacking(damaged.id()) && !isOwn(damaged.id())) {
                reset(damaged.id(), ", damaged since,");
            }
        }
        // Nothing more follows from what is left. One stays, for whoever wants to look at it.
        List<DamagedSnapshot> left = store.damaged();
        for (DamagedSnapshot lower : left.subList(Math.min(1, left.size()), left.size())) {
            store.removeDamaged(lower);
        }
    }

    private void remove(DamagedSnapshot damaged, String why) throws IOException {
        listener.warning("the damaged snapshot of index " + damaged.id().index() + ", term " + damaged.id().term()
                + ", is removed: " + why);
        storage.snapshots().removeDamaged(damaged);
    }

    /** Unless its boundary says otherwise, if that is left. */
    private boolean isOfThisCluster(Optional<Bytes> boundary) {
        try {
            return boundary.isEmpty() || SnapshotBoundary.decode(boundary.get()).isOf(storage.configuration());
        } catch (MalformedException other) {
            return false;
        }
    }

    /** Whether the log ends before its last entry, or has another one there. */
    private boolean isLacking(SnapshotId id) {
        RaftLog log = storage.log();
        return id.index() > log.lastIndex() || id.index() >= log.firstIndex() - 1
                && log.termAt(id.index()) != id.term();
    }

    /**
     * Whether the log has an entry of a later era than that. If it lacks a snapshot of that era, the leader of the
     * entry lacks what the snapshot holds too, or it would have written behind it. So the snapshot became durable after
     * the entry and was never installed, and a reset would forget what was acknowledged to that leader (R18).
     */
    private boolean isSuperseded(long era) {
        return Era.of(lastTerm()) > era;
    }

    private long lastTerm() {
        return storage.log().termAt(storage.log().lastIndex());
    }

    /** Where its boundary is damaged too, at least that of its last entry. */
    private static long eraOf(DamagedSnapshot damaged) {
        return damaged.boundary().map(StartSnapshot::eraOf).orElse(Era.of(damaged.id().term()));
    }

    private static long eraOf(Bytes boundary) {
        return SnapshotBoundary.decode(boundary).era();
    }

    private boolean isOwn(SnapshotId id) {
        return id.creator().equals(storage.identity().incarnation());
    }

    private void reset(SnapshotId id, String state) {
        RaftLog log = storage.log();
        String before = log.firstIndex() > log.lastIndex() ? "no entries" : "entries " + log.firstIndex() + " to "
                + log.lastIndex();
        log.reset(id.index(), id.term());
        listener.info("the snapshot of index " + id.index() + ", term " + id.term() + state + " is not in the log, "
                + "which had " + before + ", and begins behind it now");
    }

    private boolean isOfUse(StoredSnapshot snapshot) throws IOException {
        SnapshotId id = snapshot.id();
        RaftLog log = storage.log();
        try {
            requireThisCluster(snapshot);
        } catch (MalformedException other) {
            setAside(snapshot, other);
            return false;
        }
        if (id.index() < log.firstIndex() - 1) {
            listener.warning(snapshot.description() + " is set aside: the log begins later, at index "
                    + log.firstIndex());
            storage.snapshots().setAside(snapshot);
            return false;
        }
        if (!isLacking(id)) {
            return true;
        }
        requireHeld(snapshot);
        if (isSuperseded(eraOf(snapshot.boundary()))) {
            listener.warning(snapshot.description() + " is removed: it came in before a loss was accepted, and the "
                    + "log has entries of term " + lastTerm() + " since");
            storage.snapshots().remove(snapshot);
            return false;
        }
        return isInstalled(snapshot);
    }

    /** Throws if the log lacks what this server took the snapshot of, and no doubt explains that. */
    private void requireHeld(StoredSnapshot snapshot) {
        SnapshotId id = snapshot.id();
        if (isOwn(id) && isLacking(id) && isOfThisCluster(Optional.of(snapshot.boundary()))
                && (storage.hardState().doubtTerm() == 0 || isSuperseded(eraOf(snapshot.boundary())))) {
            throw new NodeStartException(EndCause.LOST_DATA, snapshot.description() + " is of index " + id.index()
                    + ", term " + id.term() + ", which the log in " + storage.description() + ", up to index "
                    + storage.log().lastIndex() + ", does not hold: acknowledged entries are gone");
        }
    }

    private void requireThisCluster(StoredSnapshot snapshot) {
        SnapshotBoundary boundary;
        try {
            boundary = SnapshotBoundary.decode(snapshot.boundary());
        } catch (LogOpenException other) {
            throw new LogOpenException(other.endCause(), snapshot.description() + ": " + other.getMessage());
        }
        if (!boundary.isOf(storage.configuration())) {
            throw new MalformedException(0, snapshot.description() + " is of another cluster");
        }
    }

    /**
     * Ends an installation that a crash has cut short: another server's snapshot is durable here, and the log was not
     * reset to it (R28). Or resets a log in doubt that has lost what this server took the snapshot of (R18). False if
     * the snapshot is no good.
     */
    private boolean isInstalled(StoredSnapshot snapshot) throws IOException {
        if (!isVerified(snapshot) || sessions(snapshot).isEmpty()) {
            return false;
        }
        reset(snapshot.id(), "");
        return true;
    }

    /** Whether all of it can be read and is as it was written; otherwise it is set aside. Looks once. */
    boolean isVerified(StoredSnapshot snapshot) throws IOException {
        if (!verified.equals(Optional.of(snapshot.id()))) {
            try {
                snapshot.verify();
            } catch (LogCorruptException damaged) {
                setAside(snapshot, damaged);
                return false;
            }
            verified = Optional.of(snapshot.id());
        }
        return true;
    }

    /** The session table in it; empty if it cannot be read or is another one, and the snapshot was set aside. */
    Optional<SessionTable> sessions(StoredSnapshot snapshot) throws IOException {
        try (InputStream content = MachineRestore.content(snapshot)) {
            return Optional.of(MachineRestore.tableOf(snapshot, SessionRows.readFrom(content), false));
        } catch (IOException | LogCorruptException | MalformedException | IllegalArgumentException other) {
            setAside(snapshot, other);
            return Optional.empty();
        }
    }

    /** It is of no use, for this reason. */
    void setAside(StoredSnapshot snapshot, Exception reason) throws IOException {
        errors.record(ErrorEntry.of("snapshot", "set aside: " + ErrorEntry.messageOf(reason), reason));
        storage.snapshots().setAside(snapshot);
    }
}
