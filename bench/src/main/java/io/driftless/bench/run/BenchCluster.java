package io.driftless.bench.run;

import io.driftless.ops.cluster.MemberStatus;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.process.ChildNode;
import io.driftless.ops.process.LocalCluster;
import io.driftless.ops.process.ScratchFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Three node processes with default settings, as the demo starts them. Confined to one thread; its {@link Cleanup} ends
 * it from any.
 */
public final class BenchCluster {

    /** Members, all of them voters. */
    public static final int NODES = 3;

    /** Heap of each process, in MiB, where nothing else is said. */
    public static final long HEAP_MIB = 512;

    private static final Duration LEADER_WITHIN = Duration.ofSeconds(120);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(2);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);
    private static final int LAST_LINES = 20;

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long POLL_MS = 50;

    /** One look; empty if what is waited for is not to be seen yet. */
    public interface Sight<T> {
        /** Looks. */
        Optional<T> look() throws InterruptedException;
    }

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
        return start(scratch, cleanup, Map.of(), HEAP_MIB);
    }

    /**
     * The same with other settings.
     *
     * @param settings lines of the configuration files
     * @param heapMib  heap of each process, in MiB
     */
    public static BenchCluster start(ScratchFolder scratch, Cleanup cleanup, Map<String, String> settings,
            long heapMib) throws IOException, InterruptedException {
        return new BenchCluster(LocalCluster.startAndAwaitLeader(scratch, NODES, settings, heapMib, LEADER_WITHIN,
                cluster -> own(cluster, cleanup)));
    }

    /** From before its first process. */
    private static void own(LocalCluster cluster, Cleanup cleanup) {
        try {
            cleanup.own(() -> cluster, LocalCluster::kill);
        } catch (RuntimeException stopping) {
            throw stopping;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The names of the nodes, in order. */
    public List<String> names() {
        return cluster.names();
    }

    /** Where a node listens, {@code host:port}. */
    public String address(String name) {
        return cluster.address(name);
    }

    /** Where a node keeps its data. */
    public Path dataFolder(String name) {
        return cluster.dataFolder(name);
    }

    /** The name of the leader. */
    public String leader() throws IOException, InterruptedException {
        return cluster.awaitLeader(LEADER_WITHIN);
    }

    /** The name of a node that follows the leader. */
    public String follower() throws IOException, InterruptedException {
        String leader = leader();
        return names().stream().filter(name -> !name.equals(leader)).findFirst().orElseThrow();
    }

    /** What a node says of itself now; nothing if it does not answer. */
    public MemberStatus status(String name) throws InterruptedException {
        return MemberStatus.askAll(List.of(address(name)), ANSWERS_WITHIN).getFirst();
    }

    /**
     * Asks a node until it says so.
     *
     * @param what what is waited for, in an error
     * @return what it said then
     * @throws CommandFailedException if it has not within ten minutes, or its process has ended
     */
    public MemberStatus await(String name, String what, Predicate<MemberStatus> isSo) throws InterruptedException {
        return awaitSight(name, what, () -> Optional.of(status(name))
                .filter(status -> status.isReachable() && isSo.test(status)));
    }

    /**
     * Looks until there is something to be seen; see {@link #await}.
     *
     * @param name whose process must not end meanwhile
     */
    public <T> T awaitSight(String name, String what, Sight<T> sight) throws InterruptedException {
        long beganNs = System.nanoTime();
        while (System.nanoTime() - beganNs < PATIENCE.toNanos()) {
            Optional<T> seen = sight.look();
            if (seen.isPresent()) {
                return seen.get();
            }
            requireAlive(name);
            Thread.sleep(POLL_MS);
        }
        throw CommandFailedException.failed(name + ": not within " + PATIENCE.toMinutes() + " minutes: " + what);
    }

    /** Stops a node as a service manager does, and waits for its end. */
    public void stop(String name) {
        cluster.node(name).terminate();
        if (!cluster.node(name).awaitEnd(ENDS_WITHIN)) {
            throw CommandFailedException.failed(name + " did not end within " + ENDS_WITHIN.toSeconds() + " s");
        }
    }

    /** Kills a node's process, and waits for its end. */
    public void kill(String name) {
        cluster.node(name).kill();
        if (!cluster.node(name).awaitEnd(ENDS_WITHIN)) {
            throw CommandFailedException.failed(name + " did not end within " + ENDS_WITHIN.toSeconds() + " s");
        }
    }

    /** Starts a node again that has ended; it is not ready yet. */
    public void restart(String name) throws IOException {
        cluster.restart(name);
    }

    /** Has a node's process stand still, until {@link #goOn}. */
    public void standStill(String name) throws IOException, InterruptedException {
        signal(name, "-STOP");
    }

    /** Has it go on. */
    public void goOn(String name) throws IOException, InterruptedException {
        signal(name, "-CONT");
    }

    private void signal(String name, String signal) throws IOException, InterruptedException {
        String pid = Long.toString(cluster.node(name).pid());
        if (new ProcessBuilder("kill", signal, pid).inheritIO().start().waitFor() != 0) {
            throw CommandFailedException.failed("kill " + signal + " of " + name + " failed");
        }
    }

    /** The last lines of a node's log. */
    public List<String> lastLines(String name, int count) {
        return cluster.node(name).lastLines(count);
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
        names().forEach(this::requireAlive);
    }

    /**
     * The same of one node.
     *
     * @throws CommandFailedException if it has ended, with its last lines
     */
    public void requireAlive(String name) {
        ChildNode node = cluster.node(name);
        if (!node.isAlive()) {
            throw CommandFailedException.failed(name + " ended with exit code " + node.exitCode()
                    + "; its last lines:\n  "
                    + String.join("\n  ", node.lastLines(LAST_LINES)));
        }
    }
}
