package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import io.driftless.log.SnapshotStore;
import io.driftless.log.Storage;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import io.driftless.node.NodeListener;
import io.driftless.session.SessionTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** State machine and session table are of one index when a node starts: R22. */
class SessionRecoveryTest {

    private static final UUID NONCE = new UUID(1, 2);
    private static final long NOW_MS = 1_700_000_000_000L;

    private final List<LogEntry> entries = new ArrayList<>();
    private final RaftLog log = log();
    private final List<String> warnings = new ArrayList<>();

    /** Counts; what is on its disk outlives it. */
    private static final class Disk {
        private final TreeMap<String, SessionRows.Row> rows = new TreeMap<>();
        private long applied;
        private long count;
    }

    private static class Volatile implements StateMachine {
        protected final Disk disk;

        Volatile(Disk disk) {
            this.disk = disk;
        }

        @Override
        public long open(MachineContext context) {
            return disk.applied;
        }

        @Override
        public Result apply(Command command) {
            return Result.ok("count " + ++disk.count);
        }

        @Override
        public void batchApplied(long index) throws Exception {
            disk.applied = index;
        }

        @Override
        public void close() { }
    }

    private static class Durable extends Volatile {
        Durable(Disk disk) {
            super(disk);
        }

        @Override
        public void batchApplied(long index, SessionRows changed) {
            disk.applied = index;
            for (SessionRows.Row row : changed.rows()) {
                String key = row.session() + "," + row.part();
                if (row.isRemoved()) {
                    disk.rows.remove(key);
                } else {
                    disk.rows.put(key, row);
                }
            }
        }

        @Override
        public SessionRows sessions() {
            return new SessionRows(List.copyOf(disk.rows.values()));
        }
    }

    private RaftLog log() {
        return StandIn.of(RaftLog.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "firstIndex" -> 1L;
            case "lastIndex" -> (long) entries.size();
            case "reader" -> reader();
            default -> throw new AssertionError(method);
        });
    }

    private LogReader reader() {
        long[] at = {0};
        return StandIn.of(LogReader.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "seek" -> {
                at[0] = (long) arguments[0];
                yield at[0] >= 1 && at[0] <= entries.size();
            }
            case "entry" -> entries.get((int) at[0] - 1);
            case "type" -> entries.get((int) at[0] - 1).type();
            case "timeMs" -> entries.get((int) at[0] - 1).timeMs();
            case "close" -> null;
            default -> throw new AssertionError(method);
        });
    }

    private LogEntry add(EntryType type, long session, long serial, Bytes payload) {
        LogEntry entry = new LogEntry(entries.size() + 1, 1, NOW_MS + entries.size(), type, session, serial, payload);
        entries.add(entry);
        return entry;
    }

    private LogEntry opening() {
        return opening(NONCE);
    }

    private LogEntry opening(UUID nonce) {
        return add(EntryType.SESSION, 0, 0, RecordBodies.encode(new KryoSerializer(),
                new RecordBody.SessionOpening(nonce, 60_000, 10, 1_000, 10, 1 << 20)));
    }

    private ReplicatedState start(StateMachine machine, Disk disk) {
        SnapshotStore none = StandIn.of(SnapshotStore.class, (proxy, method, arguments) ->
                method.getName().equals("damaged") ? List.of() : Optional.empty());
        Storage storage = StandIn.of(Storage.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "log" -> log;
            case "snapshots" -> none;
            default -> throw new AssertionError(method);
        });
        NodeListener listener = new NodeListener() {
            @Override
            public void warning(String message) {
                warnings.add(message);
            }
        };
        return new MachineStart(machine, storage, error -> { }, listener, System::nanoTime, new KryoSerializer())
                .begin(new MachineOpening("c", "n1")).state();
    }

    @Test
    void r22ADurableMachineGoesOnWithTheTableOfItsIndex() {
        Disk disk = new Disk();
        ReplicatedState before = start(new Durable(disk), disk);
        LogEntry opening = opening();
        assertEquals(new Answer.Opened(1), before.apply(opening));
        LogEntry first = add(EntryType.COMMAND, 1, 1, Bytes.EMPTY);
        Answer executed = before.apply(first);
        before.batchApplied(2);
        ReplicatedState after = start(new Durable(disk), disk);
        assertEquals(executed, after.apply(add(EntryType.COMMAND, 1, 1, Bytes.EMPTY)), "the retry");
        assertEquals(1, disk.count, "executed once");
        assertEquals(NOW_MS + 2, after.look(SessionTable::clockMs));
    }

    @Test
    void r22AMachineThatKeepsItsStateAndNoRowsStartsAsLongAsNoSessionWasOpened() {
        Disk disk = new Disk();
        ReplicatedState state = start(new Volatile(disk), disk);
        state.apply(add(EntryType.NOOP, 0, 0, Bytes.EMPTY));
        state.apply(add(EntryType.COMMAND, 0, 0, Bytes.EMPTY));
        state.batchApplied(2);
        ReplicatedState again = start(new Volatile(disk), disk);
        assertEquals(2L, again.look(SessionTable::index));
        assertEquals(NOW_MS + 1, again.look(SessionTable::clockMs));
        again.apply(opening());
        again.batchApplied(3);
        NodeStartException refused = assertThrows(NodeStartException.class, () -> start(new Volatile(disk), disk));
        assertEquals(EndCause.STATE_MACHINE, refused.endCause());
        assertTrue(refused.getMessage().contains("opens at index 3 and keeps no rows of the session table, but a "
                + "session was opened at index 3: it has to override batchApplied(long, SessionRows) and sessions()"),
                refused.getMessage());
    }

    @Test
    void aNameOfNoSessionOpensNone() {
        Disk disk = new Disk();
        ReplicatedState state = start(new Volatile(disk), disk);
        state.apply(add(EntryType.SESSION, 0, 0, RecordBodies.encode(new KryoSerializer(),
                new RecordBody.SessionsRenewal(new TreeMap<>()))));
        state.batchApplied(1);
        assertEquals(1L, start(new Volatile(disk), disk).look(SessionTable::index));
    }

    @Test
    void aMachineThatWillMissASessionAtItsNextStartIsToldOfOnceInTime() {
        Disk disk = new Disk();
        ReplicatedState state = start(new Volatile(disk), disk);
        state.apply(add(EntryType.NOOP, 0, 0, Bytes.EMPTY));
        state.batchApplied(1);
        ReplicatedState again = start(new Volatile(disk), disk);
        again.apply(add(EntryType.COMMAND, 0, 0, Bytes.EMPTY));
        assertEquals(List.of(), warnings);
        again.apply(opening());
        again.apply(opening(new UUID(3, 4)));
        again.batchApplied(4);
        assertEquals(List.of("the state machine " + Volatile.class.getName() + " opened at index 1 and keeps no rows "
                + "of the session table, and a session was opened at index 3, so its next start will be refused (exit "
                + "code 21): it has to override batchApplied(long, SessionRows) and sessions(), and to start from "
                + "index 0 once"), warnings);
        assertThrows(NodeStartException.class, () -> start(new Volatile(disk), disk));
    }

    @Test
    void nothingIsToldOfAMachineThatKeepsRowsOrPerhapsNothing() {
        Disk disk = new Disk();
        start(new Volatile(disk), disk).apply(opening());
        entries.clear();
        Disk kept = new Disk();
        ReplicatedState state = start(new Durable(kept), kept);
        state.apply(add(EntryType.NOOP, 0, 0, Bytes.EMPTY));
        state.batchApplied(1);
        start(new Durable(kept), kept).apply(opening());
        assertEquals(List.of(), warnings);
    }

    @Test
    void r22RowsOfAnotherIndexAreRefused() {
        Disk disk = new Disk();
        ReplicatedState state = start(new Durable(disk), disk);
        state.apply(opening());
        state.batchApplied(1);
        disk.applied = 7;
        NodeStartException refused = assertThrows(NodeStartException.class, () -> start(new Durable(disk), disk));
        assertEquals(EndCause.STATE_MACHINE, refused.endCause());
        assertTrue(refused.getMessage().endsWith("opens at index 7, and the rows that sessions() gives back are of "
                + "index 1"), refused.getMessage());
    }

    @Test
    void rowsThatAreDamagedAreRefusedAndTheMethodIsNamed() {
        Disk disk = new Disk();
        ReplicatedState state = start(new Durable(disk), disk);
        state.apply(opening());
        state.batchApplied(1);
        disk.rows.put("1,0", new SessionRows.Row(1, 0, new byte[] {1, 2}));
        NodeStartException refused = assertThrows(NodeStartException.class, () -> start(new Durable(disk), disk));
        assertTrue(refused.getMessage().endsWith("sessions() gives back no session table: the row (1,0) ends too "
                + "early"),
                refused.getMessage());
        StateMachine withoutAnswer = new Durable(disk) {
            @Override
            public SessionRows sessions() {
                return null;
            }
        };
        assertTrue(assertThrows(NodeStartException.class, () -> start(withoutAnswer, disk)).getMessage()
                .endsWith("sessions at index 1 returned null; it has to return SessionRows"));
    }

    @Test
    void aMachineThatDoesNotTakeRowsIsGivenNone() {
        Disk disk = new Disk();
        ReplicatedState state = start(new Volatile(disk), disk);
        state.apply(opening());
        assertInstanceOf(Answer.Executed.class, state.apply(add(EntryType.COMMAND, 1, 1, Bytes.EMPTY)));
        state.batchApplied(2);
        assertEquals(2, disk.applied, "batchApplied(long) is called as ever");
        assertEquals(List.of(0L), state.look(SessionTable::takeChanged).rows().stream().map(SessionRows.Row::session)
                .toList(), "no change was noted");
    }
}
