package io.driftless.raft;

/**
 * A snapshot on its way to a peer, as its leader sees it: first the offer, then from where the answer says to go on as
 * much as the receiver's window takes (R30). Confined to the core's owner.
 */
final class SnapshotTransfer {

    private final Recovered.OwnSnapshot snapshot;
    private long offset;
    private long acknowledged;
    /** Behind which byte the receiver takes none now, in the window that it named last. */
    private long reach;
    private long limit;
    /** From where the receiver last said to go on; below 0 while it has not answered an offer. */
    private long resumedAt = -1;
    private long heardNs;

    SnapshotTransfer(Recovered.OwnSnapshot snapshot, long nowNs) {
        this.snapshot = snapshot;
        this.heardNs = nowNs;
    }

    SnapshotId id() {
        return snapshot.id();
    }

    long size() {
        return snapshot.size();
    }

    /** Where the next part begins. */
    long offset() {
        return offset;
    }

    /** Up to where the receiver has said that it has it. */
    long acknowledged() {
        return acknowledged;
    }

    /** Up to where the receiver last said that it takes parts: it rises as long as they get written there. */
    long reach() {
        return reach;
    }

    /** When the receiver was last heard of it, or it was last offered. */
    long heardNs() {
        return heardNs;
    }

    /** It is offered: nothing more is sent before the answer. */
    void offered(long nowNs) {
        limit = 0;
        resumedAt = -1;
        heardNs = nowNs;
    }

    /** The receiver has spoken. What cannot be is not believed. */
    void answered(Message.InstallSnapshotReply reply, long nowNs) {
        if (reply.offset() > size()) {
            return;
        }
        heardNs = nowNs;
        acknowledged = reply.offset();
        reach = reply.offset() + Math.min(reply.window(), Long.MAX_VALUE - reply.offset());
        if (reply.isResumed() && reply.window() > 0 && reply.offset() == resumedAt) {
            // The answer to another offer, which waited on its way with the first: what it asks for is sent already.
            return;
        }
        if (reply.isResumed()) {
            resumedAt = reply.offset();
            offset = reply.offset();
            limit = offset + Math.min(reply.window(), size() - offset);
        } else if (limit > 0) {
            limit = Math.max(limit, reply.offset() + Math.min(reply.window(), size() - reply.offset()));
        }
    }

    /** The length of the next part, at most {@code most}; 0 if the receiver does not take one of that length now. */
    int nextLength(int most) {
        long length = Math.min(most, size() - offset);
        return limit - offset >= length ? (int) length : 0;
    }

    /** The next part is sent. */
    void sent(int length) {
        offset += length;
    }
}
