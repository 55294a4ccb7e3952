package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.node.NodeEnd;
import io.driftless.node.NodeListener;
import io.driftless.node.NodeRole;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/**
 * What every {@link NodeListener} should do. A node tolerates one that does not. It calls from one thread at a time, in
 * order. What the listener throws, or how long it takes, changes only what the listener itself is told. But nobody
 * tells it again what it has thrown away or missed while it blocked.
 */
public abstract class NodeListenerContract {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<String> LINES = List.of("", "a line", "a\nb\rc", "\u0000\ud83d lone \ufffe", "{} %s {0}",
            "x".repeat(100_000));

    /** For subclasses. */
    protected NodeListenerContract() { }

    /** Makes a new listener for each test. */
    protected abstract NodeListener listener() throws Exception;

    /**
     * Called after {@code lines} were told as {@code info} and as {@code warning}. A subclass can look for them here.
     */
    protected void told(List<String> lines) throws Exception { }

    @Test
    void takesAnyLineAndReturnsSoon() throws Exception {
        NodeListener listener = listener();
        assertEquals(List.of(), troubles(() -> LINES.forEach(line -> {
            listener.info(line);
            listener.warning(line);
        })));
        told(LINES);
    }

    @Test
    void takesAWholeLife() throws Exception {
        NodeListener listener = listener();
        assertEquals(List.of(), troubles(() -> {
            listener.ready();
            listener.roleChanged(NodeRole.LEADER, Long.MAX_VALUE, Optional.of("n1"));
            listener.roleChanged(NodeRole.FOLLOWER, 0, Optional.empty());
            listener.error(ErrorEntry.of("log", "gone", new IllegalStateException("why")));
            for (EndCause cause : EndCause.values()) {
                listener.ended(new NodeEnd(cause, ""));
            }
        }));
    }

    @Test
    void leavesAnInterruptAsItIs() throws Exception {
        NodeListener listener = listener();
        assertEquals(List.of(), troubles(() -> {
            Thread.currentThread().interrupt();
            listener.warning("while interrupted");
            assertTrue(Thread.interrupted(), "the interrupt is gone");
        }));
    }

    /** What the calls threw on a thread that the listener does not know, or a line if they do not return. */
    private static List<String> troubles(Runnable calls) throws InterruptedException {
        ConcurrentLinkedQueue<String> troubles = new ConcurrentLinkedQueue<>();
        Thread thread = Thread.ofPlatform().daemon()
                .uncaughtExceptionHandler((t, thrown) -> troubles.add(thrown.toString())).start(calls);
        if (!thread.join(SOON)) {
            troubles.add("has not returned after " + SOON);
        }
        return List.copyOf(troubles);
    }
}
