package io.driftless.sim;

import io.driftless.raft.CoreStatus;
import io.driftless.raft.Message;

/**
 * Over a new connection a leader goes on from matchIndex + 1, and no further before an answer has come (R13): what it
 * had sent over the old one may be lost.
 */
final class ProbedAfresh implements Checker {

    private final Universe universe;
    /** Whether a server has connected with a peer and heard no success since. */
    private final boolean[][] unanswered;

    ProbedAfresh(Universe universe) {
        int servers = universe.plan.servers();
        this.universe = universe;
        this.unanswered = new boolean[servers][servers];
    }

    @Override
    public String property() {
        return "a new connection is probed afresh (R13)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Connected now) {
            // Of data that are not the cluster's nothing is counted, and nothing is asked (R17).
            unanswered[now.node()][now.peer()] = universe.hasFormedWith(now.peer(), now.incarnation());
        } else if (happening instanceof Happening.Received received
                && (received.message() instanceof Message.AppendEntriesReply reply && reply.success()
                || received.message() instanceof Message.InstallSnapshotReply installed
                && installed.matchIndex() > 0)) {
            unanswered[received.to()][received.from()] = false;
        } else if (happening instanceof Happening.Looked looked) {
            for (CoreStatus.Peer peer : looked.status().peers()) {
                // Below its boundary the leader has nothing to ask for (R31).
                boolean goesOn = peer.match() > 0 && peer.next() > Math.max(peer.match() + 1,
                        looked.status().first());
                Checker.require(!goesOn || !unanswered[looked.node()][universe.numberOf(peer.id())],
                        () -> "over a new connection the leader goes on at " + peer);
            }
        }
    }
}
