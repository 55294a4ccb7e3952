package io.driftless.node.driver;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.codec.SnapshotBoundary;
import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import io.driftless.errors.NodeStartException;
import io.driftless.log.EntryType;
import io.driftless.log.LogOpenException;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import io.driftless.log.Storage;
import io.driftless.log.StoredSnapshot;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import io.driftless.node.NodeListener;
import io.driftless.session.SessionTable;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * What state machine and session table begin with: what the machine has kept, or, where that is nothing or the log
 * cannot go on from it, the newest snapshot. A machine that has kept something is never rolled back.
 */
final class MachineStart {

    private static final String REMEDY = "it has to override batchApplied(long, SessionRows) and sessions(), and to "
            + "start from index 0 once";

    private final StateMachine machine;
    private final MachineCalls calls;
    private final Storage storage;
    private final RaftLog log;
    private final StartSnapshot snapshots;
    private final ErrorSink errors;
    private final NodeListener listener;
    private final LongSupplier clock;
    private final Serializer serializer;

    /** {@code machine} is not opened yet; {@code serializer}: that of the node, for bodies that it has written. */
    MachineStart(StateMachine machine, Storage storage, ErrorSink errors, NodeListener listener, LongSupplier clock,
            Serializer serializer) {
        this.machine = machine;
        this.calls = new MachineCalls(machine, clock);
        this.storage = storage;
        this.log = storage.log();
        this.snapshots = new StartSnapshot(storage, errors, listener);
        this.errors = errors;
        this.listener = listener;
        this.clock = clock;
        this.serializer = serializer;
    }

    /**
     * What a run begins with.
     *
     * @param state    machine and table, of one index
     * @param snapshot the newest snapshot that is of use here. Not all of it has been read if the machine was not
     *                 restored from it
     */
    record Begun(ReplicatedState state, Optional<StoredSnapshot> snapshot) { }

    /**
     * Has the log begin behind a snapshot that it lacks, opens the machine, and gives it and the
     * table, of one index. That may be below the log's beginning, if no good snapshot is there (R32).
     *
     * @throws NodeStartException  if the machine is not one to begin with, or the log has lost what the snapshot holds
     * @throws MachineCalls.Failed if the machine does not say what it is asked
     */
    Begun begin(MachineOpening opening) {
        try {
            Optional<StoredSnapshot> found = snapshots.find();
            return begin(opening.open(machine), found);
        } catch (IOException unreadable) {
            throw new NodeStartException(EndCause.of(unreadable, EndCause.CORRUPT), "a snapshot in "
                    + storage.description() + ": " + ErrorEntry.messageOf(unreadable), unreadable);
        }
    }

    private Begun begin(long opened, Optional<StoredSnapshot> found) throws IOException {
        Optional<StoredSnapshot> usable = found.filter(snapshot -> takes(snapshot, opened));
        // A machine that opened at 0 may be one that keeps nothing: it needs no rows.
        LongConsumer firstOpening = opened > 0 && !calls.keepsRows() ? session -> willMiss(opened, session)
                : session -> { };
        if (usable.isPresent() && isBehind(opened, usable.get().id().index())) {
            Optional<SessionTable> restored = restored(usable.get());
            if (restored.isPresent()) {
                return new Begun(new ReplicatedState(calls, restored.get(), serializer, firstOpening), usable);
            }
            usable = Optional.empty();
        }
        if (opened < boundary()) {
            lacksSnapshot(opened);
        }
        return new Begun(new ReplicatedState(calls, table(opened, usable), serializer, firstOpening), usable);
    }

    /** The index that the log begins behind. */
    private long boundary() {
        return log.firstIndex() - 1;
    }

    private boolean takes(StoredSnapshot snapshot, long opened) {
        boolean takes = calls.takesSnapshots();
        if (!takes && opened >= boundary()) {
            listener.warning(name() + " takes no snapshots: " + snapshot.description()
                    + " is not used, and the log is replayed from index " + (opened + 1));
        }
        return takes;
    }

    /** Whether a machine that opened there goes forward by the snapshot of this index, and could not by the log. */
    private boolean isBehind(long opened, long snapshot) {
        return opened < snapshot && (opened == 0 || opened <= boundary());
    }

    private void willMiss(long opened, long session) {
        listener.warning(name() + " opened at index " + opened + " and keeps no rows of the session table, and "
                + "a session was opened at index " + session + ", so its next start will be refused (exit code "
                + EndCause.STATE_MACHINE.exitCode() + "): " + REMEDY);
    }

    /** The machine cannot go on before a leader has sent a snapshot (R32). */
    private void lacksSnapshot(long opened) {
        String lacks = name() + " opens at index " + opened + ", the log in " + storage.description()
                + " begins at index " + log.firstIndex();
        if (!calls.takesSnapshots()) {
            throw new NodeStartException(EndCause.STATE_MACHINE, lacks + ", and what lies between can only be restored "
                    + "from a snapshot, but takesSnapshots() is false");
        }
        errors.record(ErrorEntry.of("snapshot", lacks + ", and there is no good snapshot of what lies between: nothing "
                + "is applied until a leader has sent one"));
    }

    /** From the rows that the machine has kept, or an empty one if no session was opened up to there (R22). */
    private SessionTable table(long applied, Optional<StoredSnapshot> snapshot) throws IOException {
        SessionTable table = new SessionTable(calls.keepsRows());
        try {
            SessionRows rows = calls.sessions(applied);
            if (!rows.rows().isEmpty()) {
                table = SessionTable.of(rows, calls.keepsRows());
                if (table.index() != applied) {
                    throw new NodeStartException(EndCause.STATE_MACHINE, name() + " opens at index " + applied
                            + ", and the rows that sessions() gives back are of index " + table.index());
                }
            } else if (applied < boundary()) {
                // Nothing is applied to it before it is restored, and what it was is not known here.
                table.startAt(applied, 0);
            } else if (applied > 0) {
                requireNoSession(applied, snapshot);
                table.startAt(applied, clockMs(applied, snapshot));
            }
        } catch (LogOpenException other) {
            throw new NodeStartException(other.endCause(), name() + ": sessions(): " + other.getMessage(), other);
        } catch (MachineCalls.Failed | IllegalArgumentException failed) {
            throw new NodeStartException(Failures.ofMachine(failed), name() + ": sessions() gives back no session "
                    + "table: " + failed.getMessage(), failed);
        }
        return table;
    }

    /** The log's clock there: of an entry that the log has forgotten the snapshot knows it (R23). */
    private long clockMs(long applied, Optional<StoredSnapshot> snapshot) {
        return applied > boundary() ? StoredState.stampMs(log, applied)
                : SnapshotBoundary.decode(snapshot.orElseThrow().boundary()).clockMs();
    }

    /**
     * Without its rows nobody would know which commands of a session were executed. What the log has forgotten cannot
     * be looked at: then the snapshot has to say that no session is left of it, and the rest of the log that none was.
     */
    private void requireNoSession(long applied, Optional<StoredSnapshot> snapshot) throws IOException {
        boolean isShortened = boundary() > 0;
        long end = applied;
        if (isShortened) {
            Optional<SessionTable> there = snapshot.isPresent() ? snapshots.sessions(snapshot.get()) : Optional.empty();
            if (there.isEmpty()) {
                throw keepsNoRows(applied, "the log begins at index " + log.firstIndex()
                        + ", and no snapshot says whether a session was opened before");
            }
            if (there.get().size() > 0) {
                throw keepsNoRows(applied, "there are sessions in " + snapshot.get().description());
            }
            end = Math.max(applied, there.get().index());
        }
        try (LogReader reader = log.reader()) {
            for (long index = log.firstIndex(); index <= Math.min(end, log.lastIndex()); index++) {
                if (reader.seek(index) && reader.type() == EntryType.SESSION && isAboutSession(reader)) {
                    throw keepsNoRows(applied, "a session was opened at index " + index);
                }
                if (isShortened && reader.session() != 0) {
                    throw keepsNoRows(applied, "the command at index " + index + " is of a session");
                }
            }
        }
    }

    /** Whoever names a session that the log does not know has an entry written that is about none (R25). */
    private boolean isAboutSession(LogReader reader) {
        return !(RecordBodies.decode(reader.entry().payload(), serializer) instanceof RecordBody.SessionsRenewal renewal
                && renewal.lowestWanted().isEmpty());
    }

    private NodeStartException keepsNoRows(long applied, String but) {
        return new NodeStartException(EndCause.STATE_MACHINE, name() + " opens at index " + applied
                + " and keeps no rows of the session table, but " + but + ": " + REMEDY);
    }

    private String name() {
        return "the state machine " + machine.getClass().getName();
    }

    /**
     * The table, once the machine holds what belongs to it; empty if the snapshot is no good, and was set aside. Its
     * rows are read here only: they are looked through before the machine hears of it.
     */
    private Optional<SessionTable> restored(StoredSnapshot snapshot) throws IOException {
        if (!snapshots.isVerified(snapshot)) {
            return Optional.empty();
        }
        long index = snapshot.id().index();
        long beganNs = clock.getAsLong();
        listener.info(String.format(Locale.ROOT, "restoring the snapshot of index %d, %,d bytes", index,
                snapshot.storedBytes()));
        SessionTable table;
        try {
            table = MachineRestore.restore(calls, snapshot);
        } catch (MachineRestore.Unusable unusable) {
            if (unusable.isHeard()) {
                throw unusable;
            }
            snapshots.setAside(snapshot, unusable);
            return Optional.empty();
        } catch (MachineCalls.Failed failed) {
            String message = failed.getMessage() + ", given " + snapshot.description() + (boundary() > 0 ? ""
                    : ": if that file is moved away, the log is replayed instead");
            throw new NodeStartException(Failures.ofMachine(failed), message, failed);
        }
        listener.info(String.format(Locale.ROOT, "restored the snapshot of index %d in %,d ms", index,
                (clock.getAsLong() - beganNs) / 1_000_000));
        return Optional.of(table);
    }
}
