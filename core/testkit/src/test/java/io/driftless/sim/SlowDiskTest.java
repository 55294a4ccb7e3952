package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Disks that are slow, and all the same write everything that they are given. */
class SlowDiskTest {

    /** Commands so large that each is a batch of its own, on the wire and on the disk, and 64 of them at once. */
    private static Plan largeCommands() {
        return Quiet.plan(1, 3).with(Knob.CLIENTS, 64).with(Knob.THINK_MAX_MS, 1).with(Knob.TIMEOUT_MS, 60_000)
                .with(Knob.DISK_MIN_US, 20_000).with(Knob.DISK_MAX_US, 25_000).with(Knob.DISK_BATCH_ENTRIES, 1)
                .with(Knob.BATCH_ENTRIES, 1).with(Knob.WINDOW_ENTRIES, 4).with(Knob.CACHE_ENTRIES, 8)
                .with(Knob.DURABILITY, 0);
    }

    private static String leaderOf(SimulatedCluster cluster) {
        return cluster.names().stream().filter(name -> cluster.status(name).orElseThrow().role().equals("leader"))
                .findFirst().orElseThrow();
    }

    @Test
    void noLeaderResignsForABacklogAndEveryWriteCompletes() {
        List<Long> committed = new ArrayList<>();
        List<Happening> gaveUp = new ArrayList<>();
        try (SimulatedCluster cluster = SimulatedCluster.of(largeCommands(), (nowNs, happening) -> {
            if (happening instanceof Happening.Committed it) {
                committed.add(it.index());
            } else if (happening instanceof Happening.GaveUp) {
                gaveUp.add(happening);
            }
        })) {
            cluster.run(Duration.ofSeconds(2));
            String leader = leaderOf(cluster);
            long term = cluster.status(leader).orElseThrow().term();
            cluster.run(Duration.ofSeconds(18));
            assertEquals(term, cluster.status(leader).orElseThrow().term());
            assertEquals(leader, leaderOf(cluster));
        }
        assertEquals(List.of(), gaveUp);
        assertTrue(committed.size() >= 400, committed.size() + " commands");
    }
}
