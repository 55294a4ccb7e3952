package io.driftless.node.driver;

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
         * @return what was done
         */
        Done some(boolean onOwnThread);
    }

    /**
     * What was done of the work.
     *
     * @param pieces how many announced pieces; negative to have the worker's own thread go on
     * @param then   what is left to be done about it, once the next one may work
     */
    record Done(int pieces, Engine.Then then) { }

    private final Turn turn = new Turn();
    private final Work work;
    private final Failures failures;
    private final Engine.Hand own;

    Worker(Engine engine, String name, Work work, Failures failures) {
        this.work = work;
        this.failures = failures;
        this.own = engine.hand(name, this::ownWork);
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
            Done done = work.some(false);
            if (done.pieces() < 0 || turn.more(done.pieces())) {
                handOver();
            }
            done.then().go(false);
        } else {
            handOver();
        }
    }

    private boolean ownWork() {
        try {
            Done done = work.some(true);
            boolean more = turn.more(done.pieces());
            done.then().go(more);
            return more;
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable broken) {
            failures.threw("driver", broken);
            return false;
        }
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
