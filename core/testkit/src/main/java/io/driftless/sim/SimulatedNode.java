package io.driftless.sim;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.SyncFailedException;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeEnd;
import io.driftless.node.NodeListener;
import io.driftless.node.RaftNode;
import io.driftless.node.SnapshotTriggers;
import io.driftless.node.driver.SteppedNode;
import io.driftless.raft.ServerId;
import io.driftless.sim.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One server of a run: its disk, its clock and its troubles, which outlive its processes. */
final class SimulatedNode implements SimulatedDisk.Owner {

    /** So much later a node that has read a damaged entry must have ended. */
    private static final long DAMAGE_NS = 100_000_000;

    final int number;
    final ServerId id;
    final LocalClock clock;
    private final Universe universe;
    private final SplittableRandom chance;
    private SimulatedDisk disk;
    private final List<DiskView> lostDisks = new ArrayList<>();
    private final RegisterMachine machine;
    private @Nullable Life life;
    private boolean wiped;
    /** Any wall clock will do; some are years apart. */
    private long wallAheadMs;
    /** Causes of an end that were planned. */
    private final List<EndCause> expectedEnds = new ArrayList<>();
    private long downMs = 100;
    private int endAmount;
    private long syncsFailUntilNs;
    private int lostAmount;

    private final Pauses pauses;
    private final SnapshotTroubles snapshotTroubles;
    private long diskFreeNs;
    /** Whether the disk takes writes while it is stuck, and only their sync does not end. */
    private boolean sticksInSync;
    private long slowUntilNs;
    private int slowness = 1;
    private long lateUntilNs;
    private int lateMsMax;
    private long machineFreeNs;
    private boolean machineThrows;
    /** Effects until it dies; negative if it does not. */
    private int effectsLeft = -1;
    private int dyingAmount;

    SimulatedNode(int number, Universe universe) {
        this.number = number;
        this.wallAheadMs = 1_000_000_000_000L + number * 10_000_000_000L;
        this.id = nameOf(number);
        this.universe = universe;
        this.chance = universe.plan.chance("node", number);
        long drift = universe.plan.knob(Knob.DRIFT_PERMILLE);
        this.clock = new LocalClock(universe.timeline, 1000 + chance.nextLong(-drift, drift + 1), chance.nextLong(
                1L << 50));
        this.pauses = new Pauses(universe.timeline);
        this.snapshotTroubles = new SnapshotTroubles(this, universe);
        this.disk = newDisk();
        boolean keeps = (universe.plan.knob(Knob.KEEPS_STATE) >> number & 1) == 1;
        boolean isInline = chance.nextBoolean();
        this.machine = keeps ? new StoredRegisterMachine(isInline) : new RegisterMachine(isInline);
        machine.watchedBy(new RegisterMachine.Witness() {
            @Override
            public void applying() {
                effect();
                if (machineThrows) {
                    machineThrows = false;
                    throw new IllegalStateException("planned");
                }
            }

            @Override
            public void applied(long index, long term, Operation operation, long result) {
                universe.saw(new Happening.Applied(number, index, term, operation.serial(), result));
            }

            @Override
            public void restored(long index, long kept) {
                universe.saw(new Happening.SnapshotRestored(number, index, kept, new TreeMap<>(machine.registers())));
            }
        });
    }

    private SimulatedDisk newDisk() {
        return new SimulatedDisk(chance.nextLong(), universe.plan.durability().isRelaxed(),
                universe.plan.knob(Knob.SEGMENT_ENTRIES), this);
    }

    static ServerId nameOf(int number) {
        return new ServerId("n" + (number + 1));
    }

    SimulatedDisk disk() {
        return disk;
    }

    DiskView view() {
        return disk.view();
    }

    /** The data that formed the cluster, also if they are lost: what was written since counts for nothing (R17). */
    DiskView formedView() {
        return lostDisks.isEmpty() ? disk.view() : lostDisks.getFirst();
    }

    /**
     * Whether its vote counts and can be given, and it can lead: neither wiped, nor in doubt, nor without its state,
     * now, soon, or at its next start.
     */
    boolean isSure() {
        return !wiped && !disk.isInDoubt() && !disk.isPutBack() && !disk.mayNeedSnapshot();
    }

    /** Whether it is sure and stays so: a put-back folder comes into doubt with each server that meets it anew. */
    boolean staysSure() {
        return isSure() && !disk.wasPutBack();
    }

    /** What its state machine holds. */
    SortedMap<Integer, Long> registers() {
        return machine.registers();
    }

    @Nullable Life life() {
        return life;
    }

    boolean isUp() {
        return life != null;
    }

    /** Whether its data count as lost: wiped, or damaged. */
    boolean isWiped() {
        return wiped;
    }

    long wallMs() {
        return wallAheadMs + clock.nanoTime() / 1_000_000;
    }

    long pausedUntilNs() {
        return pauses.untilNs();
    }

    long diskFreeNs() {
        return diskFreeNs;
    }

    private boolean hangsInSync() {
        return sticksInSync && diskFreeNs > universe.timeline.nowNs();
    }

    /** When its own thread may begin to write. */
    long diskBeginsNs() {
        return sticksInSync && !universe.doesSomeoneWait() ? 0 : diskFreeNs;
    }

    long machineFreeNs() {
        return machineFreeNs;
    }

    long drawDiskNs(SplittableRandom random) {
        long ns = 1_000 * random.nextLong(universe.plan.knob(Knob.DISK_MIN_US), universe.plan.knob(Knob.DISK_MAX_US)
                + 1);
        return slowUntilNs > universe.timeline.nowNs() ? ns * slowness : ns;
    }

    /** How late it is told of a completed write. */
    long drawLateNs(SplittableRandom random) {
        return lateUntilNs > universe.timeline.nowNs() && random.nextBoolean() ? random.nextLong(1_000_000L * lateMsMax)
                : 0;
    }

    long drawApplyNs(SplittableRandom random) {
        return 1_000 * random.nextLong(1, universe.plan.knob(Knob.APPLY_MAX_US) + 1);
    }

    // ---- life and death

    /** Starts with these members; returns whether it runs. */
    boolean start(Members members) {
        universe.starts(this);
        Life born = new Life(this, universe, chance.split());
        life = born;
        try {
            RaftNode.Builder builder = RaftNode.builder("sim", id.value(), members)
                    .config(config())
                    .storage(disk).transport(universe.network.of(born))
                    .stateMachine(() -> universe.machineOf(this, machine)).errors(entry -> { })
                    .listener(NodeListener.NONE);
            SteppedNode stepped = new SteppedNode(builder, born, this::ended);
            born.runs(stepped);
            universe.saw(new Happening.Started(number, born.introduction().incarnation(), born.introduction().boot()));
            stepped.start();
            return true;
        } catch (Died died) {
            return false;
        } catch (NodeStartException refused) {
            bury(born);
            universe.refusedStart(this, refused);
            return false;
        } catch (LogCorruptException refused) {
            bury(born);
            if (!disk.isDamaged()) {
                throw refused;
            }
            return false;
        } catch (SyncFailedException refused) {
            bury(born);
            if (!doSyncsFail()) {
                throw refused;
            }
            universe.startIn(this, downMs);
            return false;
        }
    }

    /** What servers allow of sessions differs: what counts on apply is what the entry says. */
    private NodeConfig config() {
        NodeConfig.Builder config = NodeConfig.builder().durability(universe.plan.durability());
        long least = universe.plan.knob(Knob.SESSIONS_MAX);
        if (least > 0) {
            config.sessionsMax((int) least + number);
        }
        long leastBytes = universe.plan.knob(Knob.ALL_RESULT_BYTES);
        if (leastBytes > 0) {
            config.sessionResultBytes(SessionTwin.limit(leastBytes + 8 * number));
        }
        long entries = universe.plan.knob(Knob.SNAPSHOT_ENTRIES);
        return config.snapshotTriggers(new SnapshotTriggers(0, entries, Duration.ZERO)).build();
    }

    private void bury(Life born) {
        born.dies();
        life = null;
        disk.kill();
    }

    /** The node cannot go on. */
    private void ended(NodeEnd end) {
        boolean isCorrupt = end.cause() == EndCause.CORRUPT && disk.mayProveDamaged();
        boolean isPlanned = end.cause() == EndCause.FAILED_SYNC && disk.hasFailedAsPlanned();
        if (!isCorrupt && !expectedEnds.remove(end.cause()) && !isPlanned) {
            universe.violated("no node ends without a fault", id + " ended: " + end.cause() + ", " + end.detail());
        }
        stop("cannot go on: " + end.cause());
        if (endAmount % 2 == 1 && universe.mayLose(this)) {
            disk.powerCut(endAmount);
        }
        if (isPlanned && lostAmount % 2 == 1 && universe.mayLose(this)) {
            disk.evict(lostAmount);
        }
        universe.startIn(this, downMs);
    }

    /** Ends in order. */
    void stop(String how) {
        Life ending = life;
        if (ending != null) {
            life = null;
            try {
                ending.close();
            } catch (Died died) {
                disk.kill();
            }
            ending.dies();
            universe.died(ending);
            universe.saw(new Happening.Ended(number, how));
            universe.saidGoodbye(ending);
        }
    }

    /** The process is gone at once. */
    void kill(String how) {
        Life ending = life;
        if (ending != null) {
            life = null;
            ending.dies();
            universe.died(ending);
            universe.saw(new Happening.Ended(number, how));
        }
        disk.kill();
        pauses.end();
        effectsLeft = -1;
        machineThrows = false;
        expectedEnds.clear();
    }

    void powerCut(int amount) {
        kill("power cut");
        disk.powerCut(amount);
    }

    /** The disk is replaced by an empty one. */
    void wipe() {
        powerCut(0);
        lostDisks.add(disk.view());
        disk = newDisk();
        machine.forget();
        wiped = true;
    }

    /** Its folder is what it was when it was copied. */
    void putBack() {
        disk.putBack();
        machine.forget();
    }

    /** Its folder is the newest again. */
    void undoPutBack() {
        kill("killed, to be put right");
        disk.undoPutBack();
        machine.forget();
    }

    /** One of its synced entries is damaged: it must not be trusted again. */
    void flipBit(int amount) {
        disk.flipBit(amount);
        wiped = true;
    }

    @Override
    public void waits() {
        Life waiting = life;
        if (waiting != null && waiting.isListening() && (chance.nextInt(4) == 0 || hangsInSync())) {
            long untilNs = universe.timeline.nowNs() + drawDiskNs(chance);
            // Nor does a process that is suspended meanwhile go on when its disk has.
            universe.meanwhile(() -> waiting.isAlive() ? Math.max(Math.max(untilNs, pauses.untilNs()),
                    hangsInSync() ? diskFreeNs : 0) : 0);
            if (!waiting.isAlive()) {
                throw Died.DIED;
            }
        }
    }

    @Override
    public void readDamage() {
        Life reading = life;
        if (reading != null) {
            reading.liveIn(DAMAGE_NS, () -> universe.violated("damage ends a node", id
                    + " has read a damaged entry and runs on"));
        }
    }

    @Override
    public void effect() {
        if (effectsLeft > 0 && --effectsLeft == 0 && life != null) {
            if (dyingAmount % 2 == 1 && universe.mayLose(this)) {
                powerCut(dyingAmount / 2);
            } else {
                kill("killed midway");
            }
            universe.startIn(this, downMs);
            throw Died.DIED;
        }
    }

    @Override
    public void saw(SimulatedDisk.DiskEvent event) {
        if (event instanceof SimulatedDisk.DiskEvent.Snapshot snapshot) {
            snapshotTroubles.saw(snapshot);
        }
        universe.saw(switch (event) {
            case SimulatedDisk.DiskEvent.Written written -> new Happening.LogWritten(number, written.entries(),
                    written.overwrite());
            case SimulatedDisk.DiskEvent.Synced synced -> new Happening.LogSynced(number, synced.lastIndex());
            case SimulatedDisk.DiskEvent.Compacted compacted -> new Happening.LogCompacted(number, compacted.index());
            case SimulatedDisk.DiskEvent.Reset reset -> new Happening.LogReset(number, reset.index(), reset.term());
            case SimulatedDisk.DiskEvent.PutBack other -> new Happening.PutBack(number, other.state());
            case SimulatedDisk.DiskEvent.Snapshot snapshot -> new Happening.SnapshotStep(number, snapshot.step(),
                    snapshot.index(), snapshot.term());
            case SimulatedDisk.DiskEvent.State state -> new Happening.StateWritten(number, state.state());
        });
    }

    @Override
    public boolean isFullForSnapshots() {
        return snapshotTroubles.isFull();
    }

    @Override
    public boolean garblesSnapshot() {
        return snapshotTroubles.garblesNow();
    }

    // ---- troubles

    SnapshotTroubles snapshotTroubles() {
        return snapshotTroubles;
    }

    void pause(long ms) {
        pauses.pause(ms);
    }

    /** What its clock shows, in milliseconds, but of each pause and each jump a step at most. */
    long countedMs(long stepMs) {
        return pauses.countedMs(clock.nanoTime() / 1_000_000, stepMs);
    }

    void jumpClock(long ms) {
        pauses.jump(ms);
        clock.jump(ms * 1_000_000);
        if (life != null) {
            life.clockJumped();
        }
    }

    /** {@code amount} around 20 is real time. */
    void changeClockRate(int amount) {
        clock.rate(1000 + (amount - 20) * 5L / 2);
        if (life != null) {
            life.clockJumped();
        }
    }

    /** {@code amount} around 20 is no change. */
    void setWallClock(int amount) {
        wallAheadMs += (amount - 20) * 10_000_000_000L;
    }

    void slowDisk(long ms, int factor) {
        slowUntilNs = universe.timeline.nowNs() + ms * 1_000_000;
        slowness = factor;
    }

    void delayCompletions(long ms, int amount) {
        lateUntilNs = universe.timeline.nowNs() + ms * 1_000_000;
        lateMsMax = amount;
    }

    /** For odd amounts writes begin, and their sync hangs. */
    void stickDisk(long ms, int amount) {
        sticksInSync = amount % 2 == 1;
        diskFreeNs = Math.max(diskFreeNs, universe.timeline.nowNs() + ms * 1_000_000);
    }

    void hangMachine(long ms) {
        machineFreeNs = Math.max(machineFreeNs, universe.timeline.nowNs() + ms * 1_000_000);
    }

    void failNextSync(Fault fault) {
        expectEnd(EndCause.FAILED_SYNC, fault);
        disk.failNextSync();
    }

    /** For odd amounts the page cache loses, as the node ends, a part of what was not synced. */
    void failSyncs(Fault fault) {
        syncsFailUntilNs = Math.max(syncsFailUntilNs, universe.timeline.nowNs() + fault.lengthMs() * 1_000_000);
        lostAmount = fault.amount();
    }

    @Override
    public boolean doSyncsFail() {
        return syncsFailUntilNs > universe.timeline.nowNs();
    }

    void fillDisk(Fault fault) {
        expectEnd(EndCause.DISK_FULL, fault);
        disk.fillUp(fault.amount() % 4);
    }

    void breakMachine(Fault fault) {
        expectEnd(EndCause.STATE_MACHINE, fault);
        machineThrows = true;
    }

    private void expectEnd(EndCause cause, Fault fault) {
        expectedEnds.add(cause);
        downMs = fault.lengthMs();
        endAmount = fault.amount();
    }

    void dieMidway(Fault fault) {
        effectsLeft = fault.amount();
        dyingAmount = fault.node() + fault.peer() + (int) fault.lengthMs();
        downMs = fault.lengthMs();
    }

    /** Nothing is wrong any more but what is lost. */
    void heal() {
        pauses.end();
        diskFreeNs = 0;
        syncsFailUntilNs = 0;
        snapshotTroubles.heal();
        slowUntilNs = 0;
        lateUntilNs = 0;
        machineFreeNs = 0;
        machineThrows = false;
        effectsLeft = -1;
        disk.heal();
        if (life != null) {
            life.freed();
        }
        if (disk.isDamaged()) {
            kill("its disk is damaged");
        }
    }
}
