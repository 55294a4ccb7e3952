package io.driftless.node.driver;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * How far the log has been written, so that whoever needs entries that are still on their way there can wait for them
 * without a thread. What is written can be read; it may not be durable yet. Thread safe.
 */
final class WrittenLog {

    private record Waiting(long writeId, Runnable then) { }

    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    /** Set by the owner of the core; only grows. */
    private volatile long lastQueued = Long.MIN_VALUE;
    /** Set by the owner of the disk; only grows. */
    private volatile long lastWritten = Long.MIN_VALUE;

    /** A write is on its way. Only for the owner of the core. */
    void queued(long writeId) {
        lastQueued = writeId;
    }

    /** The last write that is on its way, or was. For the owner of the core: what it has named is written by then. */
    long lastQueued() {
        return lastQueued;
    }

    /** Everything up to {@code writeId} can be read. Only for the owner of the disk. */
    void written(long writeId) {
        lastWritten = writeId;
        release();
    }

    boolean isWritten(long writeId) {
        return lastWritten >= writeId;
    }

    /**
     * Runs {@code then} once everything up to {@code writeId} can be read: here and now if it can, otherwise on the
     * thread that writes, which must not be held up. Never if that write never comes.
     */
    void whenWritten(long writeId, Runnable then) {
        waiting.add(new Waiting(writeId, then));
        release();
    }

    private void release() {
        for (Waiting each : waiting) {
            // Two threads may see it written at once; one of them gets it.
            if (isWritten(each.writeId()) && waiting.remove(each)) {
                each.then().run();
            }
        }
    }
}
