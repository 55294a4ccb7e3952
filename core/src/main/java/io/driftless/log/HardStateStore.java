package io.driftless.log;

import io.driftless.raft.HardState;

/**
 * Keeps the term and the vote of one server (Raft figure 2). Only one thread at a time may call it, and not one that
 * may be interrupted.
 */
public interface HardStateStore extends AutoCloseable {

    /**
     * The state that was last written, or {@link HardState#INITIAL} at first. It is durable, even after a crash of the
     * process that wrote it (R14). Read from memory.
     */
    HardState read();

    /**
     * Replaces the state. Durable on return.
     *
     * @throws SyncFailedException if the disk did not take it; this is final, and every later write throws again
     * @throws IllegalArgumentException if the term falls, or a vote given in the same term is changed
     */
    void write(HardState state);

    /**
     * The term that this server had when it came into doubt, that is, when it may have lost entries that it
     * acknowledged; 0 if it is not in doubt (R18). Read from memory. When it is opened, a store decides this itself: by
     * {@link Opening#mayLackEntries()}, where entries counted before they were synced. It keeps a doubt over restarts.
     */
    long doubtTerm();

    /**
     * Notes that the server is in doubt from now on, unless it already is or its term is 0. Also notes that its starts
     * are known up to {@code bootSeen}, so that each later start has a higher boot: a peer that remembers those starts
     * then raises no new doubt. Durable on return, in one write.
     *
     * @param bootSeen the highest boot of this incarnation that a peer has seen; 0 if the doubt is not for that
     * @throws SyncFailedException as {@link #write}
     */
    void doubt(long bootSeen);

    /**
     * Notes that the server is no longer in doubt. Durable on return.
     *
     * @throws SyncFailedException as {@link #write}
     */
    void settle();

    @Override
    void close();
}
