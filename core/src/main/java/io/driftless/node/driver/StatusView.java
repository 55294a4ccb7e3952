package io.driftless.node.driver;

import io.driftless.errors.EndCause;
import io.driftless.node.NodeEnd;
import io.driftless.node.NodeRole;
import io.driftless.node.NodeStatus;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Introduction;
import io.driftless.raft.ServerId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts together what a run knows of itself, and keeps the last answer for when there is no other. Thread safe. */
final class StatusView {

    private final NodeParts parts;
    private final Roster roster;
    private final Introduction start;
    private final Supplier<String> address;
    private final LongSupplier applied;
    private final Proposals proposals;
    private final BooleanSupplier failed;
    private final BiFunction<CoreStatus, NodeStatus.Builder, String> situation;
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
    StatusView(NodeParts parts, Roster roster, Introduction start, Supplier<String> address,
            LongSupplier applied, Proposals proposals, BooleanSupplier failed,
            BiFunction<CoreStatus, NodeStatus.Builder, String> situation, Supplier<SortedMap<String, Long>> gauges,
            Engine.Heap heap, Supplier<String> hung) {
        this.parts = parts;
        this.roster = roster;
        this.start = start;
        this.address = address;
        this.applied = applied;
        this.proposals = proposals;
        this.failed = failed;
        this.situation = situation;
        this.gauges = gauges;
        this.heap = heap;
        this.hung = hung;
        this.last = nothingYet().build();
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
        NodeStatus.Builder status = known(core).role(failed.getAsBoolean() ? NodeRole.FAILED
                : !core.waitingFor().isEmpty() ? NodeRole.FORMING
                : core.learner() ? NodeRole.LEARNER : NodeRole.of(core.role()));
        String matter = situation.apply(core, status);
        status.blocked(Stream.of(matter, hung.get(), heap.shortage()).filter(words -> !words.isEmpty())
                .collect(Collectors.joining("; ")));
        NodeStatus complete = status.machine(gauges.get()).build();
        last = complete;
        return complete;
    }

    /** What it last knew, and that it has ended. */
    NodeStatus ended(NodeEnd end) {
        CoreStatus core = lastCore;
        boolean isClosed = end.cause() == EndCause.STOPPED;
        return (core == null ? nothingYet() : known(core)).role(isClosed ? NodeRole.STOPPED : NodeRole.FAILED)
                .leader(Optional.empty()).leaderAddress(Optional.empty()).peers(List.of())
                .blocked(isClosed ? "the node was closed" : "the node has ended (" + end.cause() + ", exit code "
                        + end.exitCode() + "): " + end.detail())
                .build();
    }

    private NodeStatus.Builder nothingYet() {
        return NodeStatus.builder(parts.nodeId()).address(address.get())
                .durability(parts.config().durability()).boot(start.boot());
    }

    private NodeStatus.Builder known(CoreStatus core) {
        return nothingYet().term(core.term())
                .leader(core.leaderId().isNone() ? Optional.empty() : Optional.of(core.leaderId().value()))
                .leaderAddress(Optional.ofNullable(roster.addresses().get(core.leaderId())))
                .commitIndex(core.commit()).lastApplied(applied.getAsLong()).durableIndex(core.durable())
                .lastIndex(core.last()).firstIndex(core.first())
                .waitingFor(core.waitingFor().stream().map(ServerId::value).toList())
                .peers(core.peers().stream().map(peer -> new NodeStatus.PeerStatus(peer.id().value(),
                        peer.connected(), peer.match(), peer.next(), lag(core, peer))).toList())
                .incarnation(start.incarnation().toString()).inDoubt(core.inDoubt())
                .badFrames(badFrames.get()).inFlight(proposals.inFlight());
    }

    /** What a server has whose data do not count is nobody's lag: it gets nothing. */
    private static long lag(CoreStatus core, CoreStatus.Peer peer) {
        boolean isKnown = peer.isMatchKnown() && !core.neighbours().notCounted().contains(peer.id());
        return isKnown ? core.last() - peer.match() : -1;
    }
}
