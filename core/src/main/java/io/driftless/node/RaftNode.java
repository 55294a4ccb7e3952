package io.driftless.node;

import io.driftless.client.RaftClient;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import io.driftless.errors.NodeStartException;
import io.driftless.errors.RecordingErrorSink;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import io.driftless.log.StorageFactory;
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
 * One server of a cluster in this process. Made by {@link #builder}, running from {@link Builder#start} to {@link
 * #close} or to an unrecoverable error. Thread safe; none of its methods makes the calling thread do the node's work.
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
     * Begins a node.
     *
     * @param clusterId name of the cluster, the same on every member
     * @param nodeId    name of this member
     * @param members   all members
     * @throws IllegalArgumentException if {@code nodeId} is not a member, or one of the names is not one that a
     *         configuration file may have: 1 to 64 letters, digits or any of {@code . _ -}
     */
    public static Builder builder(String clusterId, String nodeId, Members members) {
        checkName(ConfigKey.CLUSTER_ID, clusterId);
        checkName(ConfigKey.NODE_ID, nodeId);
        members.address(nodeId);
        return new Builder(clusterId, nodeId, members);
    }

    /** Begins a node of which a file says who it is and how it runs; where its data are is the storage's to be told. */
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
     * What the node knows of itself. Waits at most a second for it; not at all once the node has ended: its role is
     * {@code stopped} then, or {@code failed}, and {@link NodeStatus#blocked} tells the cause.
     */
    public NodeStatus status() {
        return lifecycle.status();
    }

    /** The newest 1,000 errors of this node, oldest first, also over restarts in place and after its end. */
    public List<ErrorEntry> errors() {
        return lifecycle.errors();
    }

    /** Forgets what {@link #errors} lists; files stay. */
    public void clearErrors() {
        lifecycle.clearErrors();
    }

    /**
     * Waits until this node knows a leader; returns whether it does. A timeout of zero or less does not wait.
     */
    public boolean awaitLeader(Duration timeout) throws InterruptedException {
        return lifecycle.awaitLeader(timeout);
    }

    /** Completes when the node has ended: closed, or unrecoverable with its cause and exit code. */
    public CompletableFuture<NodeEnd> ended() {
        return lifecycle.ended();
    }

    /** The address it listens on, {@code host:port}, with the port that was really bound. */
    public String address() {
        return lifecycle.address();
    }

    /** Where its data are, in words. */
    public String storageDescription() {
        return lifecycle.storageDescription();
    }

    /**
     * A client that enters the cluster through this node; commands go on to the leader if that is another one. Once
     * this node has ended, commands are rejected as {@code CLOSED} at once.
     */
    public RaftClient newClient() {
        return lifecycle.newClient();
    }

    /**
     * Stops accepting, answers what is in flight for at most 5 seconds, and closes everything. If the disk hangs, or
     * the state machine, it is waited for some seconds more; then they are left alone, and the storage stays locked
     * until the disk goes on. Idempotent.
     */
    @Override
    public void close() {
        lifecycle.close();
    }

    /**
     * Collects what a node is made of: factories, because a restart in place opens everything again. Not thread safe.
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

        /** Where it keeps its data. Required. */
        public Builder storage(StorageFactory factory) {
            storage = Optional.of(factory);
            return this;
        }

        /** How it talks. Required. */
        public Builder transport(TransportFactory factory) {
            transport = Optional.of(factory);
            return this;
        }

        /** What it replicates. Required. */
        public Builder stateMachine(Supplier<? extends StateMachine> supplier) {
            machine = Optional.of(supplier);
            return this;
        }

        /** How it runs; defaults otherwise. */
        public Builder config(NodeConfig nodeConfig) {
            config = nodeConfig;
            return this;
        }

        /**
         * Who is told in words. Otherwise it goes to slf4j, as lines of the logger {@code io.driftless.node.RaftNode}:
         * roles at INFO, warnings at WARN, errors and an end that nobody asked for at ERROR.
         */
        public Builder listener(NodeListener nodeListener) {
            listener = Optional.of(nodeListener);
            return this;
        }

        /** Where unhandled errors go; otherwise into memory, then into the storage's file. */
        public Builder errors(ErrorSink sink) {
            errors = Optional.of(sink);
            return this;
        }

        /** Who decides after an unrecoverable error; otherwise {@link NodeConfig#onUnrecoverable} does. */
        public Builder onUnrecoverable(UnrecoverableErrorHandler unrecoverableHandler) {
            handler = Optional.of(unrecoverableHandler);
            return this;
        }

        /**
         * Lets a server that is in doubt vote again without having caught up, at this one start: entries that it
         * acknowledged and that no other server has are given up. For a cluster in which so many are in doubt that
         * nobody can be elected; false otherwise (R18).
         */
        public Builder acceptLoss(boolean accept) {
            acceptLoss = accept;
            return this;
        }

        /**
         * Recovers and listens.
         *
         * @throws NodeStartException if it cannot start, with the cause
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
