package io.driftless.bench.snapshot;

import io.driftless.bench.run.BenchCluster;
import io.driftless.ops.cluster.MemberStatus;
import java.util.List;
import java.util.Locale;

/**
 * How fast a follower catches up that was away for 1,000,000 commands, while 5,000 a second go on. Confined to one
 * thread.
 */
final class CatchUpPart implements SnapshotPart {

    private static final long AWAY = 1_000_000;
    private static final int PER_SECOND = 5_000;
    private static final int TIMES = 5;
    private static final int KEYS = 100_000;
    private static final int VALUE = 256;

    @Override
    public String name() {
        return "catch-up";
    }

    @Override
    public List<SnapshotFigure> measure(Bench bench) throws Exception {
        BenchCluster cluster = BenchCluster.start(bench.scratch(), bench.cleanup());
        String leader = cluster.leader();
        String away = cluster.follower();
        try (Puts puts = new Puts(cluster.members(), (int) bench.of(KEYS), VALUE)) {
            puts.run(bench.of(KEYS), bench);
            long had = cluster.await(away, "all is applied",
                    status -> status.number("applied") >= puts.committed()).number("applied");
            cluster.stop(away);
            puts.run(bench.of(AWAY), bench);
            long term = Watching.term(cluster);
            Thread pacing = puts.pace(PER_SECOND);
            long beganNs = System.nanoTime();
            cluster.restart(away);
            boolean[] received = new boolean[1];
            MemberStatus there = cluster.await(away, "it has caught up", status -> {
                received[0] |= Watching.receives(status);
                return status.number("applied") >= had + bench.of(AWAY) && isCaughtUp(cluster, leader, status);
            });
            double seconds = (System.nanoTime() - beganNs) / 1e9;
            puts.stop(pacing);
            cluster.requireAlive();
            double rate = (there.number("applied") - had) / seconds;
            bench.note(String.format(Locale.ROOT, "%,d commands in %.1f s from the start of the process, %s",
                    there.number("applied") - had, seconds, received[0] ? "by a snapshot" : "from the log"));
            return List.of(SnapshotFigure.atLeast("catch-up", "commands/s", rate, (double) TIMES * PER_SECOND),
                    SnapshotFigure.told("catch-up-by-snapshot", "", received[0] ? 1 : 0),
                    SnapshotFigure.atMost("catch-up-leader-changes", "", Watching.term(cluster) - term, 0));
        }
    }

    /** Whether it has applied what the leader had committed when it was asked before. */
    private static boolean isCaughtUp(BenchCluster cluster, String leader, MemberStatus before) {
        try {
            // What comes in while one asks is less than a tenth of a second of the load.
            MemberStatus now = cluster.status(leader);
            return now.isReachable() && before.number("applied") >= now.number("commit") - PER_SECOND / 10;
        } catch (InterruptedException given) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
