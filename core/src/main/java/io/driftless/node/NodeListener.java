package io.driftless.node;

import io.driftless.errors.ErrorEntry;
import java.util.Optional;

/**
 * Is told what happens to a node, in lines for a person. All calls come from one thread, in the order in which things
 * happened, and a little later. No part of the node depends on that thread: a listener that blocks delays only its own
 * calls, and what it throws is dropped. While it blocks, about 1 MiB of lines waits for it. Lines beyond that are lost;
 * when the listener goes on, a {@link #warning} tells it how many. It may call the node.
 */
public interface NodeListener {

    /** A listener that drops everything. */
    NodeListener NONE = new NodeListener() { };

    /** Something normal happened: the role changed, or the cluster formed. */
    default void info(String message) { }

    /** Something happened that an operator should look at: a torn tail was cut, or member lists disagree. */
    default void warning(String message) { }

    /**
     * The role, the term or the known leader has changed.
     *
     * @param role   the node's role in the protocol now; a learner is a {@link NodeRole#FOLLOWER} here
     * @param term   currentTerm
     * @param leader the leader that the node knows
     */
    default void roleChanged(NodeRole role, long term, Optional<String> leader) { }

    /** The node has recovered and listens. */
    default void ready() { }

    /** An error was recorded; {@link RaftNode#errors()} lists it too. */
    default void error(ErrorEntry error) { }

    /** The node has ended. No call follows this one. */
    default void ended(NodeEnd end) { }
}
