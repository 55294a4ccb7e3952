package io.driftless.machine;

import java.io.InputStream;
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
     *         applied (again), or {@link #restore} is called if the log does not hold all of them any more.
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
     * Marks the end of a batch, like {@link #batchApplied(long)}, which it calls. A machine that keeps its state on
     * disk overrides this method instead, and makes the effects of its commands, the index and these rows durable
     * together: the rows tell which commands of which client session were executed (R22). A machine that keeps nothing
     * on disk needs neither method.
     *
     * @param index   the last index applied
     * @param changed what has changed in the session table since the last call
     */
    default void batchApplied(long index, SessionRows changed) throws Exception {
        batchApplied(index);
    }

    /**
     * Gives back all rows of the session table that {@link #batchApplied(long, SessionRows)} told of and that were not
     * removed since. Called once, after {@link #open}. A machine that opens at an index above 0 without the rows is
     * refused if any session was opened up to that index, because commands would be executed twice.
     */
    default SessionRows sessions() throws Exception {
        return SessionRows.NONE;
    }

    /**
     * Whether the machine gives {@link #snapshot}s and takes them back. Asked once, after {@link #open}. Without
     * snapshots a node replays its log from the machine's index at every start.
     */
    default boolean takesSnapshots() {
        return false;
    }

    /**
     * A view of the state as of the last index applied (Raft §7). Called between two commands and never on a
     * connection's thread; nothing is applied until it returns, so it must be cheap. A machine of little state may
     * write it into a byte array here. It is written later, while commands go on.
     */
    default MachineSnapshot snapshot() throws Exception {
        throw notOverridden("snapshot()");
    }

    /**
     * Replaces the state by the one that a {@link MachineSnapshot} of this class has written, on this server or
     * another. Called between two commands or before the first one, on a machine of any lower index: also on one that
     * has kept its state. Called again after a crash. {@link #batchApplied} follows with the same index and all rows of
     * the session table, which replace all earlier ones: a machine that keeps its state on disk must not open at
     * {@code index} before that was called.
     *
     * <p>All of the content must be read: a machine that leaves a part of it has not understood it, and the node does
     * not go on with it.
     *
     * @param content what was written, whole and verified; need not be closed
     * @param index   the last index whose effects are in it
     */
    default void restore(InputStream content, long index) throws Exception {
        throw notOverridden("restore()");
    }

    private UnsupportedOperationException notOverridden(String method) {
        return new UnsupportedOperationException(method + " is not overridden in " + getClass().getName()
                + ": a state machine whose takesSnapshots() is true overrides snapshot() and restore()");
    }

    /**
     * Whether {@link #apply} takes microseconds and never blocks. If so, it may run on the thread that learned of the
     * commit.
     */
    default boolean appliesInline() {
        return false;
    }

    /**
     * Answers a query from the state as it is, and changes nothing. What that state must have seen was seen to before
     * (see {@link Consistency}). Called between commands, so its time is theirs too. An exception is told to whoever
     * asked, and the node goes on.
     *
     * @param query        read-only, valid during the call
     * @param appliedIndex the last index applied
     */
    default Result query(ByteBuffer query, long appliedIndex) throws Exception {
        return Result.failed(1, "this state machine answers no queries");
    }

    /**
     * Numbers that an operator should see in the node's status, such as {@code used_bytes}, each with its name. Called
     * now and then between commands, like {@link #query}, and must take no longer than that. The status shows the
     * latest values that were returned, and never waits for this method. A machine that returns none when it was opened
     * is not asked again.
     */
    default Map<String, Long> gauges() {
        return Map.of();
    }

    @Override
    void close();
}
