package io.driftless.sim;

import io.driftless.raft.Message;
import io.driftless.raft.SnapshotId;
import org.jspecify.annotations.Nullable;

/**
 * A peer that has what was sent goes on with the log behind it, over the same connection in the same term: the leader
 * has kept that, and sends no further snapshot unless the peer asks for one (R31). Where a leader keeps only so much,
 * nothing is promised, nor behind a snapshot that another leader has sent, nor behind one that was replaced while it
 * was sent: by one whose view was taken before. One offer of the same transfer may come all the same: it was decided on
 * before the leader heard of the peer, and its file was still being read.
 */
final class LogGoesOnBehindSnapshot implements Checker {

    private final boolean keepsAll;
    /** In which term a peer was last known to have a snapshot, by leader; 0: not over this connection. */
    private final long[][] brought;
    /** Whether an offer has come that was on its way, by leader and peer, over this connection. */
    private final boolean[][] excused;
    /** What was offered last, by leader and peer. */
    private final @Nullable SnapshotId[][] offered;

    LogGoesOnBehindSnapshot(Universe universe) {
        int servers = universe.plan.servers();
        this.keepsAll = universe.plan.knob(Knob.RETAIN_BYTES_MAX) == Plan.ALL;
        this.brought = new long[servers][servers];
        this.excused = new boolean[servers][servers];
        this.offered = new SnapshotId[servers][servers];
    }

    @Override
    public String property() {
        return "the log goes on behind a snapshot that was sent (R31)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Connected now) {
            brought[now.node()][now.peer()] = 0;
            excused[now.node()][now.peer()] = false;
        } else if (happening instanceof Happening.Ended ended) {
            brought[ended.node()] = new long[brought.length];
            offered[ended.node()] = new SnapshotId[brought.length];
        } else if (happening instanceof Happening.SnapshotStep own && own.step() == Happening.SnapshotStep.Step.TAKEN) {
            offered[own.node()] = new SnapshotId[brought.length];
        } else if (happening instanceof Happening.Received received) {
            if (received.message() instanceof Message.InstallSnapshotReply reply
                    && reply.matchIndex() == reply.snapshot().index()
                    && reply.snapshot().equals(offered[received.to()][received.from()])) {
                brought[received.to()][received.from()] = Math.max(reply.requestTerm(),
                        brought[received.to()][received.from()]);
            } else if (received.message() instanceof Message.AppendEntriesReply reply && reply.snapshotNeeded() > 0) {
                brought[received.to()][received.from()] = 0;
            }
        } else if (happening instanceof Happening.Sent sent
                && sent.message() instanceof Message.InstallSnapshot install && install.isOffer()) {
            boolean isOneMore = keepsAll && brought[sent.from()][sent.to()] == install.term();
            // That of another transfer begins at 0.
            boolean isOnItsWay = install.offset() > 0 && !excused[sent.from()][sent.to()];
            Checker.require(!isOneMore || isOnItsWay, () -> sent + " follows on one that the peer has");
            excused[sent.from()][sent.to()] |= isOneMore;
            offered[sent.from()][sent.to()] = install.snapshot();
        }
    }
}
