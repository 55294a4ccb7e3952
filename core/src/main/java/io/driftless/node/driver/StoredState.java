package io.driftless.node.driver;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.Serializer;
import io.driftless.codec.SnapshotBoundary;
import io.driftless.errors.EndCause;
import io.driftless.errors.MalformedException;
import io.driftless.errors.NodeStartException;
import io.driftless.log.Bytes;
import io.driftless.log.LogOpenException;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import io.driftless.log.Storage;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.Era;
import io.driftless.raft.HardState;
import io.driftless.raft.Recovered;
import io.driftless.raft.ServerId;
import io.driftless.raft.TermRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a node makes of what its storage holds when it starts, and refuses to start with. */
final class StoredState {

    private StoredState() { }

    /** The cluster this storage belongs to; empty for an empty server (R17). */
    static Optional<ClusterConfiguration> formation(Storage storage, SortedSet<ServerId> members,
            Serializer serializer) {
        Optional<Bytes> stored = storage.configuration();
        if (stored.isEmpty()) {
            if (storage.log().lastIndex() > 0 || !storage.hardState().read().equals(HardState.INITIAL)) {
                throw new NodeStartException(EndCause.CORRUPT, storage.description()
                        + " holds a log or a term, and no configuration of index 0: part of it is missing");
            }
            return Optional.empty();
        }
        ClusterConfiguration formation = read(storage, stored.get(), serializer);
        TreeSet<ServerId> strangers = new TreeSet<>(members);
        strangers.removeAll(formation.configuration().members());
        TreeSet<ServerId> missing = new TreeSet<>(formation.configuration().members());
        missing.removeAll(members);
        if (!strangers.isEmpty() || !missing.isEmpty()) {
            throw new NodeStartException(EndCause.MEMBERS_DIFFER, "cluster.members has " + members
                    + ", and the cluster in "
                    + storage.description() + " was formed by " + formation.configuration().members()
                    + ": correct cluster.members; members change only by a membership change");
        }
        return Optional.of(formation);
    }

    private static ClusterConfiguration read(Storage storage, Bytes stored, Serializer serializer) {
        try {
            return RecordBodies.configuration(stored, serializer);
        } catch (LogOpenException otherFormat) {
            throw new NodeStartException(otherFormat.endCause(), storage.description()
                    + ": the configuration of index 0 is " + otherFormat.getMessage());
        } catch (MalformedException damaged) {
            throw new NodeStartException(EndCause.CORRUPT, storage.description()
                    + ": the configuration of index 0 cannot be read: " + damaged.getMessage());
        }
    }

    /** The log, term and vote as the core wants them, with the newest snapshot that is of use. */
    static Recovered recovered(Storage storage, long appliedIndex, Optional<StoredSnapshot> snapshot) {
        RaftLog log = storage.log();
        if (appliedIndex > log.lastIndex() && storage.hardState().doubtTerm() == 0) {
            throw new NodeStartException(EndCause.LOST_DATA, "the state machine has applied entries up to "
                    + appliedIndex + ", and the log in "
                    + storage.description() + " ends at " + log.lastIndex() + ": acknowledged entries are gone");
        }
        long first = log.firstIndex();
        List<TermRuns.Run> runs = new ArrayList<>();
        for (long index = first; index <= log.lastIndex();) {
            long end = endOfRun(log, index);
            runs.add(new TermRuns.Run(log.termAt(index), end - index + 1));
            index = end + 1;
        }
        return new Recovered(storage.hardState().read(), log.termAt(first - 1), new TermRuns(first, runs), log::weight,
                appliedIndex, storage.hardState().doubtTerm(),
                snapshot.map(own -> new Recovered.OwnSnapshot(own.id(), own.contentBytes(),
                        SnapshotBoundary.decode(own.boundary()).era())));
    }

    /**
     * What later stamps must not fall below: the stamp of the last entry; of an empty log the clock of the session
     * table, which is of the index that the log goes on from (R23).
     */
    static long lastStampMs(RaftLog log, long tableClockMs) {
        return log.firstIndex() > log.lastIndex() ? tableClockMs : stampMs(log, log.lastIndex());
    }

    /** The stamp of the entry there; 0 if it is not there. */
    static long stampMs(RaftLog log, long index) {
        if (index < log.firstIndex()) {
            return 0;
        }
        try (LogReader reader = log.reader()) {
            return reader.seek(index) ? reader.timeMs() : 0;
        }
    }

    /**
     * Goes on without what was lost (R18): the doubt ends, in a term that tells everybody. Returns what an operator
     * should read of it.
     */
    static String acceptLoss(Storage storage, long appliedIndex) {
        long doubtTerm = storage.hardState().doubtTerm();
        long last = storage.log().lastIndex();
        if (doubtTerm == 0) {
            return "no loss to accept: this server is not in doubt";
        }
        if (appliedIndex > last) {
            throw new NodeStartException(EndCause.LOST_DATA, "the state machine has applied entries up to "
                    + appliedIndex + ", and the log in " + storage.description() + " ends at " + last
                    + ": the loss cannot be accepted with what the state machine kept of it; start it with an empty "
                    + "one");
        }
        long term = Era.after(storage.hardState().read().currentTerm());
        storage.hardState().write(new HardState(term, ServerId.NONE));
        storage.hardState().settle();
        return "LOSS ACCEPTED: in doubt since term " + doubtTerm + ", this server votes again, from term " + term
                + " on; its log ends at " + last
                + ", and entries above that were acknowledged and are nowhere else are lost";
    }

    /** Terms never fall, so the end of a run is found by halving. */
    private static long endOfRun(RaftLog log, long index) {
        long term = log.termAt(index);
        long low = index;
        long high = log.lastIndex();
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (log.termAt(middle) == term) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
