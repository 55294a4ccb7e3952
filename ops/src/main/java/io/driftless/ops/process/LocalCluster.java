package io.driftless.ops.process;

import io.driftless.errors.EndCause;
import io.driftless.ops.cluster.ClusterStatus;
import io.driftless.ops.cluster.MemberStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Several nodes as processes on this machine, listening on loopback, with everything they write below one scratch
 * folder. Thread safe.
 */
public final class LocalCluster implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration ASK = Duration.ofSeconds(2);
    private static final Duration STOP = Duration.ofSeconds(12);
    private static final int PORT_ATTEMPTS = 5;

    private final ScratchFolder scratch;
    private final long heapMib;
    private final SortedMap<String, String> addresses = new TreeMap<>();
    private final SortedMap<String, ChildNode> children = new TreeMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    private LocalCluster(ScratchFolder scratch, long heapMib) {
        this.scratch = scratch;
        this.heapMib = heapMib;
    }

    /**
     * Starts nodes {@code n1, n2, ...} and waits until one leads; again with other ports if one was taken at the last
     * moment.
     *
     * @param settings more lines of their configuration files
     * @param heapMib  heap of each, in MiB
     * @param owner    learns of each cluster before its first process starts, so that it can end it at any time
     * @throws IOException if no leader is there within {@code timeout}, with the last lines of what the nodes wrote
     */
    public static LocalCluster startAndAwaitLeader(ScratchFolder scratch, int nodes, Map<String, String> settings,
            long heapMib, Duration timeout, Consumer<LocalCluster> owner)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            LocalCluster cluster = new LocalCluster(scratch, heapMib);
            owner.accept(cluster);
            cluster.startAll(nodes, settings);
            try {
                cluster.awaitLeader(timeout);
                return cluster;
            } catch (IOException | InterruptedException failed) {
                boolean portTaken = cluster.children.values().stream()
                        .anyMatch(child -> !child.isAlive() && child.exitCode() == EndCause.PORT_IN_USE.exitCode());
                cluster.close();
                if (!portTaken || attempt == PORT_ATTEMPTS || failed instanceof InterruptedException) {
                    throw failed;
                }
            }
        }
    }

    private void startAll(int nodes, Map<String, String> settings) throws IOException {
        List<Integer> ports = LoopbackPorts.free(nodes);
        for (int i = 0; i < nodes; i++) {
            addresses.put("n" + (i + 1), "127.0.0.1:" + ports.get(i));
        }
        try {
            for (String name : addresses.keySet()) {
                configure(name, settings);
                restart(name);
            }
        } catch (IOException | RuntimeException failed) {
            close();
            throw failed;
        }
    }

    private void configure(String name, Map<String, String> settings) throws IOException {
        StringBuilder members = new StringBuilder();
        addresses.forEach((id, address) -> members.append(members.isEmpty() ? "" : ",").append(id).append('=')
                .append(address));
        StringBuilder file = new StringBuilder("cluster.id=local\ncluster.members=" + members + "\nnode.id=" + name
                + "\ndata.dir="
                + dataFolder(name).toString().replace("\\", "\\\\") + "\n");
        settings.forEach((key, value) -> file.append(key).append('=').append(value).append('\n'));
        Files.writeString(configFile(name), file, StandardCharsets.UTF_8);
    }

    /** The names of the nodes, in order. */
    public List<String> names() {
        return List.copyOf(addresses.keySet());
    }

    /** Where a node listens, {@code host:port}. */
    public String address(String name) {
        return Optional.ofNullable(addresses.get(name)).orElseThrow(() ->
                new IllegalArgumentException("no node " + name));
    }

    /** All addresses, separated by commas, as {@code --cluster} takes them. */
    public String addresses() {
        return String.join(",", addresses.values());
    }

    /** Where a node keeps its data. */
    public Path dataFolder(String name) {
        return scratch.path().resolve(name);
    }

    /** The configuration file of a node. */
    public Path configFile(String name) {
        return scratch.path().resolve(name + ".properties");
    }

    /** The process of a node, running or ended. */
    public ChildNode node(String name) {
        lock.lock();
        try {
            return Optional.ofNullable(children.get(name)).orElseThrow(() ->
                    new IllegalArgumentException("no node " + name));
        } finally {
            lock.unlock();
        }
    }

    /** Starts a node's process, which must not be running; it is not ready yet. */
    public void restart(String name) throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("the cluster is closed");
            }
            ChildNode old = children.get(name);
            if (old != null && old.isAlive()) {
                throw new IllegalStateException(name + " is running");
            }
            children.put(name, ChildNode.start(name, configFile(name), scratch.path().resolve(name + ".log"), scratch,
                    heapMib));
        } finally {
            lock.unlock();
        }
    }

    /** What the nodes say of themselves. */
    public ClusterStatus status() throws InterruptedException {
        return new ClusterStatus(MemberStatus.askAll(List.copyOf(addresses.values()), ASK));
    }

    /**
     * Waits until a node leads.
     *
     * @return its name
     * @throws IOException if none does within {@code timeout}, or a process has ended
     */
    public String awaitLeader(Duration timeout) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        while (true) {
            Optional<MemberStatus> leader = status().leader();
            if (leader.isPresent()) {
                return leader.get().text("node");
            }
            for (String name : names()) {
                if (!node(name).isAlive()) {
                    throw new IOException(name + " ended with exit code " + node(name).exitCode() + lastWords(name));
                }
            }
            if (System.nanoTime() > deadlineNs) {
                throw new IOException("no leader within " + timeout.toSeconds() + " s" + lastWords(names().getFirst()));
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }

    private String lastWords(String name) {
        return "; its last lines:\n  " + String.join("\n  ", node(name).lastLines(5));
    }

    /**
     * SIGTERM to all, SIGKILL to those that are still there after twelve seconds. Idempotent. The scratch folder stays.
     */
    @Override
    public void close() {
        for (ChildNode child : shut()) {
            child.terminate();
        }
        long deadlineNs = System.nanoTime() + STOP.toNanos();
        for (ChildNode child : shut()) {
            if (!child.awaitEnd(Duration.ofNanos(Math.max(1, deadlineNs - System.nanoTime())))) {
                child.kill();
            }
        }
    }

    /** SIGKILL to all, for data that nobody needs any more. Idempotent. */
    public void kill() {
        shut().forEach(ChildNode::kill);
    }

    private List<ChildNode> shut() {
        lock.lock();
        try {
            closed = true;
            return new ArrayList<>(children.values());
        } finally {
            lock.unlock();
        }
    }
}
