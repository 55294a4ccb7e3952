package io.driftless.node;

import io.driftless.errors.EndCause;
import io.driftless.log.DurabilityPolicy;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Introduction;
import io.driftless.raft.ServerId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts together what a run knows of itself, and keeps the last answer for when there is no other. Thread safe. */
final class StatusView {

    private final NodeParts parts;
    private final Introduction start;
    private final DurabilityPolicy policy;
    private final Supplier<String> address;
    private final LongSupplier applied;
    private final Proposals proposals;
    private final BooleanSupplier failed;
    private final BiConsumer<CoreStatus, NodeStatus.Parts> situation;
    private final Supplier<SortedMap<String, Long>> gauges;
    private final Engine.Heap heap;
    private final Supplier<String> hung;
    private final AtomicLong badFrames = new AtomicLong();
    private volatile NodeStatus last;
    private volatile @Nullable CoreStatus lastCore;

    /**
     * {@code applied} and {@code failed} are asked at each answer, {@code address} too; {@code situation} adds how
     * things stand with the others, and {@code hung} says if the state machine hangs.
     */
    StatusView(NodeParts parts, Introduction start, DurabilityPolicy policy, Supplier<String> address,
            LongSupplier applied, Proposals proposals, BooleanSupplier failed,
            BiConsumer<CoreStatus, NodeStatus.Parts> situation, Supplier<SortedMap<String, Long>> gauges,
            Engine.Heap heap, Supplier<String> hung) {
        this.parts = parts;
        this.start = start;
        this.policy = policy;
        this.address = address;
        this.applied = applied;
        this.proposals = proposals;
        this.failed = failed;
        this.situation = situation;
        this.gauges = gauges;
        this.heap = heap;
        this.hung = hung;
        this.last = new NodeStatus(nothingYet());
    }

    void badFrame() {
        badFrames.incrementAndGet();
    }

    /** The last answer, for when the core gives none any more. */
    NodeStatus last() {
        return last;
    }

    NodeStatus of(CoreStatus core) {
        lastCore = core;
        NodeStatus.Parts status = parts(core);
        status.role = failed.getAsBoolean() ? NodeRole.FAILED : !core.waitingFor().isEmpty() ? NodeRole.FORMING
                : core.learner() ? NodeRole.LEARNER : NodeRole.of(core.role());
        situation.accept(core, status);
        status.blocked = Stream.of(status.blocked, hung.get(), heap.shortage()).filter(words -> !words.isEmpty())
                .collect(Collectors.joining("; "));
        status.machine = gauges.get();
        NodeStatus complete = new NodeStatus(status);
        last = complete;
        return complete;
    }

    /** What it last knew, and that it has ended. */
    NodeStatus ended(NodeEnd end) {
        CoreStatus core = lastCore;
        NodeStatus.Parts status = core == null ? nothingYet() : parts(core);
        status.role = end.cause() == EndCause.STOPPED ? NodeRole.STOPPED : NodeRole.FAILED;
        status.leader = Optional.empty();
        status.leaderAddress = Optional.empty();
        status.peers = List.of();
        status.blocked = end.cause() == EndCause.STOPPED ? "the node was closed"
                : "the node has ended (" + end.cause() + ", exit code " + end.exitCode() + "): " + end.detail();
        return new NodeStatus(status);
    }

    private NodeStatus.Parts nothingYet() {
        NodeStatus.Parts status = new NodeStatus.Parts();
        status.node = parts.nodeId();
        status.address = address.get();
        status.durability = policy;
        status.boot = start.boot();
        return status;
    }

    private NodeStatus.Parts parts(CoreStatus core) {
        NodeStatus.Parts status = nothingYet();
        status.term = core.term();
        status.leader = core.leaderId().isNone() ? Optional.empty() : Optional.of(core.leaderId().value());
        status.leaderAddress = Optional.ofNullable(parts.members().addresses().get(core.leaderId()));
        status.commit = core.commit();
        status.applied = applied.getAsLong();
        status.durable = core.durable();
        status.last = core.last();
        status.first = core.first();
        status.waitingFor = core.waitingFor().stream().map(ServerId::value).toList();
        status.peers = core.peers().stream().map(peer -> new NodeStatus.PeerStatus(peer.id().value(), peer.connected(),
                peer.match(), peer.next(), lag(core, peer))).toList();
        status.incarnation = start.incarnation().toString();
        status.inDoubt = core.inDoubt();
        status.badFrames = badFrames.get();
        status.inFlight = proposals.inFlight();
        return status;
    }

    /** What a server has whose data do not count is nobody's lag: it gets nothing. */
    private static long lag(CoreStatus core, CoreStatus.Peer peer) {
        boolean isKnown = peer.isMatchKnown() && !core.neighbours().notCounted().contains(peer.id());
        return isKnown ? core.last() - peer.match() : -1;
    }
}
