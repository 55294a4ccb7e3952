package io.driftless.node.driver;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.log.LogEntry;
import io.driftless.log.StoredSnapshot;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.session.Judgement;
import io.driftless.session.SessionTable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * What the log is applied to: the state machine, the session table around it and the log's clock, always of one and the
 * same index (R22). The machine executes what the table lets through. Only who applies may change it; the table can be
 * looked at by others meanwhile, under its lock, which is never held while the machine works.
 */
final class ReplicatedState {

    /** A session may be free again when another one expires. */
    private static final Duration FULL_RETRY = Duration.ofSeconds(1);
    private static final Result NOTHING = Result.ok();

    private final MachineCalls machine;
    private final Serializer serializer;
    private final LongConsumer firstOpening;
    private final Object lock = new Object();
    /** Guarded by the lock. */
    private SessionTable table;
    /** Of whoever applies. */
    private boolean hasOpened;

    /**
     * With a table of the machine's index.
     *
     * @param serializer   that of the node, for bodies that it has written
     * @param firstOpening is told the first session that is opened here, by whoever applies
     */
    ReplicatedState(MachineCalls machine, SessionTable table, Serializer serializer, LongConsumer firstOpening) {
        this.machine = machine;
        this.table = table;
        this.serializer = serializer;
        this.firstOpening = firstOpening;
    }

    /** Applies the next entry. */
    Answer apply(LogEntry entry) {
        synchronized (lock) {
            table.advance(entry.index(), entry.timeMs());
        }
        return switch (entry.type()) {
            case COMMAND -> entry.session() == 0 ? executed(entry) : inSession(entry);
            case SESSION -> noting(session(entry));
            case NOOP, CONFIGURATION -> new Answer.Executed(entry.index(), NOTHING);
        };
    }

    private Answer.Executed executed(LogEntry entry) {
        return new Answer.Executed(entry.index(), machine.apply(entry));
    }

    private Answer inSession(LogEntry entry) {
        Judgement judgement;
        synchronized (lock) {
            judgement = table.judge(entry);
        }
        if (judgement != Judgement.Next.NEXT) {
            return answer(judgement);
        }
        Answer.Executed executed = executed(entry);
        synchronized (lock) {
            table.executed(entry, executed.result());
        }
        return executed;
    }

    /** What a client is answered whose command is not the next one of its session. */
    static Answer answer(Judgement judgement) {
        return switch (judgement) {
            case Judgement.Kept kept -> new Answer.Executed(kept.index(), kept.result());
            case Judgement.NotKept notKept -> Answer.NOT_KEPT;
            case Judgement.TooEarly early -> new Answer.OutOfOrder(early.expected());
            case Judgement.Expired expired -> Answer.EXPIRED;
            case Judgement.Next next -> throw new IllegalArgumentException("it is the next one");
        };
    }

    private Answer noting(Answer answer) {
        if (!hasOpened && answer instanceof Answer.Opened opened) {
            hasOpened = true;
            firstOpening.accept(opened.session());
        }
        return answer;
    }

    private Answer session(LogEntry entry) {
        RecordBody body = RecordBodies.decode(entry.payload(), serializer);
        synchronized (lock) {
            return switch (body) {
                case RecordBody.SessionOpening opening -> {
                    long session = table.open(opening);
                    yield session != 0 ? new Answer.Opened(session) : new Answer.Refused(Outcome.Reason.OVERLOADED,
                            (table.size() == 1 ? "there is 1 session" : "there are " + table.size() + " sessions")
                            + ", the limit", FULL_RETRY);
                }
                case RecordBody.SessionClosing closing -> {
                    table.close(closing.session());
                    yield new Answer.Executed(entry.index(), NOTHING);
                }
                case RecordBody.SessionsRenewal renewal -> {
                    table.renew(renewal);
                    yield new Answer.Executed(entry.index(), NOTHING);
                }
                case RecordBody.ConfigurationBody configuration -> throw new IllegalStateException("the session entry "
                        + entry.index() + " holds a configuration");
            };
        }
    }

    /** The end of a batch. */
    void batchApplied(long index) {
        if (machine.keepsRows()) {
            machine.batchApplied(index, look(SessionTable::takeChanged));
        } else {
            machine.batchApplied(index);
        }
    }

    /** Goes on from a snapshot: machine, table and clock are of its index (R22). Only for who applies. */
    void restore(StoredSnapshot snapshot) throws IOException {
        SessionTable restored = MachineRestore.restore(machine, snapshot);
        synchronized (lock) {
            table = restored;
        }
    }

    /** Whether the machine takes snapshots. */
    boolean takesSnapshots() {
        return machine.takesSnapshots();
    }

    /** How it is now, the last index applied being this one; only for who applies. */
    StateView view(long index) {
        MachineSnapshot view = machine.snapshot(index);
        try {
            // Without the lock: only who applies changes the table, and others must not wait for its copy.
            return new StateView(index, table.clockMs(), table.copy(), view);
        } catch (Throwable noCopy) {
            NodeRun.closeQuietly(view);
            throw noCopy;
        }
    }

    /** Has the machine write what the view shows. By who uses the view. */
    void write(StateView view, OutputStream out) {
        machine.write(view.machine(), view.index(), out);
    }

    /** Which call of the state machine is under way. */
    CallWatch watch() {
        return machine.watch();
    }

    /** The state machine's class. */
    String machineName() {
        return machine.className();
    }

    Result query(ByteBuffer query, long appliedIndex) {
        return machine.query(query, appliedIndex);
    }

    SortedMap<String, Long> gauges(long appliedIndex) {
        return machine.gauges(appliedIndex);
    }

    /** All rows, if the table is of this index. */
    Optional<SessionRows> rowsAt(long index) {
        return look(seen -> seen.index() == index ? Optional.of(seen.rows()) : Optional.empty());
    }

    /** Looks at the table; from any thread. */
    <T> T look(Function<SessionTable, T> eye) {
        synchronized (lock) {
            return eye.apply(table);
        }
    }
}
