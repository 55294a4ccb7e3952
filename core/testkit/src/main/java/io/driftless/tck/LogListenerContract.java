package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.log.LogListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/**
 * What every {@link LogListener} must do. A log calls it on its own threads, on several at once, in the middle of its
 * work. So it takes any line from any thread, returns soon and throws nothing. The listener that a node gives its log
 * only queues.
 */
public abstract class LogListenerContract {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<String> LINES = List.of("", "a line", "a\nb\rc", "\u0000\ud83d lone \ufffe", "{} %s {0}",
            "x".repeat(100_000));

    /** For subclasses. */
    protected LogListenerContract() { }

    /** Makes a new listener for each test. */
    protected abstract LogListener listener() throws Exception;

    @Test
    void takesAnyLineFromManyThreadsAtOnce() throws Exception {
        LogListener listener = listener();
        ConcurrentLinkedQueue<String> troubles = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().daemon()
                    .uncaughtExceptionHandler((t, thrown) -> troubles.add(thrown.toString()))
                    .start(() -> LINES.forEach(listener::warning)));
        }
        for (Thread thread : threads) {
            if (!thread.join(SOON)) {
                troubles.add("has not returned after " + SOON);
            }
        }
        assertEquals(List.of(), List.copyOf(troubles));
    }
}
