package io.driftless.raft;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * A server at one moment. Immutable.
 *
 * @param role       the name of its role
 * @param term       currentTerm
 * @param leaderId   the leader it knows, or {@link ServerId#NONE}
 * @param commit     commitIndex
 * @param durable    durableIndex
 * @param last       index of the last entry
 * @param first      index of the first entry
 * @param learner    whether it has no vote
 * @param waitingFor the members that a cluster still to be formed waits for
 * @param peers      on a leader, what it knows of the others
 * @param inDoubt    whether it may have lost entries that it acknowledged, and so has no vote (R18)
 * @param blocked    what keeps it from taking part, in a word; empty if nothing does
 * @param neighbours what it has seen of the other members
 * @param incoming   the snapshot that is coming in
 * @param successor  on a leader, to whom it is handing its leadership over, or {@link ServerId#NONE}
 */
public record CoreStatus(String role, long term, ServerId leaderId, long commit, long durable, long last, long first,
        boolean learner,
        List<ServerId> waitingFor, List<Peer> peers, boolean inDoubt, String blocked, Neighbours neighbours,
        Optional<Incoming> incoming, ServerId successor) {

    /**
     * A snapshot that comes in.
     *
     * @param snapshot which one
     * @param from     who sends it
     * @param offset   how much of it is written, in bytes
     * @param size     the length of all of it, in bytes
     */
    public record Incoming(SnapshotId snapshot, ServerId from, long offset, long size) { }

    /**
     * What a leader knows of a peer.
     *
     * @param id        the peer
     * @param connected whether a connection stands
     * @param match     its matchIndex; 0 also as long as the leader does not know it
     * @param next      its nextIndex
     * @param probing   whether the leader still looks for the place where the logs agree
     * @param snapshot  the index of the snapshot that is on its way to it; 0 if none is
     * @param snapshotOffset how much of that it has, in bytes
     * @param snapshotSize   the length of all of that, in bytes
     * @param snapshotLogBytes how many bytes of the log follow it: past a limit it need not be kept any more (R31)
     */
    public record Peer(ServerId id, boolean connected, long match, long next, boolean probing, long snapshot,
            long snapshotOffset, long snapshotSize, long snapshotLogBytes) {

        /** Whether the leader knows how much of the log the peer has. */
        public boolean isMatchKnown() {
            return match > 0 || !probing;
        }
    }

    /**
     * What a server has seen of the other members. Immutable.
     *
     * @param configuration in force; the configured one of a server that has not formed
     * @param formed        whether the server belongs to a formed cluster
     * @param connected     those to which a connection stands
     * @param problems      why some of these do not count, in a few words each
     * @param notCounted    those whose data are not the ones that the cluster formed with (R17), connected or not
     * @param strangerTo    those whose cluster formed with another incarnation of this server, or without it
     * @param leaderSinceNs when the leader that it knows became that, or when it lost the last one, or the
     *                      cluster formed
     * @param leaderSilenceNs the longest time in this term that passed between two messages of its leader
     */
    public record Neighbours(Configuration configuration, boolean formed, SortedSet<ServerId> connected,
            SortedMap<ServerId, String> problems, SortedSet<ServerId> notCounted, List<ServerId> strangerTo,
            long leaderSinceNs, long leaderSilenceNs) { }
}
