package io.driftless.raft;

/**
 * What the log may forget once a snapshot holds it (Raft §7): all of it but for a margin, and what a leader keeps for
 * peers that are being brought up to date (R31). Confined to the core's owner.
 */
final class Compaction {

    /** The margin is looked at again each time that this part of it has come in. */
    private static final int STEPS = 16;

    private final ServerState state;
    private final Replication replication;
    /** Whether more could go if peers had caught up. */
    private boolean isHeldBack;
    /** Where the log ended at the last look. */
    private long lookedAt;

    Compaction(ServerState state, Replication replication) {
        this.state = state;
        this.replication = replication;
    }

    /** A write is durable: what was kept as a margin has grown older, and goes once enough has followed. */
    void grown() {
        Recovered.OwnSnapshot own = state.snapshot;
        SnapshotSettings settings = state.settings.snapshots();
        boolean waitsForPeers = isHeldBack && state.role instanceof Role.Leader;
        if (own != null && !waitsForPeers && own.id().index() > state.log.boundaryIndex()
                && state.log.lastIndex() - lookedAt > settings.retainEntries() / STEPS
                && state.log.weightAfter(lookedAt) > settings.retainBytes() / STEPS) {
            look();
        }
    }

    /** A snapshot is there, or peers have moved on: the log forgets what it may. */
    void look() {
        lookedAt = state.log.lastIndex();
        Recovered.OwnSnapshot own = state.snapshot;
        if (own == null || state.silent) {
            return;
        }
        SnapshotSettings settings = state.settings.snapshots();
        // At a start the snapshot may be ahead of what is known to be committed.
        long held = Math.min(Math.min(own.id().index(), state.commitIndex), state.log.durableIndex());
        long wanted = Math.min(held,
                Math.min(state.log.lastIndex() - settings.retainEntries(), beforeNewest(settings.retainBytes())));
        long kept = Math.min(wanted, Math.max(neededByPeers(), beforeNewest(settings.retainBytesMax())));
        isHeldBack = kept < wanted;
        if (kept > state.log.boundaryIndex()) {
            state.log.compact(kept);
            state.effects.add(new Effect.CompactLog(kept));
            if (state.role instanceof Role.Leader leader) {
                replication.compacted(leader);
            }
        }
    }

    /** With the heartbeats. */
    void beat() {
        if (isHeldBack) {
            look();
        }
    }

    /**
     * Below what peers lack that need the log: those that are reached, and those that have had a snapshot and are cut
     * off for a while. For one that is being sent it, the snapshot itself is kept.
     */
    private long neededByPeers() {
        long needed = Long.MAX_VALUE;
        if (state.role instanceof Role.Leader leader) {
            for (var entry : leader.progress.entrySet()) {
                Progress progress = entry.getValue();
                long known = progress.knownIndex();
                boolean needsLog = known > 0 && (progress.isOnShortcut() || !progress.kept().isSentOne());
                if (needsLog && (state.reaches(entry.getKey()) || progress.kept().holdsLog(state.nowNs))) {
                    needed = Math.min(needed, known);
                }
            }
        }
        return needed;
    }

    /** The highest index such that what stands behind it weighs at least so much; the boundary if there is none. */
    private long beforeNewest(long bytes) {
        long low = state.log.boundaryIndex();
        long high = state.log.lastIndex();
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (state.log.weight(middle + 1, state.log.lastIndex()) >= bytes) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
