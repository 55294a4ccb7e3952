package io.driftless.machine;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * What the cluster replicates: a deterministic machine to which commands are applied in the log's order. Calls never
 * overlap. The thread may change between calls, with a happens-before edge.
 */
public interface StateMachine extends AutoCloseable {

    /**
     * Opens the machine. Called once, before anything is applied.
     *
     * @return the last index whose effects survived: 0 for a machine that keeps nothing on disk. Commands after it are
     *         applied (again).
     */
    long open(MachineContext context) throws Exception;

    /**
     * Applies a command. It must be deterministic: the same commands give the same results and states on every server.
     * To refuse a command, return a {@link Result}; a throw is unrecoverable for this node. Must not wait for this
     * cluster.
     */
    Result apply(Command command) throws Exception;

    /**
     * Marks the end of a batch. {@code index} is the last index applied. A machine with a database commits here, and
     * the index with it.
     */
    default void batchApplied(long index) throws Exception { }

    /**
     * Whether {@link #apply} takes microseconds and never blocks. If so, it may run on the thread that learned of the
     * commit.
     */
    default boolean appliesInline() {
        return false;
    }

    /**
     * Answers a query from this server's own state, as of {@code appliedIndex}. The answer is local, possibly stale,
     * and never linearizable.
     *
     * @param query        read-only, valid during the call
     * @param appliedIndex the last index applied
     */
    default Result queryLocal(ByteBuffer query, long appliedIndex) throws Exception {
        return Result.failed(1, "this state machine answers no local queries");
    }

    /**
     * Numbers that an operator should see in the node's status, such as {@code used_bytes}, each with its name. Called
     * now and then between commands, like {@link #queryLocal}, and must take no longer than that. The status shows the
     * latest values that were returned, and never waits for this method. A machine that returns none when it was opened
     * is not asked again.
     */
    default Map<String, Long> gauges() {
        return Map.of();
    }

    @Override
    void close();
}
