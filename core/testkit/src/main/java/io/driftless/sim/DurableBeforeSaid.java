package io.driftless.sim;

import io.driftless.raft.HardState;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.raft.SnapshotId;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Persistent state is on the disk before a server speaks by it (Raft figure 2, "updated on stable storage before
 * responding"; R1, R3): terms, votes, candidacies, acknowledged entries.
 */
final class DurableBeforeSaid implements Checker {

    private final Universe universe;
    private final LogMatching log;
    /** What the leader of a term has said of its log: terms by index. */
    private final Map<Long, NavigableMap<Long, Long>> leaders = new TreeMap<>();

    DurableBeforeSaid(Universe universe, LogMatching log) {
        this.universe = universe;
        this.log = log;
    }

    @Override
    public String property() {
        return "durable before said (Raft figure 2; R1, R3)";
    }

    @Override
    public void saw(Happening happening) {
        if (!(happening instanceof Happening.Sent sent)) {
            return;
        }
        DiskView disk = universe.node(sent.from()).view();
        HardState durable = disk.hardState();
        ServerId self = SimulatedNode.nameOf(sent.from());
        switch (sent.message()) {
            case Message.PreVote request -> require(request.term() <= durable.currentTerm() + 1, sent, durable);
            case Message.PreVoteReply reply -> require(reply.term() <= durable.currentTerm(), sent, durable);
            case Message.RequestVote request -> require(durable.equals(new HardState(request.term(), self)), sent,
                    durable);
            case Message.RequestVoteReply reply -> require(reply.term() <= durable.currentTerm()
                    && (!reply.voteGranted() || durable.equals(new HardState(reply.requestTerm(),
                    SimulatedNode.nameOf(sent.to())))), sent, durable);
            case Message.TimeoutNow request -> require(durable.equals(new HardState(request.term(), self)), sent,
                    durable);
            case Message.ReadIndex request -> require(request.term() <= durable.currentTerm(), sent, durable);
            case Message.ReadIndexReply reply -> require(durable.equals(new HardState(reply.term(), self)), sent,
                    durable);
            case Message.AppendEntries request -> {
                // One that waited for its entries to be read may leave when its sender has gone on to another term.
                require(durable.currentTerm() > request.term() || durable.equals(new HardState(request.term(), self)),
                        sent, durable);
                NavigableMap<Long, Long> said = leaders.computeIfAbsent(request.term(), none -> new TreeMap<>());
                said.put(request.prevLogIndex(), request.prevLogTerm());
                if (!request.entries().isEmpty()) {
                    said.put(request.lastIndex(), request.entries().termAt(request.lastIndex()));
                }
            }
            case Message.AppendEntriesReply reply -> {
                require(reply.term() <= durable.currentTerm(), sent, durable);
                if (reply.success() && reply.matchIndex() > 0) {
                    acknowledges(sent, disk, reply);
                }
            }
            // One that waited for its bytes to be read may leave when its sender has gone on to another term.
            case Message.InstallSnapshot request -> require(durable.currentTerm() > request.term()
                    || durable.equals(new HardState(request.term(), self)), sent, durable);
            case Message.InstallSnapshotReply reply -> {
                require(reply.term() <= durable.currentTerm(), sent, durable);
                if (reply.matchIndex() > 0) {
                    SnapshotId id = reply.snapshot();
                    Checker.require(reply.matchIndex() <= id.index(), () -> sent + " acknowledges more than it holds");
                    requireHeld(sent, disk, reply.matchIndex(), log.termBelow(id.index(), id.term(),
                            reply.matchIndex()));
                }
            }
        }
    }

    private void acknowledges(Happening.Sent sent, DiskView disk, Message.AppendEntriesReply reply) {
        NavigableMap<Long, Long> said = leaders.getOrDefault(reply.requestTerm(), new TreeMap<>());
        Map.Entry<Long, Long> above = said.ceilingEntry(reply.matchIndex());
        Checker.require(above != null, () -> sent + " acknowledges what the leader never said");
        long term = log.termBelow(above.getKey(), above.getValue(), reply.matchIndex());
        requireHeld(sent, disk, reply.matchIndex(), term);
    }

    private void requireHeld(Happening.Sent sent, DiskView disk, long index, long term) {
        Checker.require(term < 0 || log.holds(disk, index, term), () -> sent + " acknowledges an entry of term "
                + term + ", and durable there is one of term " + disk.termAt(index) + " (-1: none), behind "
                + disk.covering());
    }

    private static void require(boolean holds, Happening.Sent sent, HardState durable) {
        Checker.require(holds, () -> sent + ", and durable is " + durable);
    }
}
