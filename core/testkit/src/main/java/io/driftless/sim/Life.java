package io.driftless.sim;

import io.driftless.node.driver.Engine;
import io.driftless.node.driver.Leisure;
import io.driftless.node.driver.SteppedNode;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Event;
import io.driftless.raft.Introduction;
import io.driftless.raft.RaftSettings;
import io.driftless.raft.SnapshotSettings;
import io.driftless.sim.history.Operation;
import io.driftless.transport.Receiver;
import io.driftless.transport.TransportContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One process of a {@link SimulatedNode}, from start to end, and the engine that it runs on. */
final class Life implements Engine {

    private static final long DEADLINES_NS = 20_000_000;
    private static final long BRANCH_NS = 1_000;

    final SimulatedNode node;
    private final Universe universe;
    private final SplittableRandom chance;
    private boolean alive = true;
    private @Nullable SteppedNode stepped;
    private @Nullable Receiver receiver;
    private @Nullable TransportContext context;
    private @Nullable CoreStatus status;
    private final List<Alarmed> alarms = new ArrayList<>();
    private final List<SimulatedHand> hands = new ArrayList<>();
    /** What waits for the end of a pause. */
    private final Deque<Runnable> asleep = new ArrayDeque<>();
    private final Appointment awakening;
    /** When the last completed write of the log is told: no later one is told before it. */
    private long logToldNs;
    /** The same of the hard state. */
    private long stateToldNs;
    /** The index at which the session table was looked at last. */
    private long sessionsSeenAt;
    /** When the core heard of a completed hard state last, by the node's own clock. */
    private long stateHeardNs = Long.MIN_VALUE / 2;
    /** Whether the driver was told of a completed hard state since the core was last looked at. */
    private boolean isStateTold;

    Life(SimulatedNode node, Universe universe, SplittableRandom chance) {
        this.node = node;
        this.universe = universe;
        this.chance = chance;
        this.awakening = new Appointment(universe.timeline, this::awake);
    }

    void runs(SteppedNode newStepped) {
        stepped = newStepped;
        if (universe.hasSessions() && newStepped.applied() > 0) {
            newStepped.sessions().ifPresent(rows -> {
                sessionsSeenAt = newStepped.applied();
                universe.saw(TableView.of(node.number, sessionsSeenAt, true, rows));
            });
        }
    }

    void createdWith(TransportContext newContext) {
        context = newContext;
    }

    void listens(Receiver newReceiver) {
        receiver = newReceiver;
    }

    boolean isAlive() {
        return alive;
    }

    void dies() {
        alive = false;
    }

    /** Whether it can be connected to. */
    boolean isListening() {
        return alive && receiver != null;
    }

    Receiver receiver() {
        return java.util.Objects.requireNonNull(receiver);
    }

    Introduction introduction() {
        return java.util.Objects.requireNonNull(context).introduction().get();
    }

    @Nullable CoreStatus status() {
        return status;
    }

    /** Has something happen in this life, once its process is not paused; nothing if it is over by then. */
    void live(Runnable thing) {
        if (!alive) {
            return;
        }
        if (node.pausedUntilNs() > universe.timeline.nowNs() || !asleep.isEmpty()) {
            asleep.add(thing);
            awakening.noLaterThan(node.pausedUntilNs());
            return;
        }
        happens(thing);
    }

    private void happens(Runnable thing) {
        try {
            thing.run();
            look();
        } catch (Died died) {
            return;
        }
    }

    /** What was to happen during a pause happens after it, in order. */
    private void awake() {
        while (alive && !asleep.isEmpty()) {
            if (node.pausedUntilNs() > universe.timeline.nowNs()) {
                awakening.noLaterThan(node.pausedUntilNs());
                return;
            }
            happens(asleep.removeFirst());
        }
    }

    /** Nothing holds it up any more: neither a pause, nor its disk, nor its state machine. */
    void freed() {
        awakening.noLaterThan(universe.timeline.nowNs());
        hands.forEach(SimulatedHand::freed);
    }

    /** The same after a while. */
    void liveIn(long ns, Runnable thing) {
        universe.timeline.in(ns, () -> live(thing));
    }

    /** The last index applied. */
    long applied() {
        return stepped == null ? 0 : stepped.applied();
    }

    private void lookAtSessions(SteppedNode now) {
        if (universe.hasSessions() && now.applied() != sessionsSeenAt) {
            now.sessions().ifPresent(rows -> {
                sessionsSeenAt = now.applied();
                universe.saw(TableView.of(node.number, sessionsSeenAt, false, rows));
            });
        }
    }

    private void look() {
        if (alive && stepped != null) {
            boolean isStateHeard = isStateTold;
            isStateTold = false;
            stepped.look(now -> {
                // What was told before this question the core has heard before it answers.
                if (isStateHeard) {
                    stateHeardNs = node.clock.nanoTime();
                }
                if (!now.equals(status)) {
                    status = now;
                    universe.saw(new Happening.Looked(node.number, introduction().boot(), now));
                }
            });
            lookAtSessions(stepped);
        }
    }

    void close() {
        if (stepped != null) {
            stepped.close();
        }
    }

    /** The clock has jumped: what is due by it is due now. */
    void clockJumped() {
        alarms.forEach(Alarmed::reschedule);
    }

    // ---- Engine

    @Override
    public long nanoTime() {
        return node.clock.nanoTime();
    }

    @Override
    public long wallMs() {
        return node.wallMs();
    }

    @Override
    public long seed() {
        return chance.nextLong();
    }

    @Override
    public RaftSettings settings(RaftSettings usual) {
        return new RaftSettings(usual.electionTimeoutMinNs(), usual.electionTimeoutMaxNs(), usual.heartbeatIntervalNs(),
                universe.plan.knob(Knob.BATCH_ENTRIES) * Operation.WEIGHT,
                universe.plan.knob(Knob.WINDOW_ENTRIES) * Operation.WEIGHT).with(snapshotSettings());
    }

    private SnapshotSettings snapshotSettings() {
        Plan plan = universe.plan;
        int chunk = Math.toIntExact(plan.knob(Knob.CHUNK_BYTES));
        return new SnapshotSettings(chunk, chunk * plan.knob(Knob.WINDOW_CHUNKS),
                plan.knob(Knob.BULK_BYTES_PER_SECOND), plan.knob(Knob.RETAIN_ENTRIES), plan.knob(Knob.RETAIN_BYTES),
                plan.knob(Knob.RETAIN_BYTES_MAX));
    }

    @Override
    public long diskBatchBytes(long usual) {
        return universe.plan.knob(Knob.DISK_BATCH_ENTRIES) * Operation.WEIGHT;
    }

    @Override
    public long cacheBytes(long usual) {
        long entries = universe.plan.knob(Knob.CACHE_ENTRIES);
        return entries == 0 ? usual : entries * Operation.WEIGHT;
    }

    @Override
    public Then completed(List<Event> writes, Function<List<Event>, Then> receiver) {
        long nowNs = universe.timeline.nowNs();
        logToldNs = Math.max(logToldNs, nowNs + node.drawLateNs(chance));
        stateToldNs = Math.max(stateToldNs, nowNs + node.drawLateNs(chance));
        if (Math.max(logToldNs, stateToldNs) == nowNs) {
            return hear(writes, receiver);
        }
        List<Event> now = new ArrayList<>(writes);
        for (Event write : writes) {
            long atNs = write instanceof Event.LogWriteCompleted ? logToldNs : stateToldNs;
            if (atNs > nowNs) {
                now.remove(write);
                universe.timeline.at(atNs, () -> live(() -> hear(List.of(write), receiver).go(Leisure.APPLY)));
            }
        }
        return now.isEmpty() ? Then.NOTHING : hear(now, receiver);
    }

    private Then hear(List<Event> writes, Function<List<Event>, Then> receiver) {
        isStateTold |= writes.stream().anyMatch(Event.HardStatePersisted.class::isInstance);
        return receiver.apply(writes);
    }

    /** When its core heard of a completed hard state last, by its own clock. */
    long stateHeardNs() {
        return stateHeardNs;
    }

    @Override
    public Hand hand(String name, BooleanSupplier some) {
        SimulatedHand made = new SimulatedHand(name.endsWith("disk"), some);
        hands.add(made);
        return made;
    }

    @Override
    public Alarm alarm(String name, LongSupplier clock, Runnable tick, Runnable takeOver) {
        Alarmed made = new Alarmed(clock, tick, takeOver);
        alarms.add(made);
        return made;
    }

    @Override
    public Errands errands(String name) {
        return new Errands() {
            @Override
            public void execute(Runnable errand) {
                long stuckNs = Math.max(0, node.diskFreeNs() - universe.timeline.nowNs());
                liveIn(stuckNs + chance.nextLong(BRANCH_NS, universe.plan.knob(Knob.DISK_MAX_US) * 1_000 + BRANCH_NS
                        + 1), errand);
            }

            @Override
            public void close() { }
        };
    }

    @Override
    public Errands standby(String name) {
        return new Errands() {
            @Override
            public void execute(Runnable thing) {
                liveIn(BRANCH_NS, thing);
            }

            @Override
            public void close() { }
        };
    }

    /** Nothing hangs at the end of a simulated life. */
    @Override
    public boolean within(long limitNs, String name, Runnable thing) {
        thing.run();
        return true;
    }

    /** The thread of the disk or of the state machine: what it does takes a while. */
    private final class SimulatedHand implements Hand {

        private final boolean disk;
        private final BooleanSupplier some;
        private final Appointment next = new Appointment(universe.timeline, () -> live(this::work));
        private boolean awake;
        private boolean closed;

        SimulatedHand(boolean disk, BooleanSupplier some) {
            this.disk = disk;
            this.some = some;
        }

        @Override
        public void start() { }

        @Override
        public void handOver() {
            if (!awake) {
                awake = true;
                next.noLaterThan(universe.timeline.nowNs() + (disk ? node.drawDiskNs(chance)
                        : node.drawApplyNs(chance)));
            }
        }

        private void work() {
            long freeNs = disk ? node.diskBeginsNs() : node.machineFreeNs();
            if (freeNs > universe.timeline.nowNs()) {
                next.noLaterThan(freeNs);
                return;
            }
            awake = false;
            if (!closed && some.getAsBoolean()) {
                handOver();
            }
        }

        void freed() {
            if (awake) {
                next.noLaterThan(universe.timeline.nowNs());
            }
        }

        @Override
        public boolean callerMayWork() {
            long freeNs = disk ? node.diskFreeNs() : node.machineFreeNs();
            return freeNs <= universe.timeline.nowNs() && chance.nextLong(100) < universe.plan.knob(
                    Knob.SPARED_PERCENT);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** The node's alarm clock. */
    private final class Alarmed implements Alarm {

        private final LongSupplier clock;
        private final Runnable tick;
        private final Runnable takeOver;
        private long dueNs = Long.MAX_VALUE;
        private boolean clientsWait;
        private long lastTickNs;
        private final Appointment next = new Appointment(universe.timeline, () -> live(this::ring));
        private boolean closed;

        Alarmed(LongSupplier clock, Runnable tick, Runnable takeOver) {
            this.clock = clock;
            this.tick = tick;
            this.takeOver = takeOver;
        }

        @Override
        public void start() { }

        @Override
        public void dueAt(long deadlineNs, boolean someClientWaits) {
            dueNs = deadlineNs;
            clientsWait = someClientWaits;
            reschedule();
        }

        private long wakeNs() {
            return Math.min(dueNs, clientsWait ? lastTickNs + DEADLINES_NS : Long.MAX_VALUE);
        }

        void reschedule() {
            long wakeNs = wakeNs();
            if (wakeNs == Long.MAX_VALUE || closed) {
                return;
            }
            next.noLaterThan(universe.timeline.nowNs() + node.clock.realNs(Math.max(0, wakeNs - clock.getAsLong())));
        }

        private void ring() {
            if (!closed && clock.getAsLong() >= wakeNs()) {
                lastTickNs = clock.getAsLong();
                tick.run();
            }
            reschedule();
        }

        @Override
        public void handOver() {
            liveIn(BRANCH_NS, takeOver);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
