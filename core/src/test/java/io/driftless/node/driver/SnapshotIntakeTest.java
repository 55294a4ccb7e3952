package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.kryo.KryoSerializer;
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

/** What becomes of a snapshot that was received and must not be installed (R18). */
class SnapshotIntakeTest {

    private static final SnapshotId NINE = new SnapshotId(9, 2, new UUID(1, 2), 3);

    private final RecordingErrorSink told = RecordingErrorSink.inMemory();
    private final List<StoredSnapshot> aside = new ArrayList<>();
    private boolean refuses;
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
                case "setAside" -> {
                    if (refuses) {
                        throw new IOException("not today");
                    }
                    aside.add((StoredSnapshot) arguments[0]);
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
    void r18OneThatIsNotInstalledIsSetAsideAndAnOlderOneCanBeTaken() {
        assertEquals(9, taker.status().index());
        intake.discard(NINE);
        assertEquals(1, aside.size());
        assertEquals(0, taker.status().index());
        assertTrue(told.recent().getFirst().message().startsWith("snapshot nine is set aside: it came in before a loss "
                + "was accepted"), told.recent().toString());
    }

    @Test
    void r18OnlyThatOne() {
        intake.discard(new SnapshotId(9, 2, new UUID(1, 3), 3));
        assertEquals(List.of(), aside);
        assertEquals(9, taker.status().index());
    }

    @Test
    void aDiskThatRefusesIsReported() {
        refuses = true;
        intake.discard(NINE);
        assertTrue(told.recent().getFirst().message().startsWith("the snapshot of index 9 cannot be set aside: "),
                told.recent().toString());
        assertEquals(9, taker.status().index());
    }
}
