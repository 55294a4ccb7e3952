package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.RecordingErrorSink;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.SnapshotStore;
import io.driftless.log.Storage;
import io.driftless.log.StoredSnapshot;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeListener;
import io.driftless.node.SnapshotTriggers;
import io.driftless.raft.SnapshotId;
import io.driftless.session.SessionTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of a snapshot that was received and must not be installed (R18): a later start must not find it. */
class SnapshotIntakeTest {

    private static final SnapshotId NINE = new SnapshotId(9, 2, new UUID(1, 2), 3);

    private final RecordingErrorSink told = RecordingErrorSink.inMemory();
    private final List<StoredSnapshot> removed = new ArrayList<>();
    private Optional<Throwable> refusal = Optional.empty();
    private Optional<StoredSnapshot> newest = Optional.of(StandIn.of(StoredSnapshot.class,
            (proxy, method, arguments) -> switch (method.getName()) {
                case "id" -> NINE;
                case "storedBytes" -> 99L;
                case "description" -> "snapshot nine";
                default -> throw new AssertionError(method);
            }));
    private final SnapshotStore store = StandIn.of(SnapshotStore.class, (proxy, method, arguments) ->
            switch (method.getName()) {
                case "newest" -> newest;
                case "remove" -> {
                    if (refusal.isPresent()) {
                        throw refusal.get();
                    }
                    removed.add((StoredSnapshot) arguments[0]);
                    newest = Optional.empty();
                    yield null;
                }
                default -> throw new AssertionError(method);
            });
    private final Storage storage = StandIn.of(Storage.class, (proxy, method, arguments) ->
            method.getName().equals("snapshots") ? store : null);
    private final Engine.Errands here = new Engine.Errands() {
        @Override
        public void execute(Runnable errand) {
            errand.run();
        }

        @Override
        public void close() { }
    };
    private final Engine engine = StandIn.of(Engine.class, (proxy, method, arguments) -> here);
    private final NodeErrors errors = new NodeErrors(new NodeParts("c", "n1", Members.parse("n1=a:1"),
            NodeConfig.builder().build(), null, null, null, NodeListener.NONE, Optional.empty(), told,
            UnrecoverableErrorHandler.STOP, false, engine), StandIn.of(Storage.class, (proxy, method, arguments) ->
            Optional.empty()), (cause, error, isMended) -> { });
    private final SnapshotTaker taker = taker();
    private final SnapshotIntake intake = new SnapshotIntake(storage, taker, here, errors, words -> { },
            event -> { });

    private SnapshotTaker taker() {
        StateMachine machine = StandIn.of(StateMachine.class, (proxy, method, arguments) -> true);
        return new SnapshotTaker(new ReplicatedState(new MachineCalls(machine, () -> 0), new SessionTable(false),
                new KryoSerializer(), session -> { }), storage, new SnapshotSchedule(SnapshotTriggers.DEFAULT,
                new SplittableRandom(1), 0, 0, 0, 0), here, () -> 0, errors, new SnapshotTaker.Notes() {
                    @Override
                    public void taken(StoredSnapshot snapshot, long tookNs) { }

                    @Override
                    public void info(String words) { }

                    @Override
                    public void look() { }
                }, 1_000);
    }

    @Test
    void r18OneThatIsNotInstalledIsRemovedAndAnOlderOneCanBeTaken() {
        assertEquals(9, taker.status().index());
        intake.discard(NINE);
        assertEquals(1, removed.size());
        assertEquals(0, taker.status().index());
        assertTrue(told.recent().getFirst().message().startsWith("snapshot nine is removed: it came in before a loss "
                + "was accepted"), told.recent().toString());
    }

    @Test
    void r18OnlyThatOne() {
        intake.discard(new SnapshotId(9, 2, new UUID(1, 3), 3));
        assertEquals(List.of(), removed);
        assertEquals(9, taker.status().index());
    }

    @Test
    void whateverRefusesIsReportedAndItIsLostAllTheSame() {
        for (Throwable problem : List.of(new IOException("not today"), new IllegalStateException("never"))) {
            taker.received(newest.orElseThrow());
            assertEquals(9, taker.status().index());
            refusal = Optional.of(problem);
            intake.discard(NINE);
            assertEquals("the snapshot of index 9 cannot be removed: " + ErrorEntry.messageOf(problem),
                    told.recent().getLast().message());
            assertEquals(0, taker.status().index());
        }
    }
}
