package io.driftless.log;

import io.driftless.raft.HardState;

/**
 * Keeps the term and the vote of one server (Raft figure 2). One thread at a time calls it; not one that may be
 * interrupted.
 */
public interface HardStateStore extends AutoCloseable {

    /**
     * What was last written, {@link HardState#INITIAL} at first; durable, also after a crash of the process that wrote
     * it (R14). From memory.
     */
    HardState read();

    /**
     * Replaces it. Durable on return.
     *
     * @throws SyncFailedException if the disk did not take it: final, every later write throws again
     * @throws IllegalArgumentException if the term falls, or a vote given in the same term is changed
     */
    void write(HardState state);

    /**
     * The term it had when this server came into doubt: when it may have lost entries that it acknowledged; 0 if it is
     * sure (R18). From memory. A store decides by itself at its opening, by {@link Opening#mayLackEntries()} where
     * entries counted before they were synced, and keeps a doubt over restarts.
     */
    long doubtTerm();

    /**
     * Notes that the server is in doubt from now on, unless it is already or its term is 0; and that starts of it are
     * known up to {@code bootSeen}, so that the boot of each later one is above that: a peer that remembers them brings
     * no doubt again. Durable on return, in one write.
     *
     * @param bootSeen the highest boot of this incarnation that a peer has seen; 0 if the doubt is not for that
     * @throws SyncFailedException as {@link #write}
     */
    void doubt(long bootSeen);

    /**
     * Notes that the server is not in doubt any more. Durable on return.
     *
     * @throws SyncFailedException as {@link #write}
     */
    void settle();

    @Override
    void close();
}
