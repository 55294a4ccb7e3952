package io.driftless.testkit;

import io.driftless.raft.Lane;
import io.driftless.raft.Message;

/**
 * Something that happens at a node of a cluster under test. The cluster can be made to stand still at it: by
 * {@link InMemoryCluster#pauseWhen} on real threads, and by {@code SimulatedCluster.pauseWhen} in a simulation.
 * Immutable.
 */
public sealed interface ClusterEvent {

    /** The node at which it happens. */
    String node();

    /** A node has started. */
    record Started(String node, long boot) implements ClusterEvent { }

    /** A node has ended: it was killed, lost its power, was stopped, or cannot go on. */
    record Ended(String node, String how) implements ClusterEvent { }

    /**
     * The role, the term or the known leader has changed.
     *
     * @param role   {@code follower}, {@code pre_candidate}, {@code candidate}, {@code leader} or {@code learner}
     * @param term   currentTerm
     * @param leader the leader that the node knows; empty if none
     */
    record RoleChanged(String node, String role, long term, String leader) implements ClusterEvent { }

    /** A message to {@code peer} is about to be sent. */
    record Sending(String node, String peer, Lane lane, Message message) implements ClusterEvent { }

    /** A message from {@code peer} is about to be received. */
    record Receiving(String node, String peer, Lane lane, Message message) implements ClusterEvent { }

    /** Entries up to {@code lastIndex} are on the disk, and the node is about to be told. */
    record LogSynced(String node, long lastIndex) implements ClusterEvent { }

    /**
     * A term and vote are on the disk, and the node is about to be told. {@code votedFor} is empty if there is no vote.
     */
    record HardStateSynced(String node, long currentTerm, String votedFor) implements ClusterEvent { }

    /** A command was applied, and its result has not left yet. */
    record Applied(String node, long index, long term) implements ClusterEvent { }
}
