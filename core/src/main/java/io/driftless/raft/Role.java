package io.driftless.raft;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a server is at the moment, each role with exactly the state that makes sense in it (Raft §5.1). Confined to the
 * core's owner.
 */
sealed interface Role {

    /** Its name for status and transcripts. */
    String name();

    /** The reads of this server's clients that wait for something that only this role can do (R20). */
    default List<Long> ownReads(ServerId self) {
        return List.of();
    }

    /** Follows a leader, or waits for one. */
    final class Follower implements Role {
        /** Whether entries were received that are not acknowledged yet, because their write is under way. */
        boolean owesAcknowledgement;
        /** prevLogIndex of the request to be acknowledged. */
        long owedPrevLogIndex;
        /** Its round. */
        long owedRound;
        /** Reads that wait for the leader's index, in the order in which they came (R20). */
        final Deque<Long> reads = new ArrayDeque<>();
        /** How many of them share the request that is under way. */
        int readsAsked;
        /** Names that request; 0 if none is under way. */
        long readRequest;
        /** When it was sent. */
        long readAskedNs;
        /** What ends this server's doubt, as its leader told; 0 if it has not. Only grows within a term (R18). */
        long catchUpIndex;

        @Override
        public List<Long> ownReads(ServerId self) {
            return List.copyOf(reads);
        }

        @Override
        public String name() {
            return "follower";
        }
    }

    /** Asks whether an election would be won (thesis §9.6). */
    final class PreCandidate implements Role {
        /** Who would vote for it; itself from the start. */
        final SortedSet<ServerId> granted = new TreeSet<>();
        /** Who would not. */
        final SortedSet<ServerId> refused = new TreeSet<>();

        @Override
        public String name() {
            return "pre_candidate";
        }
    }

    /** Asks for votes (Raft §5.2). */
    final class Candidate implements Role {
        /** Who voted for it: a set of servers, not a count; itself once its vote is durable (R1). */
        final SortedSet<ServerId> granted = new TreeSet<>();
        /** Who refused. */
        final SortedSet<ServerId> refused = new TreeSet<>();
        /** The write of its own vote. */
        final long ownVoteWriteId;

        Candidate(long ownVoteWriteId) {
            this.ownVoteWriteId = ownVoteWriteId;
        }

        @Override
        public String name() {
            return "candidate";
        }
    }

    /**
     * A read that a leader is asked for.
     *
     * @param from  who asks: this server, or one that follows it
     * @param id    names the request
     * @param round confirms it
     * @param index whoever has applied so much may answer it then
     * @param atNs  when it came
     */
    record WaitingRead(ServerId from, long id, long round, long index, long atNs) { }

    /** Leads (Raft §5.3). */
    final class Leader implements Role {
        /** What it knows of every other member, in order. */
        final SortedMap<ServerId, Progress> progress = new TreeMap<>();
        /** When the next heartbeats are due. */
        long heartbeatDueNs;
        /** Before this no further part of a snapshot leaves. */
        long bulkFreeNs;
        /** Where the term's own no-op stands. */
        long noopIndex;
        /** The newest round that was begun; of which the others have answered see {@link Progress}. */
        long round;
        /** Reads that wait for a round, in order of it (R20). */
        final Deque<WaitingRead> reads = new ArrayDeque<>();
        /** To whom leadership is being handed over; null if to nobody. */
        @Nullable Handover handover;

        @Override
        public List<Long> ownReads(ServerId self) {
            return reads.stream().filter(read -> read.from().equals(self)).map(WaitingRead::id).toList();
        }

        @Override
        public String name() {
            return "leader";
        }
    }
}
