package io.driftless.testkit;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.LogClosedException;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeListener;
import io.driftless.node.NodeRole;
import io.driftless.node.NodeStatus;
import io.driftless.node.RaftNode;
import io.driftless.node.driver.Engine;
import io.driftless.node.driver.EngineAccess;
import io.driftless.raft.HardState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A whole cluster in one JVM, for users' tests. The nodes and their threads are real; the logs and the network are in
 * memory. Not thread safe: one test drives it.
 */
public final class InMemoryCluster implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LEAVING = Duration.ofSeconds(10);

    private final Members members;
    private final Supplier<? extends StateMachine> machine;
    private final NodeConfig config;
    private final UnrecoverableErrorHandler handler;
    private final EventGate gate = new EventGate();
    private final InMemoryNetwork network = new InMemoryNetwork(gate);
    /** All platform threads of the nodes are born into it, and those that their state machines start. */
    private final ThreadGroup threads = new ThreadGroup("in-memory-cluster");
    private final SortedMap<String, InMemoryStorage> disks = new TreeMap<>();
    private final SortedMap<String, RaftNode> nodes = new TreeMap<>();
    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());

    private InMemoryCluster(Members members, Supplier<? extends StateMachine> machine, NodeConfig config,
            UnrecoverableErrorHandler handler) {
        this.members = members;
        this.machine = machine;
        this.config = config;
        this.handler = handler;
        for (String name : members.names()) {
            InMemoryStorage disk = new InMemoryStorage();
            disk.tell(new MemoryDisk.Told() {
                @Override
                public void logSynced(long lastIndex) {
                    goOn(new ClusterEvent.LogSynced(name, lastIndex));
                }

                @Override
                public void hardStateSynced(HardState state) {
                    goOn(new ClusterEvent.HardStateSynced(name, state.currentTerm(), state.votedFor().value()));
                }

                private void goOn(ClusterEvent event) {
                    if (!gate.pass(event)) {
                        throw new LogClosedException(name + " was killed");
                    }
                }
            });
            disks.put(name, disk);
            restart(name);
        }
    }

    /** Starts a cluster of {@code size} voters named n1, n2 and so on, each with a state machine of its own. */
    public static InMemoryCluster of(int size, Supplier<? extends StateMachine> machine) {
        return of(size, machine, NodeConfig.builder().build(), UnrecoverableErrorHandler.STOP);
    }

    /** Starts such a cluster with a configuration, and a handler of unrecoverable errors. */
    public static InMemoryCluster of(int size, Supplier<? extends StateMachine> machine, NodeConfig config,
            UnrecoverableErrorHandler handler) {
        String text = IntStream.rangeClosed(1, size).mapToObj(i -> "n" + i + "=memory-" + i + ":1")
                .collect(Collectors.joining(","));
        return of(Members.parse(text), machine, config, handler);
    }

    /** Starts such a cluster with the given members, whose addresses are only names. */
    public static InMemoryCluster of(Members members, Supplier<? extends StateMachine> machine, NodeConfig config,
            UnrecoverableErrorHandler handler) {
        return new InMemoryCluster(members, machine, config, handler);
    }

    /** The names of the members, in order. */
    public List<String> names() {
        return List.copyOf(disks.keySet());
    }

    /** A running node. */
    public RaftNode node(String name) {
        RaftNode node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException(name + " does not run; running are " + nodes.keySet());
        }
        return node;
    }

    /** What a node keeps on disk, available even while the node does not run. */
    public InMemoryStorage disk(String name) {
        return disks.get(name);
    }

    /** The network between the nodes. */
    public InMemoryNetwork network() {
        return network;
    }

    /** What the nodes have reported, each line with the node's name in front. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** The name of the leader. Waits until one node leads and a majority of the running nodes follows it. */
    public String leader() {
        String[] found = {""};
        await("a leader", () -> {
            found[0] = "";
            for (RaftNode node : nodes.values()) {
                NodeStatus status = node.status();
                if (status.role() == NodeRole.LEADER) {
                    found[0] = status.node();
                }
            }
            String leader = found[0];
            long followers = nodes.values().stream()
                    .filter(node -> node.status().leader().equals(Optional.of(leader))).count();
            return !leader.isEmpty() && followers > nodes.size() / 2;
        });
        return found[0];
    }

    /** The names of the running nodes that do not lead, after a leader was found. */
    public List<String> followers() {
        String leader = leader();
        return nodes.keySet().stream().filter(name -> !name.equals(leader)).toList();
    }

    /** A new client that reaches the cluster over the network. The caller must close it. */
    public RaftClient client() {
        String addresses = members.names().stream().map(members::address).collect(Collectors.joining(","));
        return RaftClient.connect(ClientConfig.builder(addresses, network.clients()).build());
    }

    /** Ends a node as SIGKILL would. What it had written stays, synced or not. */
    public void kill(String name) {
        node(name);
        disks.get(name).kill();
        end(name, "killed", true);
    }

    /** Ends a node as a power failure would. What it had not synced is lost. */
    public void powerCut(String name) {
        node(name);
        disks.get(name).powerCut();
        end(name, "power cut", true);
    }

    /** Closes a node in the normal way. */
    public void stop(String name) {
        end(name, "stopped", false);
    }

    private void end(String name, String how, boolean atOnce) {
        RaftNode node = node(name);
        gate.note(new ClusterEvent.Ended(name, how));
        gate.ends(name, atOnce);
        if (atOnce) {
            EngineAccess.kill(node);
        } else {
            node.close();
        }
        nodes.remove(name);
    }

    /** Starts a node that does not run, on the data that it kept. */
    public void restart(String name) {
        if (nodes.containsKey(name)) {
            throw new IllegalArgumentException(name + " runs");
        }
        gate.lives(name);
        RaftNode.Builder builder = RaftNode.builder("in-memory", name, members).config(config).storage(disks.get(name))
                .transport(network.factory()).stateMachine(() -> GatedMachine.of(machine.get(), name, gate))
                .onUnrecoverable(handler).listener(new Listener(name));
        RaftNode node = startedIn(threads, builder, new GatedEngine(name, Engine.ofThreads(), gate));
        nodes.put(name, node);
        gate.note(new ClusterEvent.Started(name, node.status().boot()));
    }

    /** Threads are born into the group of the thread that starts them. */
    private static RaftNode startedIn(ThreadGroup group, RaftNode.Builder builder, Engine engine) {
        CompletableFuture<RaftNode> started = new CompletableFuture<>();
        new Thread(group, () -> {
            try {
                started.complete(EngineAccess.start(builder, engine));
            } catch (RuntimeException | Error problem) {
                started.completeExceptionally(problem);
            }
        }, "in-memory-start").start();
        try {
            return started.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException problem ? problem : failed;
        }
    }

    /** Hears what a node says. */
    private final class Listener implements NodeListener {

        private final String name;

        Listener(String name) {
            this.name = name;
        }

        @Override
        public void info(String message) {
            notes.add(name + " " + message);
        }

        @Override
        public void warning(String message) {
            notes.add(name + " WARNING " + message);
        }
    }

    /**
     * Makes the cluster stand still at the first event from now on for which {@code predicate} holds. Until
     * {@link Pause#resume}, no message is received, no node is told of a write, no result leaves, and the nodes' clock
     * stands still, so that a test can look around or end nodes. Clients' timeouts go on. There can be only one pause
     * at a time.
     *
     * @param predicate must look only at the event; called on the nodes' threads, one at a time
     * @throws IllegalStateException if an earlier pause was not resumed
     */
    public Pause pauseWhen(Predicate<? super ClusterEvent> predicate) {
        return gate.pauseWhen(predicate);
    }

    /** Cuts a node off from the others. */
    public void partition(String name) {
        network.isolate(name);
    }

    /** Ends all partitions. */
    public void heal() {
        network.heal();
    }

    /** Waits until all running nodes have applied as much as the most advanced one has committed. */
    public void awaitAllApplied() {
        await("all nodes to have applied everything", () -> {
            long committed = nodes.values().stream().mapToLong(node -> node.status().commitIndex()).max().orElse(0);
            return nodes.values().stream().allMatch(node -> node.status().lastApplied() >= committed);
        });
    }

    /** Waits until the condition holds, for at most a minute. */
    public void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited " + PATIENCE.toSeconds() + " s for " + what + "; " + nodes.values()
                        .stream()
                        .map(node -> node.status().toString()).collect(Collectors.joining("; ")));
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    /**
     * Closes all nodes, even while the cluster stands still.
     *
     * @throws AssertionError if threads that a node or its state machine has started are still there
     */
    @Override
    public void close() {
        gate.open();
        nodes.values().forEach(RaftNode::close);
        nodes.clear();
        long end = System.nanoTime() + LEAVING.toNanos();
        while (threads.activeCount() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        Thread[] left = new Thread[threads.activeCount()];
        List<String> names = Stream.of(left).limit(threads.enumerate(left)).map(Thread::getName).sorted().toList();
        if (!names.isEmpty()) {
            throw new AssertionError("threads are left after all nodes were closed: " + names);
        }
    }
}
