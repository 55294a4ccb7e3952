package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.log.DurabilityPolicy;
import io.driftless.log.RaftLog;
import io.driftless.log.Storage;
import io.driftless.machine.StateMachine;
import io.driftless.machine.TransferOutcome;
import io.driftless.node.Members;
import io.driftless.raft.Effect;
import io.driftless.raft.Effects;
import io.driftless.raft.Event;
import io.driftless.raft.HardState;
import io.driftless.raft.Introduction;
import io.driftless.raft.RaftCore;
import io.driftless.raft.RaftSettings;
import io.driftless.raft.Recovered;
import io.driftless.raft.ServerId;
import io.driftless.raft.SnapshotId;
import io.driftless.raft.SnapshotSettings;
import io.driftless.raft.TermRuns;
import io.driftless.session.SessionTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ticks are brought once, however long the core is owned by somebody else; a question that fails stops nothing. */
@Timeout(60)
class NodeLoopTest {

    private static final QueryQueue QUERIES = new QueryQueue(() -> 0, () -> "", error -> { });

    private final CountDownLatch owned = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    /** How often the core's owner has taken an input. */
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger dueSaid = new AtomicInteger();
    private final AtomicReference<Throwable> notAnswered = new AtomicReference<>();
    private final AtomicBoolean ended = new AtomicBoolean();

    /** The owner is held up at the first input that it takes. */
    private long heldUpOnce() {
        if (taken.incrementAndGet() == 1) {
            owned.countDown();
            try {
                release.await();
            } catch (InterruptedException interrupt) {
                Thread.currentThread().interrupt();
            }
        }
        return 1_000;
    }

    private NodeLoop loop(LongSupplier clock) {
        return loop(clock, Recovered.nothing(), RaftSettings.defaults(), null, null);
    }

    private NodeLoop loop(LongSupplier clock, Recovered recovered, RaftSettings settings, @Nullable DiskQueue disk,
            @Nullable ApplyQueue apply) {
        Members members = Members.parse("n1=a:1,n2=b:1");
        Effects effects = new Effects();
        RaftCore core = new RaftCore(new Introduction(new ServerId("n1"), new UUID(1, 2), 1, new UUID(3, 4),
                members.toString(), 1), Roster.of(members), settings, 1, 1, recovered, 0, effects);
        NodeLoop.Observer observer = new NodeLoop.Observer() {
            @Override
            public void roleChanged(Effect.RoleChanged change) { }

            @Override
            public void report(String detail) { }

            @Override
            public void doubted(String detail) { }

            @Override
            public void doubtEnded(String detail) { }

            @Override
            public void notAnswered(Throwable thrown) {
                notAnswered.set(thrown);
            }

            @Override
            public void failed(Effect.Fail failure) { }

            @Override
            public void tickDueAt(long deadlineNs) {
                dueSaid.incrementAndGet();
            }

            @Override
            public void handOver() { }
        };
        StateMachine machine = StandIn.of(StateMachine.class, (proxy, method, arguments) -> {
            throw new AssertionError(method);
        });
        ReplicatedState state = new ReplicatedState(new MachineCalls(machine, System::nanoTime),
                new SessionTable(false), new KryoSerializer(), session -> { });
        Proposals proposals = new Proposals(new Admission(1, 1));
        // Nothing of what is left out is used by a server that only waits for the other one.
        return new NodeLoop(new NodeLoop.Parts(clock, Map.of(), disk, apply, new EntryCache(),
                proposals, new SessionDoor(state, proposals, () -> 0, new KryoSerializer()),
                new LogClock(0, () -> 0, Long.MAX_VALUE), null, new TreeMap<>(), formation -> null, QUERIES,
                (cause, source, message, throwable) -> ended.set(true),
                () -> "", observer), core, effects);
    }

    @Test
    void ticksBehindAnOwnerThatIsHeldUpAreOne() throws Exception {
        NodeLoop loop = loop(this::heldUpOnce);
        Thread owner = Thread.ofPlatform().start(loop::start);
        owned.await();
        for (int i = 0; i < 100_000; i++) {
            loop.tick();
        }
        release.countDown();
        owner.join();
        assertEquals(2, taken.get(), "inputs taken: the first one, and one tick");
        int before = dueSaid.get();
        loop.tick();
        assertEquals(3, taken.get(), "the next tick is a new one");
        assertTrue(dueSaid.get() > before, "and behind it is said when the next one is due");
    }

    @Test
    void aQuestionWhoseAnswerThrowsEndsNothingAndTheNextIsAnswered() {
        NodeLoop loop = loop(() -> 1_000);
        IllegalStateException thrown = new IllegalStateException("an answer that throws");
        AtomicInteger answered = new AtomicInteger();
        loop.bring(List.of(new Input.Ask(status -> {
            throw thrown;
        }), new Input.Ask(status -> answered.incrementAndGet())), Leisure.APPLY);
        assertSame(thrown, notAnswered.get());
        assertEquals(1, answered.get());
        assertFalse(ended.get(), "the node goes on");
    }

    @Test
    void whoAskedForAHandOverAndThrowsWhenToldEndsNothing() {
        NodeLoop loop = loop(() -> 1_000);
        IllegalStateException thrown = new IllegalStateException("an asker that throws");
        List<TransferOutcome> told = new ArrayList<>();
        loop.bring(List.of(new Input.Transfer(ServerId.NONE, 2_000, outcome -> {
            throw thrown;
        }), new Input.Transfer(ServerId.NONE, 2_000, told::add)), Leisure.APPLY);
        assertSame(thrown, notAnswered.get());
        assertEquals(List.of(new TransferOutcome.NotTransferred(TransferOutcome.Reason.NOT_LEADER,
                "no leader is known")), told);
        assertFalse(ended.get(), "the node goes on");
    }

    @Test
    void r27TheLogForgetsNothingThatWaitsToBeApplied() {
        List<Object> compacted = new ArrayList<>();
        RaftLog log = StandIn.of(RaftLog.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "durableIndex" -> 10L;
            case "compact" -> {
                compacted.add(arguments[0]);
                yield null;
            }
            default -> throw new AssertionError(method);
        });
        Storage storage = StandIn.of(Storage.class, (proxy, method, arguments) -> method.getName().equals("log") ? log
                : null);
        StateMachine machine = StandIn.of(StateMachine.class, (proxy, method, arguments) -> Map.of());
        DiskQueue disk = new DiskQueue(ThreadEngine.INSTANCE, "disk", storage, DurabilityPolicy.ALWAYS,
                System::nanoTime, 1, events -> Engine.Then.NOTHING, (cause, source, message, thrown) ->
                ended.set(true));
        ApplyQueue apply = new ApplyQueue(ThreadEngine.INSTANCE, "apply",
                new ReplicatedState(new MachineCalls(machine, System::nanoTime), new SessionTable(false),
                        new KryoSerializer(), session -> { }), false, 3, new EntryCache(), storage,
                new Proposals(new Admission(1, 1)), QUERIES, new ApplyQueue.Views() { }, index -> { },
                (cause, source, message, thrown) -> ended.set(true));
        NodeLoop loop = loop(() -> 1_000, new Recovered(new HardState(1, ServerId.NONE), 0, TermRuns.of(1, 1, 10),
                (from, to) -> to - from + 1, 3, 0), RaftSettings.defaults().with(new SnapshotSettings(1, 1, 1, 0, 0,
                0)), disk, apply);
        // It came in when all of the log was there already, so the state machine goes on from 4.
        loop.bring(new Input.ForCore(new Event.SnapshotTaken(new SnapshotId(9, 1, new UUID(5, 6), 7), 30)),
                Leisure.WRITE);
        assertEquals(List.of(3L), compacted);
        assertFalse(ended.get());
    }

    @Test
    void anInterruptThatIsLeftSetDoesNotKeepTheNodesThreadsAwake() {
        AtomicReference<Thread> clock = new AtomicReference<>();
        Ticker ticker = new Ticker("ticks", System::nanoTime, () -> { }, () -> interruptSelf(clock));
        ticker.start();
        ticker.handOver();
        AtomicReference<Thread> worker = new AtomicReference<>();
        Engine.Hand hand = ThreadEngine.INSTANCE.hand("work", () -> {
            interruptSelf(worker);
            return false;
        });
        hand.start();
        hand.handOver();
        try {
            // With the flag set a thread does not park: it goes round and round.
            for (AtomicReference<Thread> thread : List.of(clock, worker)) {
                while (thread.get() == null || thread.get().isInterrupted()) {
                    assertFalse(Thread.interrupted(), "the thread stays awake");
                    Thread.onSpinWait();
                }
            }
        } finally {
            ticker.close();
            hand.close();
        }
    }

    private static void interruptSelf(AtomicReference<Thread> self) {
        Thread.currentThread().interrupt();
        self.set(Thread.currentThread());
    }

    @Test
    void aTickThatIsDueIsBroughtOnce() throws Exception {
        AtomicInteger ticks = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(2);
        Ticker ticker = new Ticker("ticks", System::nanoTime, () -> {
            ticks.incrementAndGet();
            first.countDown();
            second.countDown();
        }, () -> { });
        ticker.dueAt(System.nanoTime(), false);
        ticker.start();
        try {
            first.await();
            // Nobody takes the tick: the thread goes round for as long as this waits, or sleeps.
            assertTrue(!second.await(100, TimeUnit.MILLISECONDS), () -> ticks + " ticks for one that was due");
            ticker.dueAt(System.nanoTime(), false);
            second.await();
        } finally {
            ticker.close();
        }
    }
}
