package io.driftless.sim;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.node.Members;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Lane;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Lets the faults of a plan strike, unless they would ask for more than the protocol promises: servers that have lost
 * their data never leave the others without a quorum.
 */
final class Mishaps {

    private final Universe universe;
    private final SortedMap<String, Integer> struck = new TreeMap<>();
    private final Operator operator;
    private boolean over;
    /** Who was started with a wrong member list, and must not run. */
    private int strangerTo = -1;

    Mishaps(Universe universe) {
        this.universe = universe;
        this.operator = new Operator(universe);
        for (Fault fault : universe.plan.faults()) {
            universe.timeline.at(fault.atUs() * 1_000, () -> strike(fault));
        }
    }

    void end() {
        over = true;
    }

    Operator operator() {
        return operator;
    }

    SortedMap<String, Integer> struck() {
        return struck;
    }

    private void strike(Fault fault) {
        SimulatedNode node = universe.node(fault.node());
        boolean needsProcess = switch (fault.kind()) {
            case KILL, STOP, CRASH_MIDWAY, PAUSE, FAILED_SYNC, DISK_FULL, MACHINE_THROWS, OTHER_MEMBERS,
                    FOLDER_COPIED, FOLDER_PUT_BACK -> true;
            case POWER_CUT, WIPE, CLOCK_JUMP, SLOW_DISK, STUCK_DISK, MACHINE_HANGS, CUT, ONE_WAY, ISOLATE, SPLIT,
                    BRIDGE, RESET, SLOW_LINK, FLIPPED_BIT, WALL_CLOCK, CLOCK_RATE, LEADER_STALLS,
                    LATE_COMPLETIONS, SYNCS_FAIL, LATE_DATA, SNAPSHOT_DAMAGED, SNAPSHOTS_FULL, BULK_CUT,
                    LATE_BULK, LATE_CONTROL, CRASH_INSTALLING, TRANSFER -> false;
        };
        boolean happens = !over && (!needsProcess || node.isUp());
        if (happens && (fault.kind() == Fault.Kind.WIPE || fault.kind() == Fault.Kind.FLIPPED_BIT)) {
            happens = mayBeLost(node);
        }
        if (happens && (fault.kind() == Fault.Kind.POWER_CUT || fault.kind() == Fault.Kind.FAILED_SYNC
                || fault.kind() == Fault.Kind.SYNCS_FAIL)) {
            happens = universe.mayLose(node);
        }
        if (happens && fault.kind() == Fault.Kind.SNAPSHOT_DAMAGED) {
            // Behind it the log may be gone, now or soon, and somebody must have what it held.
            happens = universe.isQuorumWithout(node);
        }
        if (happens && fault.kind() == Fault.Kind.FOLDER_COPIED) {
            happens = universe.isFormed(node);
        }
        if (happens && fault.kind() == Fault.Kind.FOLDER_PUT_BACK) {
            happens = mayBePutBack(node);
        }
        if (happens && fault.kind() == Fault.Kind.LEADER_STALLS) {
            happens = !leaders().isEmpty();
        }
        if (happens && fault.kind() == Fault.Kind.TRANSFER) {
            happens = Operator.isForNode(fault) ? node.isUp() : !leaders().isEmpty();
        }
        if (happens) {
            if (fault.kind() != Fault.Kind.FOLDER_PUT_BACK) {
                struck.merge(fault.kind().name(), 1, Integer::sum);
            }
            universe.saw(new Happening.Struck(fault));
            switch (fault.kind()) {
                case CUT, ONE_WAY, ISOLATE, SPLIT, BRIDGE, RESET, SLOW_LINK, LATE_DATA, BULK_CUT, LATE_BULK,
                        LATE_CONTROL -> strikeNetwork(fault);
                case LEADER_STALLS -> leaders().forEach(leader -> stall(leader, fault));
                case TRANSFER -> (Operator.isForNode(fault) ? List.of(node) : leaders()).forEach(asked ->
                        operator.ask(asked, fault));
                case KILL, POWER_CUT, STOP, CRASH_MIDWAY, WIPE, PAUSE, CLOCK_JUMP, SLOW_DISK, STUCK_DISK, FAILED_SYNC,
                        DISK_FULL, MACHINE_THROWS, MACHINE_HANGS, OTHER_MEMBERS, FLIPPED_BIT, WALL_CLOCK, CLOCK_RATE,
                        LATE_COMPLETIONS, FOLDER_COPIED, FOLDER_PUT_BACK, SYNCS_FAIL, SNAPSHOT_DAMAGED,
                        SNAPSHOTS_FULL, CRASH_INSTALLING -> strikeNode(node, fault);
            }
        }
    }

    private void strikeNode(SimulatedNode node, Fault fault) {
        switch (fault.kind()) {
            case KILL -> {
                node.kill("killed");
                universe.startIn(node, fault.lengthMs());
            }
            case POWER_CUT -> {
                // Also for a process that was killed before: only now is lost what it had not synced.
                node.powerCut(fault.amount() - 1);
                universe.startIn(node, fault.lengthMs());
            }
            case STOP -> {
                node.stop("stopped");
                universe.startIn(node, fault.lengthMs());
            }
            case CRASH_MIDWAY -> node.dieMidway(fault);
            case WIPE -> {
                node.wipe();
                universe.startIn(node, fault.lengthMs());
            }
            case PAUSE -> node.pause(fault.lengthMs());
            case CLOCK_JUMP -> node.jumpClock(fault.lengthMs());
            case SLOW_DISK -> node.slowDisk(fault.lengthMs(), fault.amount());
            case STUCK_DISK -> node.stickDisk(fault.lengthMs(), fault.amount());
            case FAILED_SYNC -> node.failNextSync(fault);
            case SYNCS_FAIL -> node.failSyncs(fault);
            case DISK_FULL -> node.fillDisk(fault);
            case MACHINE_THROWS -> node.breakMachine(fault);
            case MACHINE_HANGS -> node.hangMachine(fault.lengthMs());
            case OTHER_MEMBERS -> restartAsStranger(node, fault);
            case FLIPPED_BIT -> node.flipBit(fault.amount());
            case WALL_CLOCK -> node.setWallClock(fault.amount());
            case CLOCK_RATE -> node.changeClockRate(fault.amount());
            case FOLDER_COPIED -> node.disk().copyFolder();
            case SNAPSHOT_DAMAGED -> node.snapshotTroubles().damage(fault.amount());
            case CRASH_INSTALLING -> node.snapshotTroubles().crash(fault);
            case SNAPSHOTS_FULL -> node.snapshotTroubles().fillUp(fault.lengthMs());
            case FOLDER_PUT_BACK -> putBack(node, fault);
            case LATE_COMPLETIONS -> node.delayCompletions(fault.lengthMs(), fault.amount());
            case CUT, ONE_WAY, ISOLATE, SPLIT, BRIDGE, RESET, SLOW_LINK, LATE_DATA, LEADER_STALLS, BULK_CUT,
                    LATE_BULK, LATE_CONTROL, TRANSFER -> throw new IllegalArgumentException(fault.toString());
        }
    }

    /**
     * Peers must notice it. What they have met they know as long as they run, so all others run, and have met this very
     * start; and what it has promised in a term that nobody else knows of nobody can tell it, so all are in the same.
     */
    private boolean mayBePutBack(SimulatedNode node) {
        CoreStatus own = java.util.Objects.requireNonNull(node.life()).status();
        if (own == null || !node.disk().hasEarlierCopy() || !mayBeLost(node) || !node.isSure()) {
            return false;
        }
        for (SimulatedNode other : universe.nodes()) {
            Life life = other.life();
            boolean knows = other == node || life != null && life.status() != null
                    && life.status().term() == own.term() && universe.network.haveMet(other, node)
                    && other.pausedUntilNs() <= universe.timeline.nowNs() && !other.disk().isPutBack();
            if (!knows) {
                return false;
            }
        }
        return true;
    }

    private void putBack(SimulatedNode node, Fault fault) {
        List<Life> witnesses = universe.nodes().stream().filter(other -> other != node).map(SimulatedNode::life)
                .toList();
        node.kill("killed, to be put back to a copy of its folder");
        universe.timeline.in(fault.lengthMs() * 1_000_000, () -> {
            // Others may have lost their data meanwhile, which counted on its vote.
            if (!over && !node.isUp() && node.disk().hasEarlierCopy() && !node.isWiped()
                    && universe.isQuorumWithout(node) && witnesses.stream().allMatch(Life::isAlive)) {
                node.putBack();
                struck.merge(Fault.Kind.FOLDER_PUT_BACK.name(), 1, Integer::sum);
            }
            universe.startIn(node, 0);
        });
    }

    /**
     * A server starts that remembers nobody: one whose folder was put back, unnoticed yet, is put right. So is the
     * server itself if it starts once more: its boot may pass the highest that was seen before it meets anybody.
     */
    void starts(SimulatedNode node) {
        if (node.disk().wasStartedPutBack()) {
            node.undoPutBack();
        }
        for (SimulatedNode other : universe.nodes()) {
            if (other != node && other.disk().isPutBack()) {
                boolean wasUp = other.isUp();
                other.undoPutBack();
                if (wasUp) {
                    universe.startIn(other, 1);
                }
            }
        }
    }

    private List<SimulatedNode> leaders() {
        return universe.nodes().stream().filter(node -> node.life() != null && node.life().status() != null
                && node.life().status().role().equals("leader")).toList();
    }

    private void stall(SimulatedNode leader, Fault fault) {
        leader.stickDisk(2 * fault.lengthMs(), fault.amount());
        leader.delayCompletions(3 * fault.lengthMs(), fault.amount());
        strikeNetwork(new Fault(fault.atUs(), Fault.Kind.ISOLATE, leader.number, leader.number, fault.lengthMs(),
                fault.amount()));
    }

    private void strikeNetwork(Fault fault) {
        SimulatedNetwork network = universe.network;
        int servers = universe.plan.servers();
        for (int from = 0; from < servers; from++) {
            for (int to = 0; to < servers; to++) {
                boolean these = from == fault.node() && to == fault.peer();
                boolean thoseBack = from == fault.peer() && to == fault.node();
                boolean apart = ((fault.amount() >> from ^ fault.amount() >> to) & 1) == 1;
                boolean cut = switch (fault.kind()) {
                    case CUT -> these || thoseBack;
                    case ONE_WAY -> these;
                    case ISOLATE -> from == fault.node() || to == fault.node();
                    case SPLIT -> apart;
                    case BRIDGE -> apart && from != fault.node() && to != fault.node();
                    case RESET, SLOW_LINK, KILL, POWER_CUT, STOP, CRASH_MIDWAY, WIPE, PAUSE, CLOCK_JUMP, SLOW_DISK,
                            STUCK_DISK, FAILED_SYNC, DISK_FULL, MACHINE_THROWS, MACHINE_HANGS, OTHER_MEMBERS,
                            FLIPPED_BIT, WALL_CLOCK, CLOCK_RATE, LEADER_STALLS, LATE_COMPLETIONS, FOLDER_COPIED,
                            FOLDER_PUT_BACK, SYNCS_FAIL, LATE_DATA, SNAPSHOT_DAMAGED, SNAPSHOTS_FULL, BULK_CUT,
                            LATE_BULK, LATE_CONTROL, CRASH_INSTALLING, TRANSFER -> false;
                };
                if (cut) {
                    network.cut(from, to, fault.lengthMs());
                } else if (fault.kind() == Fault.Kind.SLOW_LINK && (these || thoseBack)) {
                    network.slow(from, to, fault.lengthMs(), fault.amount());
                } else if (fault.kind() == Fault.Kind.LATE_DATA && (these || thoseBack)) {
                    network.hold(from, to, Lane.DATA, fault.lengthMs());
                } else if (fault.kind() == Fault.Kind.LATE_BULK && (these || thoseBack)) {
                    network.hold(from, to, Lane.BULK, fault.lengthMs());
                } else if (fault.kind() == Fault.Kind.LATE_CONTROL && (these || thoseBack)) {
                    network.hold(from, to, Lane.CONTROL, fault.lengthMs());
                }
            }
        }
        if (fault.kind() == Fault.Kind.RESET) {
            network.reset(fault.node(), fault.peer());
        } else if (fault.kind() == Fault.Kind.BULK_CUT) {
            network.resetBulk(fault.node(), fault.peer());
        }
    }

    /** The others must be able to elect a leader and commit, and the cluster must have formed with these data. */
    private boolean mayBeLost(SimulatedNode node) {
        return !node.isWiped() && universe.haveAllFormed() && universe.isQuorumWithout(node);
    }

    private void restartAsStranger(SimulatedNode node, Fault fault) {
        if (!universe.isFormed(node)) {
            return;
        }
        node.stop("stopped, to start with another member list");
        strangerTo = node.number;
        boolean runs = node.start(Members.parse(universe.members() + ",stranger=sim-stranger:1"));
        strangerTo = -1;
        if (runs) {
            universe.violated("a formed cluster's members are fixed (R17)", node.id
                    + " starts with a member list that is not the cluster's");
        }
        universe.startIn(node, fault.lengthMs());
    }

    /** Whether this refusal is what a wrong member list should lead to. */
    boolean isExpected(SimulatedNode node, NodeStartException refused) {
        return strangerTo == node.number && refused.endCause() == EndCause.MEMBERS_DIFFER;
    }
}
