package io.driftless.raft;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a leader knows of one peer in its term (Raft figure 2, nextIndex and matchIndex). Invariants: {@code matchIndex
 * < nextIndex}; matchIndex never goes back within a start of the peer (R12). Confined to the core's owner.
 */
final class Progress {

    private UUID incarnation = new UUID(0, 0);
    private UUID run = new UUID(0, 0);
    private boolean inDoubt;
    private long matchIndex;
    private long nextIndex;
    private long acknowledgedIndex;
    private long catchUpIndex;
    private boolean probing = true;
    /** Whether matchIndex was asked for, because what was sent beyond it seems lost; never while probing. */
    private boolean asking;
    /** Whether the peer lacks what the leader's log has dropped: until it has a snapshot it is only kept waiting. */
    private boolean behind;
    /** Whether it is sent a snapshot although the log has what it lacks. */
    private boolean shortcut;
    /** Whether a snapshot was sent or tried since the peer last had all that was sent: the rest comes from the log. */
    private boolean shortcutTried;
    private @Nullable SnapshotTransfer transfer;
    private long confirmedRound;
    private long sentRound;
    private long lastReplyNs;
    private long stalledSinceNs;
    /** The last indexes of the batches under way, in order. */
    private final Deque<Long> underWay = new ArrayDeque<>();
    private final KeptForPeer kept;

    Progress(long nextIndex, long nowNs) {
        this.nextIndex = nextIndex;
        this.lastReplyNs = nowNs;
        this.stalledSinceNs = nowNs;
        this.kept = new KeptForPeer(nowNs);
    }

    /**
     * A new connection: what was confirmed stays only for the same start of the same incarnation (R13).
     *
     * @param boundary of the leader's log: below it nothing is asked (R31)
     */
    void connected(Introduction peer, long boundary, long lastIndex, long nowNs) {
        boolean sameIncarnation = incarnation.equals(peer.incarnation());
        boolean sameRun = sameIncarnation && run.equals(peer.run());
        if (!sameRun) {
            matchIndex = 0;
        }
        if (!sameIncarnation) {
            acknowledgedIndex = 0;
        }
        if (!sameRun) {
            kept.restarted();
        }
        if (!sameRun || inDoubt != peer.inDoubt()) {
            // Here the leader takes note of a doubt: whatever an earlier start acknowledged lies below (R18).
            catchUpIndex = peer.inDoubt() ? Math.max(1, lastIndex) : 0;
            acknowledgedIndex = peer.inDoubt() ? 0 : acknowledgedIndex;
        }
        // What was sent before may not have arrived.
        sentRound = confirmedRound;
        incarnation = peer.incarnation();
        run = peer.run();
        inDoubt = peer.inDoubt();
        nextIndex = matchIndex > 0 ? Math.max(matchIndex, boundary) + 1 : lastIndex + 1;
        probe(nowNs);
    }

    private void probe(long nowNs) {
        underWay.clear();
        probing = true;
        asking = false;
        behind = false;
        shortcut = false;
        stalledSinceNs = nowNs;
    }

    /** The peer's log matches up to {@code index}, durably. Returns whether that is news. */
    boolean matched(long index, long nowNs) {
        if (index <= matchIndex) {
            return false;
        }
        matchIndex = index;
        acknowledgedIndex = Math.max(acknowledgedIndex, index);
        nextIndex = Math.max(nextIndex, index + 1);
        while (!underWay.isEmpty() && underWay.peekFirst() <= index) {
            underWay.removeFirst();
        }
        if (!probing && nextIndex == matchIndex + 1) {
            shortcutTried = false;
        }
        stalledSinceNs = nowNs;
        kept.gotOn(nowNs);
        return true;
    }

    /**
     * What came where the entries go: the logs are equal at {@code prevLogIndex}, and everything sent before has
     * arrived. That ends a probe there, and from now on entries are sent without waiting. If matchIndex was asked for,
     * has not risen, and nothing is being written, what was sent beyond it is lost and is sent again (R13).
     *
     * @param news     whether matchIndex has risen by it
     * @param boundary of the leader's log
     * @return whether that has ended a probe
     */
    boolean answered(long prevLogIndex, boolean news, boolean isWriting, long boundary) {
        if (behind) {
            return false;
        }
        if (probing && Math.max(prevLogIndex, matchIndex) >= nextIndex - 1) {
            probing = false;
            nextIndex = Math.max(nextIndex, prevLogIndex + 1);
            return true;
        }
        if (asking && (news || prevLogIndex == Math.max(matchIndex, boundary))) {
            asking = false;
            if (!news && !isWriting) {
                nextIndex = Math.max(matchIndex, boundary) + 1;
                underWay.clear();
            }
        }
        return false;
    }

    /** The peer needs a snapshot before anything else (R31). */
    void fallBehind(long nowNs) {
        probe(nowNs);
        behind = true;
    }

    /** Whether it needs one. */
    boolean isBehind() {
        return behind;
    }

    /** The log has what the peer lacks, and a snapshot is shorter: as if it needed one. */
    void takeShortcut(long nowNs) {
        fallBehind(nowNs);
        shortcut = true;
        shortcutTried = true;
    }

    /** Whether the log will do when nothing comes of the snapshot. */
    boolean isOnShortcut() {
        return shortcut;
    }

    /** It has had a snapshot: until it has caught up it gets the log, or there might be snapshots for ever (R31). */
    void shortcutTried() {
        shortcutTried = true;
    }

    /** Whether one may be tried. */
    boolean mayTakeShortcut() {
        return !probing && !shortcutTried;
    }

    /** The snapshot on its way to the peer; null if none is. */
    @Nullable SnapshotTransfer transfer() {
        return transfer;
    }

    void transfer(@Nullable SnapshotTransfer next) {
        transfer = next;
    }

    /** What is kept for it. */
    KeptForPeer kept() {
        return kept;
    }

    /** Nothing has come of what was sent: the probe is sent again where it was, or matchIndex is asked for (R13). */
    void ask(long nowNs) {
        asking = !probing;
        stalledSinceNs = nowNs;
    }

    /** Where a probe asks. */
    long probedIndex() {
        return asking ? matchIndex : nextIndex - 1;
    }

    /** Entries up to {@code index} were sent. */
    void sentUpTo(long index, long nowNs) {
        if (nextIndex == matchIndex + 1) {
            stalledSinceNs = nowNs;
        }
        nextIndex = index + 1;
        underWay.add(index);
    }

    /** How many batches were sent and are not acknowledged whole. */
    int batchesUnderWay() {
        return underWay.size();
    }

    /** Goes back and probes at {@code index - 1}. */
    void probeFrom(long index, long nowNs) {
        nextIndex = Math.max(index, matchIndex + 1);
        probe(nowNs);
    }

    /** A reply of this term came. */
    void replied(long nowNs) {
        lastReplyNs = Math.max(lastReplyNs, nowNs);
    }

    /** Takes note that a write is under way at the peer: a low matchIndex is no loss (R13). */
    void noteWriting(long nowNs) {
        stalledSinceNs = nowNs;
    }

    long matchIndex() {
        return matchIndex;
    }

    long nextIndex() {
        return nextIndex;
    }

    /** It has answered a request of this round: it recognized the leader after that had begun (R20). */
    void confirmed(long round) {
        confirmedRound = Math.max(confirmedRound, round);
    }

    /** It is sent a request of this round. */
    void sentRound(long round) {
        sentRound = round;
    }

    /**
     * Whether it is to be sent this round for itself: it has answered all that it was sent before. So one that is slow
     * is not sent what only the others keep up with.
     */
    boolean wantsRound(long round) {
        return sentRound < round && confirmedRound >= sentRound;
    }

    /** The newest round that it has confirmed. */
    long confirmedRound() {
        return confirmedRound;
    }

    /** Whether its present start is in doubt, as far as is known here (R18). */
    boolean isInDoubt() {
        return inDoubt && matchIndex < catchUpIndex;
    }

    /** What ends the doubt of the peer's present start; 0 if it was not in doubt when it connected (R18). */
    long catchUpIndex() {
        return catchUpIndex;
    }

    /** The highest matchIndex of this incarnation in this term, over all its starts that count (R18). */
    long acknowledgedIndex() {
        return acknowledgedIndex;
    }

    /** What it is known to have of the log, whether its present start has been asked or not; 0 if nothing is known. */
    long knownIndex() {
        return Math.max(matchIndex, acknowledgedIndex);
    }

    /** Whether the leader still looks for the place where the logs agree. */
    boolean isProbing() {
        return probing;
    }

    /** When the last reply of this term came; the start of the term at first. */
    long lastReplyNs() {
        return lastReplyNs;
    }

    /** Since when matchIndex has stood below what was sent, without a write under way. */
    long stalledSinceNs() {
        return stalledSinceNs;
    }
}
