package io.driftless.machine;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * What the cluster replicates: a deterministic machine that commands are applied to in the log's order. Calls never
 * overlap; the thread may change between them, with happens-before.
 */
public interface StateMachine extends AutoCloseable {

    /**
     * Called once before anything is applied.
     *
     * @return the last index whose effects survived: 0 for a machine that keeps nothing on disk. Commands after it are
     *         applied (again).
     */
    long open(MachineContext context) throws Exception;

    /**
     * Applies a command. Deterministic: the same commands give the same results and states on every server. A refusal
     * is a {@link Result}; a throw is unrecoverable for this node. Must not wait for this cluster.
     */
    Result apply(Command command) throws Exception;

    /**
     * The end of a batch: {@code index} is the last one applied; a machine with a database commits here, index
     * included.
     */
    default void batchApplied(long index) throws Exception { }

    /**
     * True if {@link #apply} takes microseconds and never blocks: it may then run on the thread that learned of the
     * commit.
     */
    default boolean appliesInline() {
        return false;
    }

    /**
     * Answers a question from this server's own state, as of {@code appliedIndex}: local, possibly stale, never
     * linearizable.
     *
     * @param query        read-only, valid during the call
     * @param appliedIndex the last index applied
     */
    default Result queryLocal(ByteBuffer query, long appliedIndex) throws Exception {
        return Result.failed(1, "this state machine answers no local queries");
    }

    /**
     * Numbers that an operator should see in the node's status, such as {@code used_bytes}: a name with its value.
     * Called now and then between commands, like {@link #queryLocal}; must take no longer than that. The status shows
     * what was said last, and is never held up by it. A machine that has none when it was opened is not asked again.
     */
    default Map<String, Long> gauges() {
        return Map.of();
    }

    @Override
    void close();
}
