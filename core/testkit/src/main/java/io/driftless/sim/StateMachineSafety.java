package io.driftless.sim;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * State machine safety (Raft figure 3, §5.4.3; R5): all servers apply the same command at an index, in order, with the
 * same answer, and only what is committed and durable on their own disks.
 */
final class StateMachineSafety implements Checker {

    private final Universe universe;
    private final CommitDurability commits;
    private final LogMatching log;
    private final SortedMap<Long, Happening.Applied> applied = new TreeMap<>();
    private final long[] last;

    StateMachineSafety(Universe universe, CommitDurability commits, LogMatching log) {
        this.universe = universe;
        this.log = log;
        this.commits = commits;
        this.last = new long[universe.plan.servers()];
    }

    @Override
    public String property() {
        return "state machine safety (Raft §5.4.3)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Started started) {
            last[started.node()] = 0;
        } else if (happening instanceof Happening.SnapshotRestored restored) {
            last[restored.node()] = restored.index();
        } else if (happening instanceof Happening.Applied now) {
            Checker.require(now.index() > last[now.node()], () -> now + " comes after " + last[now.node()]);
            last[now.node()] = now.index();
            Checker.require(now.index() <= commits.count() && commits.termAt(now.index()) == now.term(),
                    () -> now + " is not committed");
            Checker.require(log.holds(universe.node(now.node()).view(), now.index(), now.term()),
                    () -> now + " is not durable there");
            Happening.Applied before = applied.putIfAbsent(now.index(), now);
            Checker.require(before == null || before.serial() == now.serial() && before.result() == now.result()
                    && before.term() == now.term(), () -> now + ", and elsewhere " + before);
        }
    }
}
