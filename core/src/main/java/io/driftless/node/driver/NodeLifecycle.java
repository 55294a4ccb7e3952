package io.driftless.node.driver;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.LogException;
import io.driftless.errors.NodeStartException;
import io.driftless.errors.UnrecoverableError;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import io.driftless.log.LogEntry;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.SnapshotOutcome.NotTaken;
import io.driftless.machine.SnapshotOutcome.Reason;
import io.driftless.machine.TransferOutcome.NotTransferred;
import io.driftless.machine.TransferOutcome;
import io.driftless.node.NodeEnd;
import io.driftless.node.NodeStatus;
import io.driftless.node.RaftNode;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientRequest;
import java.time.Duration;
import java.util.ArrayList;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RaftNode} is made of: one {@link NodeRun} after another, as the embedder's handler of
 * unrecoverable errors decides, until it ends; and what outlives a run, which is who is told, the local clients and the
 * newest errors. Thread safe.
 */
public final class NodeLifecycle implements AutoCloseable {

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
    /** Where they enter. */
    private final LocalClients entrance;
    /** Outlives a run: whoever waits while the node restarts in place hears of the next one's leader. */
    private final LeaderWatch leaders = new LeaderWatch();
    private final ReentrantLock lifecycle = new ReentrantLock();
    private final CompletableFuture<NodeEnd> ended = new CompletableFuture<>();
    /** What all are given until it ends: it would keep each copy that it makes. */
    private volatile CompletableFuture<NodeEnd> shownEnd = ended.copy();
    /** How it ended, from the moment when that was decided; written under the lock. */
    private volatile @Nullable NodeEnd end;
    /** Where the state machine failed last; guarded by the lock. */
    private ApplyQueue.@Nullable Suspects machineFailedAt;
    /** Whether a start was to mend what a run could not go on after, and none has yet; guarded by the lock. */
    private boolean isMending;
    /** Null only while the constructor is at work, or has failed. */
    private volatile NodeRun run;

    private NodeLifecycle(NodeParts given) {
        // By the node's own member address: what its peers name as the leader's when it leads.
        this.entrance = new LocalClients(given.members().address(given.nodeId()), this::requestedHere,
                given.transport().clients());
        this.notices = new Notices(given.listener(), given.errors().orElse(error -> { }),
                given.engine().standby(given.threadName("notices")));
        this.parts = given.told(notices);
        this.deciding = decidingThread(given.engine(), given.threadName("decision"));
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
     * Recovers and listens.
     *
     * @throws NodeStartException if it cannot start, with the cause
     */
    public static NodeLifecycle start(NodeParts parts) {
        try {
            return new NodeLifecycle(parts);
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
            opened = new NodeRun(parts, leaders.begin(), this::cannotGoOn);
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

    /** See {@link RaftNode#status}. */
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

    /** See {@link RaftNode#takeSnapshot}. */
    public SnapshotOutcome takeSnapshot(Duration timeout) throws InterruptedException {
        if (run.isApplying(Thread.currentThread())) {
            throw new IllegalStateException("a snapshot is waited for inside the state machine, which takes it");
        }
        if (end != null) {
            return new NotTaken(Reason.CLOSED, 0, "the node has ended");
        }
        Duration patience = patience(timeout);
        return NodeLifecycle.<SnapshotOutcome>answer(patience, asker -> run.takeSnapshot(patience, asker))
                .orElseGet(() -> new NotTaken(Reason.TIMEOUT, 0, "none within " + patience.toMillis()
                        + " ms; one may still come"));
    }

    /** See {@link RaftNode#transferLeadership}. */
    public TransferOutcome transferLeadership(String to, Duration timeout) throws InterruptedException {
        if (run.isApplying(Thread.currentThread())) {
            throw new IllegalStateException("leadership is handed over inside the state machine, which that waits for");
        }
        if (end != null) {
            return new NotTransferred(TransferOutcome.Reason.CLOSED, "the node has ended");
        }
        Duration patience = patience(timeout);
        ServerId target = new ServerId(to);
        return NodeLifecycle.<TransferOutcome>answer(patience, asker -> run.transferLeadership(target, patience, asker))
                .orElseGet(() -> new NotTransferred(TransferOutcome.Reason.TIMEOUT, "not within "
                        + patience.toMillis() + " ms; it may still be"));
    }

    /** So that no sum with the clock overflows. */
    private static Duration patience(Duration timeout) {
        return Duration.ofNanos(Math.clamp(TimeUnit.NANOSECONDS.convert(timeout), 0, TimeUnit.DAYS.toNanos(1)));
    }

    /** Asks, and waits for the answer; empty if none comes in time. */
    private static <T> Optional<T> answer(Duration patience, Consumer<Consumer<T>> question)
            throws InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        question.accept(answer::complete);
        try {
            return Optional.of(answer.get(patience.toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException | TimeoutException noAnswer) {
            return Optional.empty();
        }
    }

    /** See {@link RaftNode#errors}. */
    public List<ErrorEntry> errors() {
        return parts.recent().recent();
    }

    /** See {@link RaftNode#clearErrors}. */
    public void clearErrors() {
        parts.recent().clear();
    }

    /** See {@link RaftNode#awaitLeader}. */
    public boolean awaitLeader(Duration timeout) throws InterruptedException {
        return leaders.await(timeout);
    }

    /** See {@link RaftNode#ended}. */
    public CompletableFuture<NodeEnd> ended() {
        if (ended.isDone()) {
            return ended.copy();
        }
        if (shownEnd.isDone()) {
            // Somebody who was given it has completed or cancelled it.
            shownEnd = ended.copy();
        }
        return shownEnd;
    }

    /** See {@link RaftNode#address}. */
    public String address() {
        return run.address();
    }

    /** See {@link RaftNode#storageDescription}. */
    public String storageDescription() {
        return run.storageDescription();
    }

    /** See {@link RaftNode#newClient}. */
    public RaftClient newClient() {
        String own = parts.members().address(parts.nodeId());
        List<String> addresses = new ArrayList<>(List.of(own));
        for (String name : parts.members().names()) {
            if (!name.equals(parts.nodeId())) {
                addresses.add(parts.members().address(name));
            }
        }
        RaftClient client = RaftClient.connect(ClientConfig.builder(addresses, entrance)
                .clusterId(parts.clusterId()).inFlightMax(Math.min(parts.config().inFlightMax(),
                        LogEntry.DISTANCE_MAX)).build());
        LocalClient local = new LocalClient(client, () -> run.isApplying(Thread.currentThread()), () -> end != null,
                clients::remove);
        clients.add(local);
        return local;
    }

    private void requestedHere(ClientConnection connection, ClientRequest request) {
        run.requestedHere(connection, request);
    }

    private void cannotGoOn(EndCause cause, ErrorEntry error, boolean isMendedByStart) {
        boolean isInVain = isMendedByStart && isMendedInVain();
        NodeEnd how = new NodeEnd(cause, error.message() + (isInVain ? "; the one before was damaged, too" : ""));
        boolean isDecided = isMendedByStart && !isInVain;
        switch (isDecided ? Action.RESTART : decision(new UnrecoverableError(parts.nodeId(), cause, error))) {
            case STOP -> end(how, Duration.ZERO);
            case RESTART -> restart(how, isMendedByStart);
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

    /** Whether a start has mended the same, and the machine has had no state since. */
    private boolean isMendedInVain() {
        lifecycle.lock();
        try {
            return isMending && run != null && !run.hadState();
        } finally {
            lifecycle.unlock();
        }
    }

    private void restart(NodeEnd failure, boolean isMendedByStart) {
        NodeEnd how;
        lifecycle.lock();
        try {
            if (end != null || run == null) {
                return;
            }
            run.close(Duration.ZERO);
            entrance.breakAll("the node restarts");
            isMending = isMendedByStart || isMending && !run.hadState();
            // Not by the cause alone: the machine may have met a lack of resources, which it brings about itself.
            if ((run.hasMachineFailed() || failure.cause() == EndCause.STATE_MACHINE) && machineFailedAgain()) {
                how = new NodeEnd(failure.cause(), failure.detail()
                        + "; it failed there before the restart, too: the node is not restarted again");
            } else if (run.isMachineClosed()) {
                run = open(parts.withoutAcceptedLoss());
                return;
            } else {
                // A second machine beside one that still applies would execute commands twice.
                how = failure;
            }
        } catch (NodeStartException problem) {
            how = new NodeEnd(problem.endCause(), ErrorEntry.messageOf(problem));
        } catch (Throwable problem) {
            how = new NodeEnd(EndCause.of(problem, EndCause.INVARIANT), "restart: " + ErrorEntry.messageOf(problem));
        } finally {
            lifecycle.unlock();
        }
        end(how, Duration.ZERO);
    }

    /** Whether the machine failed there before. By who holds the lock, once each time. */
    private boolean machineFailedAgain() {
        ApplyQueue.Suspects before = machineFailedAt;
        // Not lastApplied: a start adds an entry, and a batch ends wherever it ends.
        ApplyQueue.Suspects now = run.suspects();
        machineFailedAt = now;
        return before != null && before.meet(now);
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
        entrance.end();
        notices.ended(how);
        notices.await(LAST_WORDS);
        notices.close();
        deciding.close();
        ended.complete(how);
    }

    /** See {@link RaftNode#close}. */
    @Override
    public void close() {
        end(new NodeEnd(EndCause.STOPPED, ""), GRACE);
    }

    /** Like {@link #close}, without waiting for what is under way. */
    void kill() {
        end(new NodeEnd(EndCause.STOPPED, ""), Duration.ZERO);
    }
}
