package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.RecordBody;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import io.driftless.session.Judgement;
import io.driftless.session.SessionTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A machine under test with what a node keeps beside it: the session table. Confined to one thread at a time.
 *
 * @param <M> the machine under test
 */
final class MachineTwin<M extends StateMachine> {

    /** Results that the session keeps. */
    private static final int KEPT = 5;

    /** Where a payload lies. All but the last are overwritten after the command. */
    enum Memory { ARRAY, SLICE, OUTSIDE_THE_HEAP, LEFT_ALONE }

    /**
     * What a node keeps of a snapshot.
     *
     * @param index   the last index whose effects are in it
     * @param content what the machine wrote
     * @param rows    the session table at that index
     */
    record Snapshot(long index, byte[] content, SessionRows rows) { }

    /** A step of something else that goes on while a snapshot is written. */
    interface Turn {
        /** Takes it. */
        void take() throws Exception;
    }

    final M machine;
    private final StateMachineContract<M> contract;
    private final MachineContext context;
    /** Every command is one of a session, which has the index of the first command that this table sees. */
    private SessionTable table = new SessionTable(true);
    private Map<Long, List<String>> rowsAt = new TreeMap<>();
    private long session;
    private long serial;

    MachineTwin(StateMachineContract<M> contract, Path directory, String nodeId) {
        this.contract = contract;
        machine = contract.machine(directory);
        context = new Context(nodeId);
    }

    long open() throws Exception {
        return machine.open(context);
    }

    /** A machine that has kept its state has kept the rows of the session table with it, as of the same index. */
    void goOnWithRows(long survived, Map<Long, List<String>> told) throws Exception {
        rowsAt = told;
        SessionRows rows = machine.sessions();
        if (survived > 0 && (contract.keepsSessions() || !rows.rows().isEmpty())) {
            assertEquals(told.get(survived), text(rows), "sessions() after open() said " + survived);
            table = SessionTable.of(rows, true);
        } else {
            assertTrue(rows.rows().isEmpty(), "sessions() gives back rows, and open() says " + survived);
            table.startAt(survived, 0);
        }
    }

    void close() {
        machine.close();
    }

    Object state() {
        return contract.state(machine);
    }

    List<Result> apply(List<byte[]> commands, long firstIndex, int batch, Memory memory) throws Exception {
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < commands.size(); i++) {
            ByteBuffer owned = memory(commands.get(i), memory);
            Given given = new Given(firstIndex + i, owned.asReadOnlyBuffer());
            Result result = machine.apply(given);
            assertNotNull(result, "the result of a command");
            inSession(given, result);
            if (memory != Memory.LEFT_ALONE) {
                overwrite(owned);
            }
            results.add(result);
            if ((i + 1) % batch == 0 || i + 1 == commands.size()) {
                rowsAt.put(firstIndex + i, text(table.rows()));
                machine.batchApplied(firstIndex + i, table.takeChanged());
            }
        }
        return results;
    }

    /** The table goes on as if the command were the next one of the session, whose client wants a few results. */
    private void inSession(Given given, Result result) {
        table.advance(given.index(), given.logTimeMs());
        if (table.size() == 0) {
            session = table.open(new RecordBody.SessionOpening(new UUID(1, 2), Long.MAX_VALUE / 2, KEPT, 1 << 16,
                    1, 1 << 20));
            serial = 0;
        } else if (serial == 0) {
            session = table.idOf(new UUID(1, 2));
            serial = table.floor(session);
        }
        serial++;
        LogEntry entry = new LogEntry(given.index(), given.term(), given.logTimeMs(), EntryType.COMMAND, session,
                serial, (int) Math.min(serial - 1, KEPT), Bytes.EMPTY);
        assertEquals(Judgement.Next.NEXT, table.judge(entry));
        table.executed(entry, result);
    }

    List<Result> ask(long appliedIndex) throws Exception {
        List<Result> answers = new ArrayList<>();
        for (byte[] query : contract.queries()) {
            answers.add(machine.query(ByteBuffer.wrap(query).asReadOnlyBuffer(), appliedIndex));
        }
        return answers;
    }

    private static ByteBuffer memory(byte[] payload, Memory memory) {
        return switch (memory) {
            case ARRAY, LEFT_ALONE -> ByteBuffer.wrap(payload.clone());
            case SLICE -> {
                byte[] around = new byte[payload.length + 32];
                Arrays.fill(around, (byte) 0x5a);
                System.arraycopy(payload, 0, around, 16, payload.length);
                yield ByteBuffer.wrap(around, 16, payload.length).slice();
            }
            case OUTSIDE_THE_HEAP -> ByteBuffer.allocateDirect(payload.length).put(payload).flip();
        };
    }

    private static void overwrite(ByteBuffer owned) {
        for (int i = 0; i < owned.capacity(); i++) {
            owned.put(i, (byte) 0xa5);
        }
    }

    /** Commands up to this index were nothing that the machine saw. */
    void startAt(long index) throws Exception {
        table.startAt(index, 0);
        machine.batchApplied(index, table.takeChanged());
    }

    /** Takes a snapshot as of {@code index}; other turns come before it is written, and before each piece of it. */
    Snapshot snapshot(long index, Turn turn) throws Exception {
        SessionRows rows = table.rows();
        MachineSnapshot view = machine.snapshot();
        assertNotNull(view, "the result of snapshot()");
        try (view) {
            turn.take();
            Pieces out = new Pieces(turn);
            view.writeTo(out);
            return new Snapshot(index, out.bytes.toByteArray(), rows);
        }
    }

    /** Gives the snapshot's content to the machine, and no more. */
    void restore(Snapshot snapshot) throws Exception {
        ByteArrayInputStream content = new ByteArrayInputStream(snapshot.content());
        machine.restore(content, snapshot.index());
        assertEquals(0, content.available(), "bytes of its snapshot that restore() has not read, of "
                + snapshot.content().length);
    }

    /** Goes on from the snapshot that the machine was given. */
    void goOnFrom(Snapshot snapshot) throws Exception {
        table = SessionTable.of(snapshot.rows(), true);
        session = 0;
        serial = 0;
        machine.batchApplied(snapshot.index(), snapshot.rows());
    }

    static List<String> text(SessionRows rows) {
        return rows.rows().stream().sorted(Comparator.comparingLong(SessionRows.Row::session)
                .thenComparingLong(SessionRows.Row::part)).map(row -> "(" + row.session() + "," + row.part() + ") "
                + HexFormat.of().formatHex(row.value())).toList();
    }

    /** Takes a turn before each piece. */
    private static final class Pieces extends OutputStream {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Turn turn;

        Pieces(Turn turn) {
            this.turn = turn;
        }

        @Override
        public void write(int piece) {
            write(new byte[] {(byte) piece}, 0, 1);
        }

        @Override
        public void write(byte[] piece, int offset, int length) {
            try {
                turn.take();
            } catch (Exception problem) {
                throw new AssertionError("while a snapshot is written", problem);
            }
            bytes.write(piece, offset, length);
        }
    }

    private record Context(String nodeId) implements MachineContext {
        @Override
        public String clusterId() {
            return "contract";
        }
    }

    // The log's clock runs with the index, the same for both twins; the terms rise now and then.
    private record Given(long index, ByteBuffer payload) implements Command {
        @Override
        public long term() {
            return 1 + index / 100;
        }

        @Override
        public long logTimeMs() {
            return 1_700_000_000_000L + index * 10;
        }
    }
}
