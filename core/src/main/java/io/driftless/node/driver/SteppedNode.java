package io.driftless.node.driver;

import io.driftless.machine.SessionRows;
import io.driftless.node.NodeEnd;
import io.driftless.node.RaftNode;
import io.driftless.raft.CoreStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A {@link RaftNode} without its threads, for the simulator: the same run of a node on an {@link Engine} of the
 * caller's, who also decides what becomes of it when it cannot go on. Not thread safe unless its engine is.
 */
public final class SteppedNode {

    private final NodeRun run;

    /**
     * Recovers, but does not begin.
     *
     * @param node   as for {@link RaftNode.Builder#start}
     * @param engine time, chance and threads
     * @param ended  is told, once, if the node cannot go on; it has fallen silent then and is to be closed
     * @throws io.driftless.errors.DriftlessException if it cannot start
     */
    public SteppedNode(RaftNode.Builder node, Engine engine, Consumer<NodeEnd> ended) {
        run = new NodeRun(EngineAccess.parts(node, engine), new LeaderWatch().begin(), (cause, error, isMended) ->
                ended.accept(new NodeEnd(cause, error.message())));
    }

    /** Begins. */
    public void start() {
        run.start();
    }

    /** Looks at the core: at once if nothing is being done with it, and otherwise as soon as that is over. */
    public void look(Consumer<CoreStatus> eye) {
        run.look(eye);
    }

    /** The last index that it has applied. */
    public long applied() {
        return run.applied();
    }

    /** The rows of its session table, as of {@link #applied()}; empty while an entry is being applied. */
    public Optional<SessionRows> sessions() {
        return run.sessions();
    }

    /** Ends in order, without waiting for anything. */
    public void close() {
        run.close(Duration.ZERO);
    }
}
