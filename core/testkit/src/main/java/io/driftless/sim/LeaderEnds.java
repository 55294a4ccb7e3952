package io.driftless.sim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of three works. Then all connections of its leader are reset, time after time, and it goes on leading; then
 * its process is killed, and another one leads before an election timeout is over (R41). Everything is simulated time.
 * Pure.
 */
final class LeaderEnds {

    /** Noticing, a quarter of electionTimeoutMin, and an election among servers that are all there. */
    private static final long SOON_MS = 150;
    /** The same, when both others campaign at once, neither is elected, and one waits for an election timeout. */
    private static final long AT_LAST_MS = 800;

    private static final long MS = 1_000_000;
    private static final long WARM_MS = 2_500;
    private static final int RESETS = 10;
    private static final long BETWEEN_MS = 250;
    private static final long WATCH_MS = 5_000;

    /**
     * What became of one cluster. Immutable.
     *
     * @param seed       of its chance
     * @param resetTerms how many terms began while the leader's connections were reset
     * @param failoverMs how long after the kill another server led; -1 if none did
     */
    record Row(long seed, long resetTerms, long failoverMs) {

        private boolean isOverIn(long ms) {
            return failoverMs >= 0 && failoverMs <= ms;
        }
    }

    private LeaderEnds() { }

    /** Whether no reset changed anything, and nine of ten leaders were replaced soon, and every one at last. */
    static boolean areRight(List<Row> rows) {
        return rows.stream().allMatch(row -> row.resetTerms == 0 && row.isOverIn(AT_LAST_MS))
                && rows.stream().filter(row -> row.isOverIn(SOON_MS)).count() * 10 >= rows.size() * 9L;
    }

    /** Of so many clusters. */
    static List<Row> of(int seeds) {
        List<Row> rows = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
            rows.add(run(seed));
        }
        return rows;
    }

    private static Row run(long seed) {
        Universe universe = new Universe(Links.plan(seed).with(Knob.NOTICES_ENDS, 1), new Watch(false));
        universe.begin();
        Links.run(universe, WARM_MS);
        SimulatedNode leader = leader(universe);
        if (leader == null) {
            throw new IllegalStateException("nobody leads, seed " + seed);
        }
        long term = term(universe);
        for (int i = 0; i < RESETS; i++) {
            for (SimulatedNode other : universe.nodes()) {
                universe.network.reset(leader.number, other.number);
            }
            Links.run(universe, BETWEEN_MS);
        }
        long resetTerms = term(universe) - term;
        SimulatedNode last = leader(universe);
        if (last == null) {
            return new Row(seed, resetTerms, -1);
        }
        last.kill("killed");
        long killedNs = universe.timeline.nowNs();
        long untilNs = killedNs + WATCH_MS * MS;
        while (leader(universe) == null && universe.timeline.next(untilNs)) {
            continue;
        }
        return new Row(seed, resetTerms, leader(universe) == null ? -1
                : (universe.timeline.nowNs() - killedNs) / MS);
    }

    private static @Nullable SimulatedNode leader(Universe universe) {
        return universe.nodes().stream().filter(node -> node.life() instanceof Life life && life.status() != null
                && life.status().role().equals("leader")).findFirst().orElse(null);
    }

    private static long term(Universe universe) {
        return universe.nodes().stream().filter(SimulatedNode::isUp).mapToLong(node -> node.life().status().term())
                .max().orElse(0);
    }
}
