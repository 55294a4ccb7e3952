package io.driftless.node.driver;

import io.driftless.errors.EndCause;
import io.driftless.node.NodeEnd;
import io.driftless.node.NodeRole;
import io.driftless.node.NodeStatus;
import io.driftless.node.TransferStatus;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.MemberList;
import io.driftless.raft.ServerId;
import io.driftless.session.SessionTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts together what a run knows of itself, and keeps the last answer for when there is no other. Thread safe. */
final class StatusView {

    private final NodeParts parts;
    private final MemberList roster;
    private final Assembly made;
    private final HungMachine hungMachine;
    private final AtomicLong badFrames = new AtomicLong();
    private final TransferRates sent;
    private final TransferRates received = new TransferRates(Long.MAX_VALUE);
    private volatile NodeStatus last;
    private volatile @Nullable CoreStatus lastCore;

    /** Of a run that is being made. */
    StatusView(NodeParts parts, MemberList roster, Assembly made, HungMachine hungMachine) {
        this.parts = parts;
        this.roster = roster;
        this.made = made;
        this.hungMachine = hungMachine;
        this.sent = new TransferRates(parts.config().logRetention().bytesMax());
        this.last = nothingYet().build();
    }

    void badFrame() {
        badFrames.incrementAndGet();
    }

    /** The last answer, for when the core gives none any more. */
    NodeStatus last() {
        return last;
    }

    /** Looks how far snapshots are that are on their way, so that a later status knows how fast they go. */
    void lookAtTransfers(CoreStatus core) {
        core.peers().forEach(this::sent);
        incoming(core);
    }

    private Optional<TransferStatus> sent(CoreStatus.Peer peer) {
        String node = peer.id().value();
        if (peer.snapshotSize() == 0) {
            sent.over(node);
            return Optional.empty();
        }
        return Optional.of(sent.seen(node, peer.snapshot(), peer.snapshotOffset(), peer.snapshotSize(),
                peer.snapshotLogBytes(), made.clock.nowNs()));
    }

    private Optional<TransferStatus> incoming(CoreStatus core) {
        return core.incoming().map(incoming -> received.seen(incoming.from().value(), incoming.snapshot().index(),
                incoming.offset(), incoming.size(), -1, made.clock.nowNs()));
    }

    NodeStatus of(CoreStatus core) {
        lastCore = core;
        NodeStatus.Builder status = known(core).role(made.errors.hasFailed() ? NodeRole.FAILED
                : !core.waitingFor().isEmpty() ? NodeRole.FORMING
                : core.learner() ? NodeRole.LEARNER : NodeRole.of(core.role()));
        String matter = made.situation.describe(core, made.clock.nowNs(), status);
        status.blocked(Stream.of(matter, hungMachine.complaint(), made.heap.shortage())
                .filter(words -> !words.isEmpty()).collect(Collectors.joining("; ")));
        NodeStatus complete = status.machine(made.apply.gauges()).build();
        last = complete;
        return complete;
    }

    /** What it last knew, and that it has ended. */
    NodeStatus ended(NodeEnd end) {
        CoreStatus core = lastCore;
        boolean isClosed = end.cause() == EndCause.STOPPED;
        return (core == null ? nothingYet() : known(core)).role(isClosed ? NodeRole.STOPPED : NodeRole.FAILED)
                .leader(Optional.empty()).leaderAddress(Optional.empty()).peers(List.of()).incoming(Optional.empty())
                .successor(Optional.empty())
                .blocked(isClosed ? "the node was closed" : "the node has ended (" + end.cause() + ", exit code "
                        + end.exitCode() + "): " + end.detail())
                .build();
    }

    private NodeStatus.Builder nothingYet() {
        return NodeStatus.builder(parts.nodeId()).address(made.transport.address())
                .durability(parts.config().durability()).boot(made.greeting.start().boot())
                .sessionsMax(parts.config().sessionsMax())
                .sessionResultBytesMax(parts.config().sessionResultBytes());
    }

    private NodeStatus.Builder known(CoreStatus core) {
        return nothingYet().term(core.term())
                .leader(core.leaderId().isNone() ? Optional.empty() : Optional.of(core.leaderId().value()))
                .leaderAddress(Optional.ofNullable(roster.addresses().get(core.leaderId())))
                .commitIndex(core.commit()).lastApplied(made.apply.applied()).durableIndex(core.durable())
                .lastIndex(core.last()).firstIndex(core.first())
                .waitingFor(core.waitingFor().stream().map(ServerId::value).toList())
                .peers(core.peers().stream().map(peer -> new NodeStatus.PeerStatus(peer.id().value(),
                        peer.connected(), peer.match(), peer.next(), lag(core, peer), sent(peer))).toList())
                .incoming(incoming(core)).leaderSilenceMax(silence(core))
                .successor(Optional.of(core.successor().value()).filter(name -> !name.isEmpty()))
                .incarnation(made.greeting.start().incarnation().toString()).inDoubt(core.inDoubt())
                .snapshot(made.snapshots.taker.status()).badFrames(badFrames.get()).inFlight(made.proposals.inFlight())
                .queriesWaiting(made.queries.count().waiting()).queriesAnswered(made.queries.count().answered())
                .queriesFailed(made.queries.count().failed())
                .sessions(made.state.look(SessionTable::size)).sessionBytes(made.state.look(SessionTable::resultBytes));
    }

    private static Optional<Duration> silence(CoreStatus core) {
        return NodeRole.of(core.role()) == NodeRole.LEADER || core.leaderId().isNone() ? Optional.empty()
                : Optional.of(Duration.ofNanos(core.neighbours().leaderSilenceNs()));
    }

    /** What a server has whose data do not count is nobody's lag: it gets nothing. */
    private static long lag(CoreStatus core, CoreStatus.Peer peer) {
        boolean isKnown = peer.isMatchKnown() && !core.neighbours().notCounted().contains(peer.id());
        return isKnown ? core.last() - peer.match() : -1;
    }
}
