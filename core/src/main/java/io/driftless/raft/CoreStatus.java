package io.driftless.raft;

import java.util.List;

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
 */
public record CoreStatus(String role, long term, ServerId leaderId, long commit, long durable, long last, long first,
        boolean learner,
        List<ServerId> waitingFor, List<Peer> peers, boolean inDoubt, String blocked) {

    /**
     * What a leader knows of a peer.
     *
     * @param id        the peer
     * @param connected whether a connection stands
     * @param match     its matchIndex
     * @param next      its nextIndex
     */
    public record Peer(ServerId id, boolean connected, long match, long next) { }
}
