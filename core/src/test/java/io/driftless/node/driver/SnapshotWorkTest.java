package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.SnapshotBoundary;
import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.errors.EndCause;
import io.driftless.errors.RecordingErrorSink;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.Bytes;
import io.driftless.log.Chunk;
import io.driftless.log.Identity;
import io.driftless.log.LogFullException;
import io.driftless.log.OutOfResourcesException;
import io.driftless.log.RaftLog;
import io.driftless.log.SnapshotStore;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.Storage;
import io.driftless.log.StoredSnapshot;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeListener;
import io.driftless.node.SnapshotTriggers;
import io.driftless.raft.Content;
import io.driftless.raft.Effect;
import io.driftless.raft.Event;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.raft.SnapshotId;
import io.driftless.session.SessionTable;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots of a run in adversity: that are taken, that come in, and that are sent. */
class SnapshotWorkTest {

    private static final UUID SELF = new UUID(1, 2);
    private static final Bytes FORMED = Bytes.wrap(new byte[] {1, 2, 3});
    private static final SnapshotId RECEIVED = new SnapshotId(5_000, 2, new UUID(3, 4), 7);
    private static final ServerId PEER = new ServerId("n2");
    private static final int SIZE = 30;
    private static final long HANGS_NS = 6_000_000_000L;

    private long nowNs;
    /** What the machine does when it is asked for a view, and when it is to let go of one. */
    private Runnable viewed = () -> { };
    private Runnable letGo = () -> { };
    /** Thrown where a snapshot is begun, where one is written, and where one is opened to be read. */
    private RuntimeException cannotBegin;
    private Error cannotWrite;
    private RuntimeException cannotOpen;
    private int attempts;
    private int open;
    private Optional<StoredSnapshot> newest = Optional.empty();
    private final List<Event> events = new ArrayList<>();
    private final List<EndCause> ends = new ArrayList<>();
    /** What the threads have to do. */
    private final Deque<Runnable> errands = new ArrayDeque<>();
    private final Engine engine = StandIn.of(Engine.class, (proxy, method, arguments) -> method.getName()
            .equals("nanoTime") ? nowNs : StandIn.of(Engine.Errands.class, (thread, called, errand) -> {
                if (called.getName().equals("execute")) {
                    errands.add((Runnable) errand[0]);
                }
                return null;
            }));
    private final SnapshotStore store = StandIn.of(SnapshotStore.class, (proxy, method, arguments) ->
            switch (method.getName()) {
                case "newest" -> newest;
                case "begin" -> begun((long) arguments[0]);
                default -> null;
            });
    private final Storage storage = StandIn.of(Storage.class, (proxy, method, arguments) -> switch (method.getName()) {
        case "snapshots" -> store;
        case "configuration" -> Optional.of(FORMED);
        case "log" -> StandIn.of(RaftLog.class, (log, called, index) -> called.getName().equals("lastIndex") ? 0L
                : called.getName().equals("firstIndex") ? 1L : 2L);
        case "identity" -> new Identity("c", "n1", SELF, 1);
        default -> Optional.empty();
    });
    private final StateMachine machine = StandIn.of(StateMachine.class, (proxy, method, arguments) ->
            method.getName().equals("takesSnapshots") ? true : view());
    private final RecordingErrorSink recent = RecordingErrorSink.inMemory();
    private final NodeParts parts = new NodeParts("c", "n1", Members.parse("n1=a:1"), NodeConfig.builder()
            .snapshotTriggers(new SnapshotTriggers(0, 1_000, Duration.ZERO)).build(), null, null, null,
            new NodeListener() { }, Optional.empty(), recent, UnrecoverableErrorHandler.STOP, false, engine);
    private final SnapshotWork work = new SnapshotWork(parts, storage, new ReplicatedState(new MachineCalls(machine,
            System::nanoTime), new SessionTable(false), new KryoSerializer(), session -> { }), 0, 1,
            new NodeClock(engine), new NodeErrors(parts, storage, (cause, error, isMended) -> ends.add(cause)),
            HANGS_NS, events::add, () -> { });
    private final SnapshotTaker taker = work.taker;
    private final SnapshotSource source = work.source(PEER);

    private MachineSnapshot view() {
        viewed.run();
        return StandIn.of(MachineSnapshot.class, (view, called, out) -> {
            if (called.getName().equals("close")) {
                letGo.run();
            }
            return null;
        });
    }

    private SnapshotWriter begun(long index) {
        attempts++;
        if (cannotBegin != null) {
            throw cannotBegin;
        }
        return StandIn.of(SnapshotWriter.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "content" -> content();
            case "finish" -> stored(arguments == null ? new SnapshotId(index, 2, SELF, 9) : (SnapshotId) arguments[0]);
            default -> null;
        });
    }

    private OutputStream content() {
        return new OutputStream() {
            @Override
            public void write(int one) {
                if (cannotWrite != null) {
                    throw cannotWrite;
                }
            }
        };
    }

    private StoredSnapshot stored(SnapshotId id) {
        StoredSnapshot made = StandIn.of(StoredSnapshot.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "id" -> id;
            case "boundary" -> new SnapshotBoundary(1, 0, 0, FORMED).encode();
            case "content" -> opened();
            case "description" -> "the file";
            default -> (long) SIZE;
        });
        newest = Optional.of(made);
        return made;
    }

    private InputStream opened() {
        if (cannotOpen != null) {
            throw cannotOpen;
        }
        open++;
        return new ByteArrayInputStream(new byte[SIZE]) {
            @Override
            public void close() {
                open--;
            }
        };
    }

    /** The threads do what they have to do, and survive it. */
    private void work() {
        for (Runnable errand = errands.poll(); errand != null; errand = errands.poll()) {
            try {
                errand.run();
            } catch (Throwable nobodyHears) {
                continue;
            }
        }
    }

    /** Who applies looks whether a view is due, and takes it. */
    private void look(long index) {
        if (taker.isDue(index)) {
            taker.take(index);
        }
    }

    // ---- Taken

    /** The disk is full, and a follower needs a snapshot: the core wants one with every heartbeat. */
    @Test
    void afterAFailureNoneIsTakenForAWhileHoweverOftenItIsWanted() {
        cannotBegin = new LogFullException("no room");
        for (int heartbeat = 0; heartbeat < 100; heartbeat++) {
            taker.want();
            look(10);
            work();
        }
        assertEquals(1, attempts);
        nowNs = SnapshotSchedule.RETRY_NS - 1;
        look(10);
        work();
        assertEquals(1, attempts);
        cannotBegin = null;
        nowNs = SnapshotSchedule.RETRY_NS;
        look(10);
        work();
        assertEquals(2, attempts, "that it is wanted is not forgotten");
        assertEquals(List.of(new Event.SnapshotTaken(newest.orElseThrow().id(), SIZE)), events);
    }

    @Test
    void whoAsksForOneNeedNotWaitAndIfItSucceedsNobodyElseMust() {
        cannotBegin = new LogFullException("no room");
        taker.want();
        look(10);
        work();
        cannotBegin = null;
        List<SnapshotOutcome> outcomes = new ArrayList<>();
        taker.ask(1_000, outcomes::add);
        look(10);
        work();
        assertInstanceOf(SnapshotOutcome.Taken.class, outcomes.getFirst());
        assertFalse(taker.isDue(11));
        taker.want();
        assertTrue(taker.isDue(11));
    }

    /** It would have been no failure. */
    @Test
    void oneThatMadeWayForOneThatComesInIsTakenAgainAtOnceIfThatDoesNotCome() {
        taker.want();
        look(10);
        begin();
        work();
        assertEquals(Optional.empty(), newest);
        work.intake.drop();
        work();
        taker.want();
        assertTrue(taker.isDue(10));
        assertEquals(List.of(), recent.recent());
    }

    @Test
    void whatWasAppliedBeforeASnapshotThatWasReceivedDoesNotCountTowardsTheNext() {
        for (int i = 0; i < 1_300; i++) {
            taker.applied(1);
        }
        assertTrue(taker.isDue(1_300));
        begin();
        write();
        work();
        assertFalse(taker.isDue(5_000));
        taker.applied(1);
        assertFalse(taker.isDue(5_001), "one entry since the last one, and one is due every 1000");
    }

    /** It is not closed before that is over, and no other snapshot is taken. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMachineThatHangsWhileItLetsGoOfAViewIsReported(boolean isWritten) {
        String hangs = "the snapshot of index 10 hangs: close of " + machine.getClass().getName()
                + " has been under way for 6";
        nowNs = HANGS_NS;
        letGo = () -> {
            assertEquals(nowNs + HANGS_NS, taker.lookAtNs());
            nowNs += HANGS_NS;
            taker.lookIfHung();
            assertEquals(hangs + " s", taker.status().problem());
        };
        cannotBegin = isWritten ? null : new LogFullException("no room");
        taker.want();
        look(10);
        work();
        assertEquals(isWritten, newest.isPresent());
        assertEquals(hangs + "000 ms", recent.recent().getFirst().message());
        taker.lookIfHung();
        assertEquals(isWritten ? 1 : 2, recent.recent().size());
        assertEquals(Long.MAX_VALUE, taker.lookAtNs());
    }

    /** As everywhere else, the node does not go on, and may be told to restart. */
    @Test
    void aMachineWithoutTheMemoryForAViewIsNamed() {
        viewed = () -> {
            throw new OutOfMemoryError("Java heap space");
        };
        taker.want();
        look(10);
        work();
        assertEquals(List.of(EndCause.STATE_MACHINE), ends);
        assertEquals("the state machine " + machine.getClass().getName() + ": snapshot at index 10 threw "
                + "java.lang.OutOfMemoryError: Java heap space", recent.recent().getFirst().message());
        assertEquals(new ApplyQueue.Suspects(0, 10), taker.suspects());
    }

    // ---- Coming in

    private void begin() {
        work.intake.begin(new Effect.BeginSnapshot(RECEIVED, SIZE, new Chunk(new SnapshotBoundary(1, 0, 0, FORMED)
                .encode())));
    }

    private void write() {
        work.intake.write(new Effect.WriteChunk(RECEIVED, 0, new Chunk(Bytes.wrap(new byte[SIZE])), true));
    }

    private void assertNotReceived() {
        begin();
        write();
        work();
        assertEquals(List.of(new Event.ChunkWritten(RECEIVED, 0), new Event.SnapshotNotReceived(RECEIVED)), events);
        assertEquals(1, recent.recent().size());
        taker.want();
        assertTrue(taker.isDue(10), "nothing comes in any more");
    }

    @Test
    void theCoreHearsOfAnErrorAndTheNodeGoesOn() {
        cannotWrite = new StackOverflowError();
        assertNotReceived();
        assertFalse(taker.status().problem().isEmpty());
        work();
        assertEquals(List.of(), ends);
    }

    /** As everywhere else, the node does not go on; by the cause it may be restarted. */
    @Test
    void theCoreHearsOfALackOfMemory() {
        cannotWrite = new OutOfMemoryError("Cannot reserve 65544 bytes of direct buffer memory");
        assertNotReceived();
        assertEquals(List.of(EndCause.OUT_OF_RESOURCES), ends);
    }

    // ---- Sent

    private boolean isSent() {
        return source.complete(new Message.InstallSnapshot(3, new ServerId("n1"), RECEIVED, SIZE, 0, 10, Content.NONE))
                .isPresent();
    }

    /** A file that is deleted keeps its room on the disk while it is open. */
    @ParameterizedTest
    @ValueSource(strings = {"the transfer", "its turn", "the run"})
    void theFileIsLetGoOfAtTheEndOf(String what) {
        stored(RECEIVED);
        assertTrue(isSent());
        assertEquals(1, open);
        switch (what) {
            case "the transfer" -> work.hold(false);
            case "its turn" -> {
                taker.want();
                look(6_000);
            }
            default -> {
                work.close();
                errands.clear();
                work.awaitFiles();
                assertFalse(isSent(), "nothing is opened any more");
            }
        }
        work();
        assertEquals(0, open);
    }

    @Test
    void aFileThatCannotBeOpenedNowIsOpenedAnotherTime() {
        stored(RECEIVED);
        cannotOpen = new OutOfResourcesException("Too many open files");
        assertFalse(isSent());
        assertEquals(1, recent.recent().size());
        cannotOpen = null;
        assertTrue(isSent());
        assertEquals(List.of(), events, "it is not lost");
    }
}
