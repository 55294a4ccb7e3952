package io.driftless.sim;

import io.driftless.raft.CoreStatus;
import io.driftless.raft.Message;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A leader's matchIndex of a peer rests on acknowledgements of this term by the peer's present start and incarnation
 * (R2, R13, R17).
 */
final class PresentBootOnly implements Checker {

    private record Start(UUID incarnation, UUID run) { }

    private record Source(int leader, long term, int peer, UUID incarnation, UUID run) implements Comparable<Source> {
        @Override
        public int compareTo(Source other) {
            int order = Integer.compare(leader, other.leader);
            order = order != 0 ? order : Long.compare(term, other.term);
            order = order != 0 ? order : Integer.compare(peer, other.peer);
            order = order != 0 ? order : incarnation.compareTo(other.incarnation);
            return order != 0 ? order : run.compareTo(other.run);
        }
    }

    private final Universe universe;
    private final Start[][] connected;
    private final SortedMap<Source, Long> acknowledged = new TreeMap<>();

    PresentBootOnly(Universe universe) {
        this.universe = universe;
        this.connected = new Start[universe.plan.servers()][universe.plan.servers()];
    }

    @Override
    public String property() {
        return "only the present start counts (R2, R13, R17)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Connected now) {
            if (!universe.hasFormedWith(now.peer(), now.incarnation())) {
                // What the lost data acknowledged was true then; nothing new is counted.
                return;
            }
            connected[now.node()][now.peer()] = new Start(now.incarnation(), now.run());
        } else if (happening instanceof Happening.Received received
                && received.message() instanceof Message.AppendEntriesReply reply && reply.success()) {
            acknowledged.merge(new Source(received.to(), reply.requestTerm(), received.from(), received.incarnation(),
                    received.run()), reply.matchIndex(), Math::max);
        } else if (happening instanceof Happening.Received received
                && received.message() instanceof Message.InstallSnapshotReply reply && reply.matchIndex() > 0) {
            acknowledged.merge(new Source(received.to(), reply.requestTerm(), received.from(), received.incarnation(),
                    received.run()), reply.matchIndex(), Math::max);
        } else if (happening instanceof Happening.Looked looked) {
            for (CoreStatus.Peer peer : looked.status().peers()) {
                check(looked, peer);
            }
        }
    }

    private void check(Happening.Looked looked, CoreStatus.Peer peer) {
        int number = universe.numberOf(peer.id());
        Start start = connected[looked.node()][number];
        if (peer.match() > 0) {
            long heard = start == null ? 0 : acknowledged.getOrDefault(new Source(looked.node(),
                    looked.status().term(), number, start.incarnation(), start.run()), 0L);
            Checker.require(peer.match() <= heard, () -> "the leader has matchIndex " + peer.match() + " of "
                    + peer.id() + ", whose present start acknowledged " + heard + " in this term");
        }
    }
}
