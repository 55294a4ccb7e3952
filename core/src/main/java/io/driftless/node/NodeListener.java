package io.driftless.node;

import io.driftless.errors.ErrorEntry;
import java.util.Optional;

/**
 * Is told what happens to a node, in lines for a person. Every call comes from one thread, in the order in which things
 * happened, a little after they did. Nothing of the node depends on that thread: a listener that blocks delays only
 * what it is told itself, and what it throws is dropped. While it blocks, about 1 MiB of lines waits for it; how many
 * more were lost it is told by a {@link #warning} when it goes on. May call the node.
 */
public interface NodeListener {

    /** Drops everything. */
    NodeListener NONE = new NodeListener() { };

    /** Something normal: a change of role, the cluster formed. */
    default void info(String message) { }

    /** Something an operator should look at: a torn tail that was cut, member lists that disagree. */
    default void warning(String message) { }

    /**
     * The role, the term or the known leader has changed.
     *
     * @param role   what it is in the protocol now; a learner is a {@link NodeRole#FOLLOWER} here
     * @param term   currentTerm
     * @param leader the leader that it knows
     */
    default void roleChanged(NodeRole role, long term, Optional<String> leader) { }

    /** The node has recovered and listens. */
    default void ready() { }

    /** An error was recorded; {@link RaftNode#errors()} lists it too. */
    default void error(ErrorEntry error) { }

    /** The node has ended; nothing is told after it. */
    default void ended(NodeEnd end) { }
}
