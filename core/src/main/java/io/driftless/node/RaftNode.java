package io.driftless.node;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import io.driftless.errors.LogException;
import io.driftless.errors.NodeStartException;
import io.driftless.errors.RecordingErrorSink;
import io.driftless.errors.UnrecoverableError;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import io.driftless.log.StorageFactory;
import io.driftless.machine.StateMachine;
import io.driftless.transport.TransportFactory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One server of a cluster in this process. Made by {@link #builder}, running from {@link Builder#start} to {@link
 * #close} or to an unrecoverable error. Thread safe; none of its methods makes the calling thread do the node's work.
 */
public final class RaftNode implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(5);

    /** So long a handler has to decide; then the node stops. */
    private static final Duration DECISION = Duration.ofSeconds(5);
    /** So long the end of a node waits until its listener has heard of it. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final NodeParts parts;
    private final Notices notices;
    /** Calls the embedder's handler, which may never return; there before a thread can be lacking. */
    private final Engine.Errands deciding;
    /** Those that enter by this node and are open. */
    private final Set<LocalClient> clients = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lifecycle = new ReentrantLock();
    private final CompletableFuture<NodeEnd> ended = new CompletableFuture<>();
    /** How it ended, from the moment when that was decided; written under the lock. */
    private volatile @Nullable NodeEnd end;
    /** Null only while the constructor is at work, or has failed. */
    private volatile NodeRun run;

    private RaftNode(NodeParts given) {
        String thread = "driftless-" + given.nodeId() + "-";
        this.notices = new Notices(given.listener(), given.errors().orElse(error -> { }),
                given.engine().standby(thread + "notices"));
        this.parts = given.told(notices);
        this.deciding = decidingThread(given.engine(), thread + "decision");
        // An unrecoverable error while it starts waits for what there is to end.
        lifecycle.lock();
        try {
            this.run = open(parts);
        } catch (Throwable refused) {
            deciding.close();
            notices.await(LAST_WORDS);
            notices.close();
            throw refused;
        } finally {
            lifecycle.unlock();
        }
    }

    private Engine.Errands decidingThread(Engine engine, String name) {
        try {
            return engine.standby(name);
        } catch (Throwable noThread) {
            notices.close();
            throw noThread;
        }
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
        return new NodeBuilder(clusterId, nodeId, members);
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

    /** What a builder has collected. */
    static NodeParts partsOf(Builder builder) {
        if (builder instanceof NodeBuilder node) {
            return node.parts();
        }
        throw new IllegalArgumentException("not a builder of RaftNode.builder: " + builder);
    }

    static RaftNode start(NodeParts parts) {
        try {
            return new RaftNode(parts);
        } catch (OutOfMemoryError noMemory) {
            if (EndCause.of(noMemory, EndCause.INVARIANT) != EndCause.OUT_OF_RESOURCES) {
                throw noMemory;
            }
            throw new NodeStartException(EndCause.OUT_OF_RESOURCES, "not started: " + ErrorEntry.messageOf(noMemory),
                    noMemory);
        }
    }

    private NodeRun open(NodeParts parts) {
        NodeRun opened = null;
        try {
            opened = new NodeRun(parts, parts.engine(), this::cannotGoOn);
            opened.start();
            parts.listener().ready();
            return opened;
        } catch (Throwable problem) {
            // Half a node would keep the port and the lock.
            if (opened != null) {
                opened.close(Duration.ZERO);
            }
            EndCause cause = EndCause.of(problem, EndCause.INVARIANT);
            if (problem instanceof LogException || cause == EndCause.OUT_OF_RESOURCES) {
                throw new NodeStartException(cause, ErrorEntry.messageOf(problem), problem);
            }
            throw problem;
        }
    }

    /**
     * What the node knows of itself. Waits at most a second for it; not at all once the node has ended: its role is
     * {@code stopped} then, or {@code failed}, and {@link NodeStatus#blocked} tells the cause.
     */
    public NodeStatus status() {
        NodeEnd over = end;
        if (over != null) {
            return run.endedStatus(over);
        }
        CompletableFuture<NodeStatus> answer = new CompletableFuture<>();
        run.ask(answer::complete);
        try {
            return answer.get(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            return run.lastStatus();
        } catch (ExecutionException | TimeoutException noAnswer) {
            return run.lastStatus();
        }
    }

    /** The newest 1,000 errors of this node, oldest first, also over restarts in place and after its end. */
    public List<ErrorEntry> errors() {
        return parts.recent().recent();
    }

    /** Forgets what {@link #errors} lists; files stay. */
    public void clearErrors() {
        parts.recent().clear();
    }

    /**
     * Waits until this node knows a leader; returns whether it does. A timeout of zero or less does not wait.
     */
    public boolean awaitLeader(Duration timeout) throws InterruptedException {
        return run.awaitLeader(timeout);
    }

    /** Completes when the node has ended: closed, or unrecoverable with its cause and exit code. */
    public CompletableFuture<NodeEnd> ended() {
        return ended.copy();
    }

    /** The address it listens on, {@code host:port}, with the port that was really bound. */
    public String address() {
        return run.address();
    }

    /** Where its data are, in words. */
    public String storageDescription() {
        return run.storageDescription();
    }

    /**
     * A client that enters the cluster through this node; commands go on to the leader if that is another one. Once
     * this node has ended, commands are rejected as {@code CLOSED} at once.
     */
    public RaftClient newClient() {
        // The node's own member address: what its peers name as the leader's when it leads.
        String own = parts.members().address(parts.nodeId());
        LocalClients transport = new LocalClients(own, (session, request) -> run.requestedHere(session, request),
                parts.transport().clients());
        StringBuilder addresses = new StringBuilder(own);
        for (String name : parts.members().names()) {
            if (!name.equals(parts.nodeId())) {
                addresses.append(',').append(parts.members().address(name));
            }
        }
        RaftClient client = RaftClient.connect(ClientConfig.builder(addresses.toString(), transport)
                .clusterId(parts.clusterId()).inFlightMax(parts.config().inFlightMax()).build());
        LocalClient local = new LocalClient(client, () -> run.isApplying(Thread.currentThread()), () -> end != null,
                clients::remove);
        clients.add(local);
        return local;
    }

    private void cannotGoOn(EndCause cause, ErrorEntry error) {
        NodeEnd how = new NodeEnd(cause, error.message());
        switch (decision(new UnrecoverableError(parts.nodeId(), cause, error))) {
            case STOP -> end(how, Duration.ZERO);
            case RESTART -> restart(how);
            case HALT -> {
                NodeRun failed = run;
                if (failed != null) {
                    failed.saveErrors();
                }
                notices.ended(how);
                notices.await(LAST_WORDS);
                Runtime.getRuntime().halt(cause.exitCode());
            }
        }
    }

    /** What the handler decides, on a thread that may hang; without a decision the node stops. */
    private Action decision(UnrecoverableError error) {
        CompletableFuture<Action> decision = new CompletableFuture<>();
        deciding.execute(() -> {
            Action decided = Action.STOP;
            try {
                decided = Objects.requireNonNull(parts.onUnrecoverable().decide(error));
            } finally {
                decision.complete(decided);
            }
        });
        Joining.await(DECISION, left -> {
            try {
                return decision.get(left, TimeUnit.NANOSECONDS) != null;
            } catch (ExecutionException | TimeoutException undecided) {
                return false;
            }
        });
        return decision.getNow(Action.STOP);
    }

    private void restart(NodeEnd failure) {
        NodeEnd how;
        lifecycle.lock();
        try {
            if (end != null || run == null) {
                return;
            }
            run.close(Duration.ZERO);
            if (run.isMachineClosed()) {
                run = open(parts.withoutAcceptedLoss());
                return;
            }
            // A second machine beside one that still applies would execute commands twice.
            how = failure;
        } catch (NodeStartException problem) {
            how = new NodeEnd(problem.endCause(), ErrorEntry.messageOf(problem));
        } catch (Throwable problem) {
            how = new NodeEnd(EndCause.of(problem, EndCause.INVARIANT), "restart: " + ErrorEntry.messageOf(problem));
        } finally {
            lifecycle.unlock();
        }
        end(how, Duration.ZERO);
    }

    private void end(NodeEnd how, Duration grace) {
        boolean isFirst;
        lifecycle.lock();
        try {
            isFirst = end == null;
            if (isFirst) {
                end = how;
            }
            if (run != null) {
                run.close(grace);
            }
        } finally {
            lifecycle.unlock();
        }
        if (isFirst) {
            tellEnd(how);
        }
    }

    /** What an embedder hangs on the end runs here: no lock is held any more, and nothing waits for it. */
    private void tellEnd(NodeEnd how) {
        // What still waits in them would look for a leader until its deadline.
        clients.forEach(LocalClient::close);
        notices.ended(how);
        notices.await(LAST_WORDS);
        notices.close();
        deciding.close();
        ended.complete(how);
    }

    /**
     * Stops accepting, answers what is in flight for at most 5 seconds, and closes everything. If the disk hangs, or
     * the state machine, it is waited for some seconds more; then they are left alone, and the storage stays locked
     * until the disk goes on. Idempotent.
     */
    @Override
    public void close() {
        end(new NodeEnd(EndCause.STOPPED, ""), GRACE);
    }

    /** Collects what a node is made of: factories, because a restart in place opens everything again. */
    public interface Builder {

        /** Where it keeps its data. Required. */
        Builder storage(StorageFactory factory);

        /** How it talks. Required. */
        Builder transport(TransportFactory factory);

        /** What it replicates. Required. */
        Builder stateMachine(Supplier<? extends StateMachine> machine);

        /** How it runs; defaults otherwise. */
        Builder config(NodeConfig config);

        /**
         * Who is told in words. Otherwise it goes to slf4j, as lines of the logger {@code io.driftless.node.RaftNode}:
         * roles at INFO, warnings at WARN, errors and an end that nobody asked for at ERROR.
         */
        Builder listener(NodeListener listener);

        /** Where unhandled errors go; otherwise into memory, then into the storage's file. */
        Builder errors(ErrorSink sink);

        /** Who decides after an unrecoverable error; otherwise {@link NodeConfig#onUnrecoverable} does. */
        Builder onUnrecoverable(UnrecoverableErrorHandler handler);

        /** Where its time, chance and threads come from, for tests that stop the clock; otherwise the real ones. */
        Builder engine(Engine engine);

        /**
         * Lets a server that is in doubt vote again without having caught up, at this one start: entries that it
         * acknowledged and that no other server has are given up. For a cluster in which so many are in doubt that
         * nobody can be elected; false otherwise (R18).
         */
        Builder acceptLoss(boolean accept);

        /**
         * Recovers and listens.
         *
         * @throws NodeStartException if it cannot start, with the cause
         * @throws IllegalStateException if something required is missing
         */
        RaftNode start();
    }

    /** The one builder. Confined to its caller. */
    private static final class NodeBuilder implements Builder {

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
        private Engine engine = Engine.ofThreads();
        private boolean acceptLoss;

        NodeBuilder(String clusterId, String nodeId, Members members) {
            this.clusterId = clusterId;
            this.nodeId = nodeId;
            this.members = members;
        }

        @Override
        public Builder storage(StorageFactory factory) {
            storage = Optional.of(factory);
            return this;
        }

        @Override
        public Builder transport(TransportFactory factory) {
            transport = Optional.of(factory);
            return this;
        }

        @Override
        public Builder stateMachine(Supplier<? extends StateMachine> supplier) {
            machine = Optional.of(supplier);
            return this;
        }

        @Override
        public Builder config(NodeConfig nodeConfig) {
            config = nodeConfig;
            return this;
        }

        @Override
        public Builder listener(NodeListener nodeListener) {
            listener = Optional.of(nodeListener);
            return this;
        }

        @Override
        public Builder errors(ErrorSink sink) {
            errors = Optional.of(sink);
            return this;
        }

        @Override
        public Builder onUnrecoverable(UnrecoverableErrorHandler unrecoverableHandler) {
            handler = Optional.of(unrecoverableHandler);
            return this;
        }

        @Override
        public Builder acceptLoss(boolean accept) {
            acceptLoss = accept;
            return this;
        }

        @Override
        public Builder engine(Engine nodeEngine) {
            engine = nodeEngine;
            return this;
        }

        @Override
        public RaftNode start() {
            return RaftNode.start(parts());
        }

        NodeParts parts() {
            Action unlessAsked = config.onUnrecoverable();
            return new NodeParts(clusterId, nodeId, members, config, required(storage, "storage"),
                    required(transport, "transport"),
                    required(machine, "stateMachine"), listener.orElseGet(() -> new LoggingListener(nodeId)), errors,
                    RecordingErrorSink.inMemory(), handler.orElse(error -> unlessAsked), acceptLoss, engine);
        }

        private static <T> T required(Optional<T> part, String name) {
            return part.orElseThrow(() -> new IllegalStateException("a node needs " + name + "(...)"));
        }
    }
}
