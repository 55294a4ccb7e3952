package io.driftless.bench.run;

import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.process.ChildNode;
import io.driftless.ops.process.LocalCluster;
import io.driftless.ops.process.ScratchFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Three node processes with default settings, as the demo starts them. Confined to one thread; its {@link Cleanup} ends
 * it from any.
 */
public final class BenchCluster {

    /** Members, all of them voters. */
    public static final int NODES = 3;

    private static final long HEAP_MIB = 512;
    private static final Duration LEADER_WITHIN = Duration.ofSeconds(60);
    private static final int LAST_LINES = 20;

    private final LocalCluster cluster;

    private BenchCluster(LocalCluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Starts the processes and waits for a leader.
     *
     * @param scratch where their data goes
     * @param cleanup kills them in the end: nobody needs this data any more
     * @throws IOException if no leader is there in time, with what a node said last
     */
    public static BenchCluster start(ScratchFolder scratch, Cleanup cleanup) throws Exception {
        LocalCluster cluster = cleanup.own(() -> LocalCluster.start(scratch, NODES, Map.of(), HEAP_MIB),
                LocalCluster::kill);
        cluster.awaitLeader(LEADER_WITHIN);
        return new BenchCluster(cluster);
    }

    /** Where they listen, {@code host:port} separated by commas. */
    public String members() {
        return cluster.addresses();
    }

    /** Processor time that each node has used since its start, in seconds, in the order of their names. */
    public List<Double> cpuSeconds() throws IOException {
        List<Double> seconds = new ArrayList<>();
        for (String name : cluster.names()) {
            seconds.add(CpuTime.seconds(cluster.node(name).pid()));
        }
        return seconds;
    }

    /**
     * A figure from fewer nodes than were started is none.
     *
     * @throws CommandFailedException if a node has ended, with its last lines
     */
    public void requireAlive() {
        for (String name : cluster.names()) {
            ChildNode node = cluster.node(name);
            if (!node.isAlive()) {
                throw CommandFailedException.failed(name + " ended with exit code " + node.exitCode()
                        + "; its last lines:\n  "
                        + String.join("\n  ", node.lastLines(LAST_LINES)));
            }
        }
    }
}
