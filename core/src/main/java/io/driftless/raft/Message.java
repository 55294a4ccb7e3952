package io.driftless.raft;

/**
 * What servers say to each other: the paper's three calls with their replies (Raft figures 2 and 13), and the thesis'
 * PreVote (§9.6), TimeoutNow (§3.10) and ReadIndex (§6.4). Nothing else. A heartbeat is an AppendEntries without
 * entries. Immutable.
 */
public sealed interface Message {

    /** The sender's term, or for {@link PreVote} the term it would campaign in. */
    long term();

    /**
     * Asks, before a term is incremented, whether a vote would be given (thesis §9.6). Changes nothing at the receiver
     * (R8).
     *
     * @param term         the term of the election to be: the sender's currentTerm + 1
     * @param candidateId  who asks
     * @param lastLogIndex index of its last entry
     * @param lastLogTerm  term of its last entry
     */
    record PreVote(long term, ServerId candidateId, long lastLogIndex, long lastLogTerm) implements Message { }

    /**
     * Answers a {@link PreVote}.
     *
     * @param term        the receiver's currentTerm
     * @param requestTerm the prospective term of the request; never adopted (R8)
     * @param voteGranted whether a vote would be given
     */
    record PreVoteReply(long term, long requestTerm, boolean voteGranted) implements Message { }

    /**
     * Asks for a vote (Raft §5.2, §5.4.1).
     *
     * @param term               the candidate's term
     * @param candidateId        who asks
     * @param lastLogIndex       index of its last entry
     * @param lastLogTerm        term of its last entry
     * @param leadershipTransfer whether its leader told it to campaign, which overrules leader stickiness (thesis
     *                           §4.2.3, R9)
     */
    record RequestVote(long term, ServerId candidateId, long lastLogIndex, long lastLogTerm, boolean leadershipTransfer)
            implements Message { }

    /**
     * Answers a {@link RequestVote}.
     *
     * @param term        the receiver's currentTerm
     * @param requestTerm the term of the request (R2)
     * @param voteGranted whether the vote was given
     */
    record RequestVoteReply(long term, long requestTerm, boolean voteGranted) implements Message { }

    /**
     * Tells a server to campaign at once, because its leader hands its leadership over (thesis §3.10, R26). Has no
     * reply: whoever obeys sends {@link RequestVote}.
     *
     * @param term     the leader's term
     * @param leaderId who leads
     */
    record TimeoutNow(long term, ServerId leaderId) implements Message { }

    /**
     * Asks the leader for an index: whoever has applied that may answer what was read before this was sent (thesis
     * §6.4, R20).
     *
     * @param term the sender's term
     * @param id   names the request; the sender's process never uses it again
     */
    record ReadIndex(long term, long id) implements Message { }

    /**
     * Answers a {@link ReadIndex}, once the leader knows that it led when that had come. A server that does not lead
     * answers nothing.
     *
     * @param term  the leader's term
     * @param id    that of the request
     * @param index everything that was committed when the request came stands at or below it
     */
    record ReadIndexReply(long term, long id, long index) implements Message { }

    /**
     * Replicates entries, or without entries is a heartbeat or a probe (Raft §5.3).
     *
     * @param term              the leader's term
     * @param leaderId          who leads
     * @param prevLogIndex      index of the entry before the first one here
     * @param prevLogTerm       its term
     * @param entries           the terms of the entries, from prevLogIndex + 1 on
     * @param leaderCommit      the leader's commitIndex; on a heartbeat at most prevLogIndex (R12)
     * @param acknowledgedIndex the highest matchIndex that the receiver's incarnation reached in this term (R18)
     * @param catchUpIndex      for a receiver that was in doubt when it connected: the last index that the leader had
     *                          when it took note of that start, at least 1; otherwise 0 (R18)
     * @param round             the newest round of the leader: a reply confirms that it led when it began that (R20)
     * @param content           the entries themselves; {@link Content#NONE} without entries
     */
    record AppendEntries(long term, ServerId leaderId, long prevLogIndex, long prevLogTerm, TermRuns entries,
            long leaderCommit,
            long acknowledgedIndex, long catchUpIndex, long round, Content content) implements Message {

        /** Checks that the entries begin after prevLogIndex. */
        public AppendEntries {
            if (entries.firstIndex() != prevLogIndex + 1) {
                throw new IllegalArgumentException("entries from " + entries.firstIndex() + " after prevLogIndex "
                        + prevLogIndex);
            }
        }

        /** Index of the last entry here, or prevLogIndex. */
        public long lastIndex() {
            return entries.lastIndex();
        }

        /** The same message with the entries themselves. */
        public AppendEntries with(Content newContent) {
            return new AppendEntries(term, leaderId, prevLogIndex, prevLogTerm, entries, leaderCommit,
                    acknowledgedIndex, catchUpIndex, round, newContent);
        }
    }

    /**
     * Answers an {@link AppendEntries}.
     *
     * @param term          the receiver's currentTerm
     * @param requestTerm   the term of the request (R2)
     * @param success       whether the log matched at prevLogIndex
     * @param matchIndex    with success: min(last index of the request, durableIndex) (R3); otherwise 0
     * @param prevLogIndex  that of the request: names the request that is answered
     * @param conflictIndex without success: where the leader may go on, the first index of the conflicting term, or
     *                      last index + 1 (Raft §5.3)
     * @param conflictTerm  without success: the term of the receiver's entry at prevLogIndex, 0 if it has none
     * @param writeUnderWay whether the receiver has a log write under way, so that a low matchIndex is no loss (R13)
     * @param snapshotNeeded the index at or above which the receiver needs a snapshot for its state machine, whatever
     *                      its log holds; 0 if it needs none (R32)
     * @param round         that of the request; 0 from a server in doubt, which confirms none (R20)
     */
    record AppendEntriesReply(long term, long requestTerm, boolean success, long matchIndex, long prevLogIndex,
            long conflictIndex,
            long conflictTerm, boolean writeUnderWay, long snapshotNeeded, long round) implements Message { }

    /**
     * Sends a part of a snapshot (Raft figure 13), or without any part offers it: who is offered a snapshot names what
     * it wants of it.
     *
     * @param term     the leader's term
     * @param leaderId who leads
     * @param snapshot which one: its lastIncludedIndex and lastIncludedTerm, and who took it (R30)
     * @param size     the length of all of it, in bytes, at least 1
     * @param offset   where the part begins
     * @param length   how long it is; 0 for an offer
     * @param content  the part itself; of an offer the boundary data, which are no part of it
     */
    record InstallSnapshot(long term, ServerId leaderId, SnapshotId snapshot, long size, long offset, int length,
            Content content) implements Message {

        /** Checks that the part lies within the snapshot, and that this is of no later term than its leader. */
        public InstallSnapshot {
            if (snapshot.term() > term) {
                throw new IllegalArgumentException("a snapshot of term " + snapshot.term() + " from the leader of term "
                        + term);
            }
            if (size < 1 || offset < 0 || length < 0 || offset > size - length) {
                throw new IllegalArgumentException(length + " bytes from " + offset + " of a snapshot of " + size);
            }
        }

        /** Whether it is only offered. */
        public boolean isOffer() {
            return length == 0;
        }

        /** Whether nothing follows (Raft figure 13, done). */
        public boolean done() {
            return !isOffer() && offset + length == size;
        }

        /** The same message with the part itself. */
        public InstallSnapshot with(Content newContent) {
            return new InstallSnapshot(term, leaderId, snapshot, size, offset, length, newContent);
        }
    }

    /**
     * Answers an {@link InstallSnapshot}, or tells of what was written since.
     *
     * @param term        the receiver's currentTerm
     * @param requestTerm the term of the request (R2)
     * @param snapshot    that of the request
     * @param offset      where the part begins that the receiver wants next
     * @param window      how many bytes from there on it takes now
     * @param isResumed   whether the leader must go on from there, whatever it has sent: the answer to an offer, and
     *                    to a part that does not follow
     * @param matchIndex  once the snapshot is durable there, or not needed: its index, up to which the receiver's log
     *                    matches, durably (R27); otherwise 0
     */
    record InstallSnapshotReply(long term, long requestTerm, SnapshotId snapshot, long offset, long window,
            boolean isResumed, long matchIndex) implements Message { }
}
