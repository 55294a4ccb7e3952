package io.driftless.node;

/**
 * A {@link Turn} with a thread of its own to fall back on: the one that brings work does it where that is allowed, and
 * the thread does it otherwise, or goes on when there is too much. Thread safe.
 */
final class Worker implements AutoCloseable {

    /** The work: some of what is waiting. */
    interface Work {

        /**
         * Does some of it.
         *
         * @param onOwnThread whether it may block
         * @return how many announced pieces were done; negative to have the worker's own thread go on
         */
        int some(boolean onOwnThread);
    }

    private final Turn turn = new Turn();
    private final Work work;
    private final Engine.Hand own;

    Worker(Engine engine, String name, Work work) {
        this.work = work;
        this.own = engine.hand(name, () -> turn.more(work.some(true)));
    }

    void start() {
        own.start();
    }

    /** Announces a piece; true: the caller must call {@link #work} or {@link #handOver} when it is free to. */
    boolean announce() {
        return turn.begin();
    }

    int announced() {
        return turn.count();
    }

    /**
     * Does the work that is there on the calling thread; what comes meanwhile is left to the worker's own, so that the
     * caller is back at its connection soon.
     */
    void work() {
        if (own.mayBeSpared()) {
            int done = work.some(false);
            if (done >= 0 && !turn.more(done)) {
                return;
            }
        }
        handOver();
    }

    /** Leaves the work to the worker's own thread. */
    void handOver() {
        own.wake();
    }

    /** Ends the thread; waits for the piece it is at, at most a second. Announced work is left undone. */
    @Override
    public void close() {
        own.close();
    }
}
