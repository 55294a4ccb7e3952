package io.driftless.node;

/** Is told what happens to a node, in lines for a person. Called on the node's threads; must not block or throw. */
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
     * @param role   as in {@link NodeStatus#role}
     * @param term   currentTerm
     * @param leader the leader it knows; empty if none
     */
    default void roleChanged(String role, long term, String leader) { }

    /** The node has recovered and listens. */
    default void ready() { }
}
