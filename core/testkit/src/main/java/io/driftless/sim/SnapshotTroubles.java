package io.driftless.sim;

import java.util.Optional;

/** What goes wrong with the snapshots of one server, and what its disk says of them. */
final class SnapshotTroubles {

    /** Of an amount, what is left of it when it is divided by four: then what comes in is damaged. */
    static final int OF_WHAT_COMES_IN = 3;

    private final SimulatedNode node;
    private final Universe universe;
    private long fullUntilNs;
    private boolean garblesNext;
    private Optional<Fault> crash = Optional.empty();

    SnapshotTroubles(SimulatedNode node, Universe universe) {
        this.node = node;
        this.universe = universe;
    }

    void saw(SimulatedDisk.DiskEvent.Snapshot snapshot) {
        switch (snapshot.step()) {
            case BEGUN -> { }
            case TAKEN -> node.view().snapshot(snapshot.index(), snapshot.term());
            case RECEIVED -> {
                node.view().snapshot(snapshot.index(), snapshot.term());
                crash.ifPresent(node::dieMidway);
                crash = Optional.empty();
            }
            case SET_ASIDE -> {
                if (!node.disk().mayBeSetAside()) {
                    universe.violated("a snapshot is the state of its index (R22, R27)", node.id
                            + " sets aside its good one: " + snapshot);
                }
                node.view().snapshotSetAside();
            }
        }
    }

    /** See {@link Fault.Kind#SNAPSHOTS_FULL}. */
    void fillUp(long ms) {
        fullUntilNs = Math.max(fullUntilNs, universe.timeline.nowNs() + ms * 1_000_000);
    }

    /** See {@link Fault.Kind#SNAPSHOT_DAMAGED}. */
    void damage(int amount) {
        if (amount % 4 == OF_WHAT_COMES_IN) {
            garblesNext = true;
        } else {
            node.disk().damageSnapshot(amount);
        }
    }

    /** See {@link Fault.Kind#CRASH_INSTALLING}. */
    void crash(Fault fault) {
        crash = Optional.of(fault);
    }

    boolean isFull() {
        return fullUntilNs > universe.timeline.nowNs();
    }

    boolean garblesNow() {
        boolean garbles = garblesNext;
        garblesNext = false;
        return garbles;
    }

    void heal() {
        fullUntilNs = 0;
        garblesNext = false;
        crash = Optional.empty();
    }
}
