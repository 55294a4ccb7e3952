package io.driftless.node.driver;

import io.driftless.node.RaftNode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the development tools run a node on an {@link Engine} of theirs, which the public builder does not offer. {@link
 * RaftNode} lends it when it is loaded, so whoever has a builder in hand finds it here. Thread safe.
 */
public final class EngineAccess {

    /** What {@link RaftNode} lends. */
    public interface Lent {

        /** What a builder has collected; {@link IllegalStateException} if something required is missing. */
        NodeParts parts(RaftNode.Builder builder);

        /** A node around what was started. */
        RaftNode node(NodeLifecycle started);

        /** What a node is around. */
        NodeLifecycle lifecycle(RaftNode node);
    }

    private static volatile @Nullable Lent lent;

    private EngineAccess() { }

    /** Called by {@link RaftNode} alone. */
    public static void lend(Lent access) {
        lent = access;
    }

    /** Starts a node on an engine; otherwise as {@link RaftNode.Builder#start}. */
    public static RaftNode start(RaftNode.Builder builder, Engine engine) {
        return access().node(NodeLifecycle.start(parts(builder, engine)));
    }

    /** Closes a node as a process dies: it hands nothing over, and nothing that is under way is waited for. */
    public static void kill(RaftNode node) {
        access().lifecycle(node).kill();
    }

    /** What a node is made of, on an engine. */
    static NodeParts parts(RaftNode.Builder builder, Engine engine) {
        return access().parts(builder).on(engine);
    }

    private static Lent access() {
        return Objects.requireNonNull(lent, "no builder without RaftNode");
    }
}
