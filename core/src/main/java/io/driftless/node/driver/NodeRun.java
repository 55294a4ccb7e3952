package io.driftless.node.driver;

import io.driftless.errors.ErrorEntry;
import io.driftless.errors.NodeStartException;
import io.driftless.machine.SessionRows;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.TransferOutcome;
import io.driftless.node.NodeEnd;
import io.driftless.node.NodeStatus;
import io.driftless.node.RaftNode;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Event;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.Peer;
import io.driftless.transport.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One run of a node, from opening its storage to closing it: it starts the parts of an {@link Assembly}, receives what
 * the transport's threads bring, and closes. A restart in place is a new run. Thread safe.
 */
final class NodeRun implements Receiver {

    /** How long closing waits in all for deliveries, and for the storage, while the disk hangs. */
    private static final long CLOSING_NS = 5_000_000_000L;
    /** How long clients get to take their last answers. */
    private static final Duration DRAINING = Duration.ofSeconds(1);
    /** How long a leader that closes waits for its successor: with what follows it, a process has about ten seconds. */
    private static final Duration HANDING_OVER = Duration.ofSeconds(2);
    /** Machine and storage get this much each, also behind something that took all of the time. */
    private static final long AT_LEAST_NS = 1_000_000_000L;

    private final NodeParts parts;
    private final Assembly made;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final boolean beganWithState;
    private volatile boolean machineClosed;

    /**
     * Opens what it needs.
     *
     * @param leaders hears of the leader
     * @param ending  is told, once, that it cannot go on
     * @throws NodeStartException if, among others, the state machine throws
     */
    NodeRun(NodeParts parts, LeaderWatch.Run leaders, NodeErrors.Ending ending) {
        this.parts = parts;
        this.made = assembled(parts, leaders, ending);
        this.beganWithState = made.apply.applied() >= made.storage.log().firstIndex() - 1;
    }

    private static Assembly assembled(NodeParts parts, LeaderWatch.Run leaders, NodeErrors.Ending ending) {
        try {
            return new Assembly(parts, leaders, ending);
        } catch (MachineCalls.Failed failed) {
            throw new NodeStartException(Failures.ofMachine(failed), ErrorEntry.messageOf(failed), failed);
        }
    }

    /** Starts threads and transport. */
    void start() {
        made.disk.start();
        made.apply.start();
        made.alarm.start();
        made.loop.start();
        made.transport.start(this);
    }

    String address() {
        return made.transport.address();
    }

    String storageDescription() {
        return made.storage.description();
    }

    // ---- Receiver. Thread: the transport's

    @Override
    public void connected(Peer peer) {
        made.situation.connected(peer.id(), made.clock.nowNs());
        made.greeting.met(peer).ifPresent(parts.listener()::warning);
        lanesTo(peer).forEach(lane -> lane.stands(peer.connection()));
        made.loop.bring(new Input.Connected(peer), Leisure.APPLY);
    }

    @Override
    public void disconnected(Peer peer) {
        lanesTo(peer).forEach(SendLane::gone);
        made.situation.disconnected(peer.id(), made.clock.nowNs());
        made.loop.bring(new Input.ForCore(new Event.PeerDisconnected(peer.id())), Leisure.APPLY);
    }

    @Override
    public void gone(Peer peer) {
        made.loop.bring(new Input.ForCore(new Event.PeerGone(peer.id(), peer.introduction().run())), Leisure.APPLY);
    }

    private Iterable<SendLane> lanesTo(Peer peer) {
        return made.lanes.getOrDefault(peer.id(), Map.of()).values();
    }

    @Override
    public void received(Peer peer, Lane lane, List<Message> messages, long arrivedNs) {
        long atNs = made.clock.at(arrivedNs);
        made.situation.heard(peer.id(), atNs);
        List<Input> inputs = new ArrayList<>(messages.size());
        for (Message message : messages) {
            inputs.add(new Input.ForCore(new Event.Received(peer.id(), peer.introduction().incarnation(),
                    peer.introduction().run(), lane, message, atNs)));
        }
        // A leader's data reader brings acknowledgements: it must not wait for the disk itself.
        made.loop.bring(inputs, lane == Lane.DATA && !made.loop.leads() ? Leisure.WRITE : Leisure.APPLY);
    }

    @Override
    public void requested(ClientConnection connection, List<ClientRequest> requests) {
        made.door.requested(connection, requests);
    }

    // ---- Thread: any

    /** A request of a client in this process: its thread only queues. */
    void requestedHere(ClientConnection connection, ClientRequest request) {
        made.door.requestedHere(connection, request);
    }

    /** Whether the thread is inside the state machine. */
    boolean isApplying(Thread thread) {
        return made.apply.isApplying(thread);
    }

    /** Whether its state machine failed while something was applied to it, or while it was asked about that. */
    boolean hasMachineFailed() {
        return made.apply.hasMachineFailed();
    }

    /** Where its state machine failed, if it did. */
    ApplyQueue.Suspects suspects() {
        ApplyQueue.Suspects ofView = made.snapshots.taker.suspects();
        return ofView != null ? ofView : made.apply.suspects();
    }

    /** Whether its state machine ever had a state that the log goes on from: at its beginning, or restored since. */
    boolean hadState() {
        return beganWithState || made.apply.hasRestored();
    }

    /** The last index applied. */
    long applied() {
        return made.apply.applied();
    }

    /** The last answer, for when the core gives none any more. */
    NodeStatus lastStatus() {
        return made.status.last();
    }

    /** How it was when it ended. */
    NodeStatus endedStatus(NodeEnd end) {
        return made.status.ended(end);
    }

    /** Asks the core, from a thread that must not own it. */
    void ask(Consumer<NodeStatus> answer) {
        made.apply.refreshGauges();
        made.loop.bringAndHandOver(new Input.Ask(core -> answer.accept(made.status.of(core))));
    }

    /** Shows the core as it is, on a thread that may own it. */
    void look(Consumer<CoreStatus> eye) {
        made.loop.bring(new Input.Ask(eye), Leisure.APPLY);
    }

    /** The rows of the session table, as of that index; empty while an entry is being applied. */
    Optional<SessionRows> sessions() {
        return made.state.rowsAt(made.apply.applied());
    }

    /** Has a snapshot taken soon; see {@link SnapshotTaker#ask}. */
    void takeSnapshot(Duration timeout, Consumer<SnapshotOutcome> asker) {
        made.snapshots.taker.ask(timeout.toNanos(), asker);
    }

    /** Has leadership handed over; see {@link RaftNode#transferLeadership}. */
    void transferLeadership(ServerId to, Duration timeout, Consumer<TransferOutcome> asker) {
        made.loop.bringAndHandOver(new Input.Transfer(to, made.clock.nowNs() + timeout.toNanos(), asker));
    }

    /**
     * A leader that closes does not leave the others without one (R26). Its own vote may be the one that is lacking,
     * and leaves only while this run lasts: so it stays until it hears of the new leader.
     */
    private void handOver() {
        if (made.loop.leads()) {
            Duration catchUp = parts.config().electionTimeoutMax();
            CompletableFuture<TransferOutcome> outcome = new CompletableFuture<>();
            transferLeadership(ServerId.NONE, catchUp.compareTo(HANDING_OVER) < 0 ? catchUp : HANDING_OVER,
                    outcome::complete);
            Joining.until(HANDING_OVER, () -> made.errors.hasFailed() || outcome.isDone()
                    && (outcome.join() instanceof TransferOutcome.NotTransferred || made.loop.knowsALeader()));
        }
    }

    /**
     * Hands leadership over if there is any {@code grace}, stops accepting, answers what is in flight for at most so
     * long, and closes everything. If the disk or the state machine hangs it does not wait for it: the storage, or the
     * machine, stays open then until it goes on. Idempotent.
     */
    void close(Duration grace) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        made.errors.closing();
        if (grace.isPositive()) {
            handOver();
        }
        made.door.stopAccepting();
        made.snapshots.taker.stopAccepting();
        made.transport.stopAccepting();
        Joining.until(grace, () -> made.proposals.unanswered() == 0 || made.errors.hasFailed());
        Replies replies = new Replies();
        made.loop.end(replies);
        // What follows may take seconds, and a thread in the core may still tell of a leader.
        made.leaderWatch.over();
        made.proposals.closed(replies);
        made.queries.close(replies);
        // On another thread: this one may be the embedder's, and its interrupt would close the sockets it writes to.
        parts.engine().within(2 * DRAINING.toNanos(), parts.threadName("closing-clients"), () -> {
            replies.flush();
            made.transport.drain(DRAINING);
        });
        long closingEnd = System.nanoTime() + CLOSING_NS;
        // A delivery may be in the middle of a write.
        parts.engine().within(CLOSING_NS, parts.threadName("closing-transport"), made.transport::close);
        made.alarm.close();
        made.heap.close();
        made.disk.close();
        made.apply.close();
        made.snapshots.close();
        made.catchUp.close();
        if (!parts.engine().within(Math.max(AT_LEAST_NS, closingEnd - System.nanoTime()),
                parts.threadName("closing-machine"), this::closeMachine)) {
            made.errors.record(ErrorEntry.of("machine", "the state machine hangs: it stays open until it goes on"));
        }
        if (!parts.engine().within(Math.max(AT_LEAST_NS, closingEnd - System.nanoTime()),
                parts.threadName("closing-storage"), this::closeStorage)) {
            made.errors.record(ErrorEntry.of("log", "the disk hangs: the storage stays open until it goes on"));
        }
        made.errors.save();
        made.errors.close();
    }

    /** Whether nothing uses the state machine any more, and never will. */
    boolean isMachineClosed() {
        return machineClosed;
    }

    /** Puts the errors that were recorded on the disk, as far as that is possible in a moment. */
    void saveErrors() {
        made.errors.save();
    }

    /** A machine's calls never overlap: it is closed once its last command and view are done, whoever waits for it. */
    private void closeMachine() {
        made.apply.awaitLastCommand();
        made.snapshots.taker.awaitView();
        closeQuietly(made.machine);
        machineClosed = true;
    }

    private void closeStorage() {
        made.disk.awaitLastWrite();
        made.snapshots.awaitFiles();
        try {
            made.storage.close();
        } catch (RuntimeException problem) {
            made.errors.record(ErrorEntry.of("log", "closing: " + problem.getMessage(), problem));
        }
    }

    /** Closes it, and keeps what it throws to itself. */
    static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable ignored) {
            // The problem that led here is the one to tell.
            return;
        }
    }
}
