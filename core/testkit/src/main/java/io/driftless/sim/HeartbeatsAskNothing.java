package io.driftless.sim;

import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import java.util.UUID;

/**
 * A heartbeat names only what the peer's present start has acknowledged in this term, or, below the beginning of the
 * leader's log, nothing at all; and it commits nothing beyond (R12). So it may overtake everything else.
 */
final class HeartbeatsAskNothing implements Checker {

    /** What a leader has heard of a peer. */
    private static final class Heard {
        private UUID run = new UUID(0, 0);
        private long term;
        private long matchIndex;

        /** Answers on one lane overtake those on another, also across terms. */
        void acknowledged(long inTerm, long index) {
            if (inTerm >= term) {
                matchIndex = inTerm == term ? Math.max(matchIndex, index) : index;
                term = inTerm;
            }
        }
    }

    private final Heard[][] heard;

    HeartbeatsAskNothing(int servers) {
        heard = new Heard[servers][servers];
        for (Heard[] row : heard) {
            for (int peer = 0; peer < servers; peer++) {
                row[peer] = new Heard();
            }
        }
    }

    @Override
    public String property() {
        return "a heartbeat asks for nothing new (R12)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Connected now) {
            Heard of = heard[now.node()][now.peer()];
            if (!of.run.equals(now.run())) {
                heard[now.node()][now.peer()] = new Heard();
                heard[now.node()][now.peer()].run = now.run();
            }
        } else if (happening instanceof Happening.Received received) {
            Heard of = heard[received.to()][received.from()];
            if (received.message() instanceof Message.AppendEntriesReply reply && reply.success()) {
                of.acknowledged(reply.requestTerm(), reply.matchIndex());
            } else if (received.message() instanceof Message.InstallSnapshotReply reply && reply.matchIndex() > 0) {
                of.acknowledged(reply.requestTerm(), reply.matchIndex());
            }
        } else if (happening instanceof Happening.Sent sent && sent.lane() == Lane.CONTROL
                && sent.message() instanceof Message.AppendEntries append) {
            Heard of = heard[sent.from()][sent.to()];
            long known = of.term == append.term() ? of.matchIndex : 0;
            Checker.require(append.prevLogIndex() <= known && append.leaderCommit() <= append.prevLogIndex(),
                    () -> sent + ", and the peer has acknowledged " + known);
        }
    }
}
