package io.driftless.node.driver;

import io.driftless.concurrent.Turn;

/**
 * A {@link Turn} with a thread of its own to fall back on: the one that brings work does it where that is allowed, and
 * the thread does it otherwise, or goes on when there is too much. Thread safe.
 */
final class Worker implements AutoCloseable {

    /** The work: some of what is waiting. */
    interface Work {

        /** Does some of it; returns what was done. */
        Done some(Where where);
    }

    /** On which thread work is done. */
    enum Where {
        /** That of somebody who brought some: it must not block. */
        CALLERS_THREAD,
        /** The worker's own: it may block. */
        OWN_THREAD
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

    /** Announces a piece; true: the caller must {@link #work} or {@link #handOver} when it is free to. */
    boolean announce() {
        return turn.announce();
    }

    int announced() {
        return turn.announced();
    }

    /**
     * Does the work that is there on the calling thread; what comes meanwhile is left to the worker's own, so that the
     * caller is back at its connection soon.
     */
    void work() {
        if (own.callerMayWork()) {
            Done done = work.some(Where.CALLERS_THREAD);
            if (done.pieces() < 0 || turn.done(done.pieces())) {
                handOver();
            }
            done.then().go(Leisure.APPLY);
        } else {
            handOver();
        }
    }

    private boolean ownWork() {
        return failures.guard("driver", () -> {
            Done done = work.some(Where.OWN_THREAD);
            boolean more = turn.done(done.pieces());
            done.then().go(more ? Leisure.NONE : Leisure.APPLY);
            return more;
        });
    }

    /** Leaves the work to the worker's own thread. */
    void handOver() {
        own.handOver();
    }

    /** Ends the thread; waits for the piece it is at, at most a second. Announced work is left undone. */
    @Override
    public void close() {
        own.close();
    }
}
