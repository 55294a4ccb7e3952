package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.codec.SnapshotBoundary;
import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.errors.EndCause;
import io.driftless.log.Bytes;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import io.driftless.log.SnapshotStore;
import io.driftless.log.Storage;
import io.driftless.log.StoredSnapshot;
import io.driftless.log.SyncFailedException;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import io.driftless.raft.SnapshotId;
import io.driftless.session.SessionTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What ends a node that cannot read a committed entry, or the snapshot that its machine is to be restored from. */
class ApplyQueueTest {

    private final List<EndCause> ends = new ArrayList<>();

    /** Applies entry 1, which is in no memory and which the log does not show. */
    private void apply(boolean hasSyncFailed) {
        Engine engine = StandIn.of(Engine.class, (proxy, method, arguments) -> {
            BooleanSupplier some = (BooleanSupplier) arguments[1];
            return StandIn.of(Engine.Hand.class, (hand, called, none) -> {
                while (called.getName().equals("handOver") && some.getAsBoolean()) {
                    assertEquals(List.of(), ends);
                }
                return null;
            });
        });
        LogReader reader = StandIn.of(LogReader.class, (proxy, method, arguments) ->
                method.getName().equals("seek") ? false : null);
        RaftLog log = StandIn.of(RaftLog.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "reader" -> reader;
            case "durableIndex" -> 0L;
            case "awaitBeyond" -> {
                if (hasSyncFailed) {
                    throw new SyncFailedException("planned");
                }
                yield false;
            }
            default -> throw new AssertionError(method);
        });
        StateMachine machine = StandIn.of(StateMachine.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "appliesInline" -> false;
            case "gauges" -> Map.of();
            default -> throw new AssertionError(method);
        });
        Storage storage = StandIn.of(Storage.class, (proxy, method, arguments) -> method.getName().equals("log") ? log
                : null);
        ApplyQueue queue = new ApplyQueue(engine, "apply",
                new ReplicatedState(new MachineCalls(machine, System::nanoTime), new SessionTable(false),
                        new KryoSerializer(), session -> { }), false, 0,
                new EntryCache(), storage, null, QUERIES,
                new ApplyQueue.Views() { }, restored -> { },
                (cause, source, message, throwable) -> ends.add(cause));
        queue.upTo(1);
        queue.handOver();
    }

    private static final QueryQueue QUERIES = new QueryQueue(() -> 0, () -> "", error -> { });
    private static final SnapshotId S9 = new SnapshotId(9, 2, new UUID(1, 2), 7);

    private static final String AGAIN = "once it has started again, the node asks a leader for another one";

    private final List<Object> setAside = new ArrayList<>();
    private Optional<IOException> refusal = Optional.empty();
    private final List<String> mended = new ArrayList<>();

    /** Restores a machine, which does this, from a snapshot of this content. */
    private void restore(Supplier<InputStream> content, BiConsumer<MachineCalls, InputStream> restores) {
        Engine engine = StandIn.of(Engine.class, (proxy, method, arguments) -> {
            BooleanSupplier some = (BooleanSupplier) arguments[1];
            return StandIn.of(Engine.Hand.class, (hand, called, none) -> {
                some.getAsBoolean();
                return null;
            });
        });
        MachineCalls[] calls = new MachineCalls[1];
        StateMachine machine = StandIn.of(StateMachine.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "gauges" -> Map.of();
            case "restore" -> {
                restores.accept(calls[0], (InputStream) arguments[0]);
                yield null;
            }
            default -> throw new AssertionError(method);
        });
        calls[0] = new MachineCalls(machine, () -> 5);
        StoredSnapshot snapshot = StandIn.of(StoredSnapshot.class, (proxy, method, arguments) ->
                switch (method.getName()) {
                    case "id" -> S9;
                    case "boundary" -> new SnapshotBoundary(1, 0, 0, Bytes.EMPTY).encode();
                    case "content" -> content.get();
                    case "description" -> "the snapshot";
                    default -> throw new AssertionError(method);
                });
        SnapshotStore store = StandIn.of(SnapshotStore.class, (proxy, method, arguments) -> {
            if (method.getName().equals("setAside")) {
                if (refusal.isPresent()) {
                    throw refusal.get();
                }
                setAside.add(arguments[0]);
                return null;
            }
            return Optional.of(snapshot);
        });
        Storage storage = StandIn.of(Storage.class, (proxy, method, arguments) ->
                method.getName().equals("snapshots") ? store : null);
        ApplyQueue queue = new ApplyQueue(engine, "apply", new ReplicatedState(calls[0], new SessionTable(false),
                new KryoSerializer(), session -> { }), false, 0, new EntryCache(), storage, null, QUERIES,
                new ApplyQueue.Views() { }, restored -> { }, new Failures() {
                    @Override
                    public void unrecoverable(EndCause cause, String source, String message, Throwable throwable) {
                        ends.add(cause);
                    }

                    @Override
                    public void mendedByStart(EndCause cause, String source, String message, Throwable throwable) {
                        mended.add(message);
                    }
                });
        queue.restore(S9);
        queue.handOver();
    }

    private static InputStream rows() {
        SessionTable table = new SessionTable(true);
        table.startAt(9, 1);
        return bytesOf(table.rows());
    }

    private static InputStream bytesOf(SessionRows rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            rows.writeTo(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    @Test
    void damageOfASnapshotThatTheMachineHasNotHeardOfIsMendedByAStart() {
        restore(() -> {
            throw new LogCorruptException("a flipped bit");
        }, (calls, content) -> {
            throw new AssertionError("it has heard of it");
        });
        assertEquals(List.of(), ends);
        assertEquals(List.of("set aside: a flipped bit; " + AGAIN), mended);
        assertEquals(1, setAside.size());
    }

    @Test
    void aMachineThatDoesNotTakeASoundSnapshotEndsTheNode() {
        restore(ApplyQueueTest::rows, (calls, content) -> {
            throw new IllegalStateException("not of mine");
        });
        assertEquals(List.of(EndCause.STATE_MACHINE), ends);
        assertEquals(List.of(), setAside);
    }

    /** It may keep its data in such a log. */
    @Test
    void damageThatTheMachineTellsOfIsItsOwn() {
        restore(ApplyQueueTest::rows, (calls, content) -> {
            throw new LogCorruptException("the log of mine");
        });
        assertEquals(List.of(EndCause.STATE_MACHINE), ends);
        assertEquals(List.of(), setAside);
    }

    /** The rows, and then this. */
    private static InputStream thenThrows(Supplier<IOException> problem) {
        return new SequenceInputStream(rows(), new InputStream() {
            @Override
            public int read() throws IOException {
                throw problem.get();
            }
        });
    }

    private static void readAll(InputStream content) {
        try {
            content.readAllBytes();
        } catch (IOException problem) {
            throw new IllegalStateException("not of mine");
        }
    }

    @Test
    void damageThatTheMachineHasMetIsMendedByAStartWhateverItMakesOfIt() {
        restore(() -> thenThrows(() -> new IOException("a bad sector")), (calls, content) -> readAll(content));
        restore(() -> thenThrows(() -> new IOException("a bad sector")), (calls, content) -> {
            try {
                readAll(content);
            } catch (IllegalStateException kept) {
                // All of it was read, it thinks.
                return;
            }
        });
        assertEquals(List.of(), ends);
        String told = "set aside: a bad sector; " + AGAIN;
        assertEquals(List.of(told, told), mended);
        assertEquals(2, setAside.size());
    }

    /** The start looks at it again, and ends the node if it cannot set it aside either. */
    @Test
    void damageIsTheReasonAlsoWhereTheSnapshotCannotBeSetAside() {
        refusal = Optional.of(new IOException("a read-only file system"));
        restore(() -> thenThrows(() -> new IOException("a bad sector")), (calls, content) -> readAll(content));
        assertEquals(List.of(), ends);
        assertEquals(List.of("cannot be set aside (a read-only file system): a bad sector; " + AGAIN), mended);
    }

    @Test
    void aSnapshotThatCannotBeReadForLackOfDescriptorsIsKept() {
        restore(() -> thenThrows(() -> new IOException("x: Too many open files")), (calls, content) -> {
            try {
                content.readAllBytes();
            } catch (IOException problem) {
                throw new UncheckedIOException(problem);
            }
        });
        assertEquals(List.of(EndCause.OUT_OF_RESOURCES), ends);
        assertEquals(List.of(), setAside);
    }

    @Test
    void aSnapshotWithRowsOfAnotherVersionIsKept() {
        restore(() -> bytesOf(new SessionRows(List.of(new SessionRows.Row(0, 0, new byte[] {2})))),
                (calls, content) -> {
                    throw new AssertionError("it has heard of it");
                });
        assertEquals(List.of(EndCause.OTHER_FORMAT), ends);
        assertEquals(List.of(), mended);
        assertEquals(List.of(), setAside);
    }

    @Test
    void aMachineThatIsBeingRestoredIsWatched() {
        restore(ApplyQueueTest::rows, (calls, content) -> {
            assertEquals(5, calls.watch().sinceNs());
            assertEquals("the state machine hangs: restore at index 9 has been under way for 8 s",
                    calls.watch().hangs("8 s"));
            throw new IllegalStateException("it was looked at");
        });
        assertEquals(List.of(EndCause.STATE_MACHINE), ends);
    }

    @Test
    void anEntryThatAFailedSyncHidesEndsTheNodeAsThatSyncDoes() {
        apply(true);
        assertEquals(List.of(EndCause.FAILED_SYNC), ends);
    }

    @Test
    void anyOtherOneThatIsNotThereIsABrokenInvariant() {
        apply(false);
        assertEquals(List.of(EndCause.INVARIANT), ends);
    }
}
