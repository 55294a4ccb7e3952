package io.driftless.node;

import io.driftless.client.RaftClient;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import io.driftless.errors.NodeStartException;
import io.driftless.errors.RecordingErrorSink;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import io.driftless.log.StorageFactory;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.TransferOutcome;
import io.driftless.machine.StateMachine;
import io.driftless.node.driver.Engine;
import io.driftless.node.driver.EngineAccess;
import io.driftless.node.driver.NodeLifecycle;
import io.driftless.node.driver.NodeParts;
import io.driftless.transport.TransportFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One server of a cluster in this process. It is made by {@link #builder} and runs from {@link Builder#start} until
 * {@link #close} or an unrecoverable error. Thread safe. No method makes the calling thread do the node's work.
 */
public final class RaftNode implements AutoCloseable {

    static {
        EngineAccess.lend(new EngineAccess.Lent() {
            @Override
            public NodeParts parts(Builder builder) {
                return builder.parts();
            }

            @Override
            public RaftNode node(NodeLifecycle started) {
                return new RaftNode(started);
            }
        });
    }

    private final NodeLifecycle lifecycle;

    private RaftNode(NodeLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    /**
     * Begins to build a node.
     *
     * @param clusterId name of the cluster, the same on every member
     * @param nodeId    name of this member
     * @param members   all members
     * @throws IllegalArgumentException if {@code nodeId} is not a member, or if either name would not be valid in a
     *         configuration file: 1 to 64 letters, digits or any of {@code . _ -}
     */
    public static Builder builder(String clusterId, String nodeId, Members members) {
        checkName(ConfigKey.CLUSTER_ID, clusterId);
        checkName(ConfigKey.NODE_ID, nodeId);
        members.address(nodeId);
        return new Builder(clusterId, nodeId, members);
    }

    /**
     * Begins to build a node whose identity and configuration come from a file. The storage must be told separately
     * where the data are.
     */
    public static Builder builder(NodeSettings settings) {
        return builder(settings.clusterId(), settings.nodeId(), settings.members()).config(settings.config());
    }

    private static void checkName(ConfigKey key, String name) {
        try {
            SettingsDraft.name(name);
        } catch (IllegalArgumentException problem) {
            throw new IllegalArgumentException(key.keyName() + ": " + problem.getMessage(), problem);
        }
    }

    /**
     * What the node knows about itself. Waits at most a second for the answer. Once the node has ended, it does not
     * wait: the role is then {@code stopped} or {@code failed}, and {@link NodeStatus#blocked} gives the cause.
     */
    public NodeStatus status() {
        return lifecycle.status();
    }

    /**
     * The newest 1,000 errors of this node, oldest first. They survive restarts in place and stay after the node has
     * ended.
     */
    public List<ErrorEntry> errors() {
        return lifecycle.errors();
    }

    /** Clears the list that {@link #errors} returns. Files stay. */
    public void clearErrors() {
        lifecycle.clearErrors();
    }

    /**
     * Waits until this node knows a leader, and returns whether it does. A timeout of zero or less does not wait.
     */
    public boolean awaitLeader(Duration timeout) throws InterruptedException {
        return lifecycle.awaitLeader(timeout);
    }

    /**
     * Takes a snapshot now, whatever {@link NodeConfig#snapshotTriggers} says, and waits until it is durable or
     * {@code timeout} is over; a snapshot may still come then. Commands go on meanwhile. If one is under way already,
     * another follows, unless nothing was applied since that one began.
     *
     * @return the snapshot, or why there is none; never an exception for what may go wrong
     * @throws InterruptedException if interrupted while it waits; a snapshot may still come
     * @throws IllegalStateException if called inside the state machine
     */
    public SnapshotOutcome takeSnapshot(Duration timeout) throws InterruptedException {
        return lifecycle.takeSnapshot(timeout);
    }

    /**
     * Hands leadership over to the voter that has most of the log, and waits until this node does not lead any more or
     * {@code timeout} is over. Commands that come meanwhile wait for a moment, and then go where the new leader is;
     * none is lost, nor is its outcome. {@link #close()} does this by itself.
     *
     * @return to whom, or why not; never an exception for what may go wrong
     * @throws InterruptedException if interrupted while it waits; leadership may still be handed over
     * @throws IllegalStateException if called inside the state machine
     */
    public TransferOutcome transferLeadership(Duration timeout) throws InterruptedException {
        return lifecycle.transferLeadership("", timeout);
    }

    /**
     * Like {@link #transferLeadership(Duration)}, to the member of that name.
     */
    public TransferOutcome transferLeadership(String to, Duration timeout) throws InterruptedException {
        return lifecycle.transferLeadership(to, timeout);
    }

    /**
     * Completes when the node has ended: because it was closed, or by an unrecoverable error, with its cause and exit
     * code. Until then all callers are given the same future. So give a {@code copy()} of it a time-out.
     */
    public CompletableFuture<NodeEnd> ended() {
        return lifecycle.ended();
    }

    /** The address that the node listens on, {@code host:port}, with the port that was actually bound. */
    public String address() {
        return lifecycle.address();
    }

    /** Describes in words where the node keeps its data. */
    public String storageDescription() {
        return lifecycle.storageDescription();
    }

    /**
     * A client that reaches the cluster through this node. If another node leads, commands go on to that one. Once this
     * node has ended, commands are rejected as {@code CLOSED} at once.
     */
    public RaftClient newClient() {
        return lifecycle.newClient();
    }

    /**
     * Stops accepting, spends at most 5 seconds on answering what is in flight, and closes everything. If the disk or
     * the state machine hangs, close waits some seconds more for it and then leaves it alone. The storage then stays
     * locked until the disk responds again. Idempotent.
     */
    @Override
    public void close() {
        lifecycle.close();
    }

    /**
     * Collects the parts of a node. They are factories, because a restart in place opens everything again. Not thread
     * safe.
     */
    public static final class Builder {

        private final String clusterId;
        private final String nodeId;
        private final Members members;
        private Optional<StorageFactory> storage = Optional.empty();
        private Optional<TransportFactory> transport = Optional.empty();
        private Optional<Supplier<? extends StateMachine>> machine = Optional.empty();
        private NodeConfig config = NodeConfig.builder().build();
        private Optional<NodeListener> listener = Optional.empty();
        private Optional<ErrorSink> errors = Optional.empty();
        private Optional<UnrecoverableErrorHandler> handler = Optional.empty();
        private boolean acceptLoss;

        private Builder(String clusterId, String nodeId, Members members) {
            this.clusterId = clusterId;
            this.nodeId = nodeId;
            this.members = members;
        }

        /** Where the node keeps its data. Required. */
        public Builder storage(StorageFactory factory) {
            storage = Optional.of(factory);
            return this;
        }

        /** How the node communicates. Required. */
        public Builder transport(TransportFactory factory) {
            transport = Optional.of(factory);
            return this;
        }

        /** What the node replicates. Required. */
        public Builder stateMachine(Supplier<? extends StateMachine> supplier) {
            machine = Optional.of(supplier);
            return this;
        }

        /** How the node runs. Without this, the defaults hold. */
        public Builder config(NodeConfig nodeConfig) {
            config = nodeConfig;
            return this;
        }

        /**
         * Who is told in words what happens. Without this, it goes to slf4j, as lines of the logger
         * {@code io.driftless.node.RaftNode}: roles at INFO, warnings at WARN, errors and an end that nobody asked for
         * at ERROR.
         */
        public Builder listener(NodeListener nodeListener) {
            listener = Optional.of(nodeListener);
            return this;
        }

        /** Where unhandled errors go. Without this, they go into memory, then into the storage's file. */
        public Builder errors(ErrorSink sink) {
            errors = Optional.of(sink);
            return this;
        }

        /**
         * Who decides what to do after an unrecoverable error. Without this, {@link NodeConfig#onUnrecoverable} does.
         */
        public Builder onUnrecoverable(UnrecoverableErrorHandler unrecoverableHandler) {
            handler = Optional.of(unrecoverableHandler);
            return this;
        }

        /**
         * Lets a server that is in doubt vote again at this one start, without having caught up. Entries that it
         * acknowledged and that no other server has are given up. This is for a cluster in which so many servers are in
         * doubt that none can be elected. The default is false (R18).
         */
        public Builder acceptLoss(boolean accept) {
            acceptLoss = accept;
            return this;
        }

        /**
         * Starts the node: it recovers and listens.
         *
         * @throws NodeStartException if the node cannot start, with the cause
         * @throws IllegalStateException if something required is missing
         */
        public RaftNode start() {
            return new RaftNode(NodeLifecycle.start(parts()));
        }

        private NodeParts parts() {
            Action unlessAsked = config.onUnrecoverable();
            return new NodeParts(clusterId, nodeId, members, config, required(storage, "storage"),
                    required(transport, "transport"),
                    required(machine, "stateMachine"), listener.orElseGet(() -> new LoggingListener(nodeId)), errors,
                    RecordingErrorSink.inMemory(), handler.orElse(error -> unlessAsked), acceptLoss,
                    Engine.ofThreads());
        }

        private static <T> T required(Optional<T> part, String name) {
            return part.orElseThrow(() -> new IllegalStateException("a node needs " + name + "(...)"));
        }
    }
}
