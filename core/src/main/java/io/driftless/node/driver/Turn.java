package io.driftless.node.driver;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets one thread at a time work on what many bring, and nobody wait: whoever brings something while nothing is waiting
 * works for all until nothing is. Bring the piece where the worker finds it before announcing it. Thread safe; {@link
 * #begin} and {@link #more} hand over with happens-before.
 */
final class Turn {

    private final AtomicInteger waiting = new AtomicInteger();

    /** Announces a piece. True: the caller has the turn, and must work or hand the turn on. */
    boolean begin() {
        return waiting.getAndIncrement() == 0;
    }

    /** How many pieces are announced and not done. */
    int count() {
        return waiting.get();
    }

    /** Reports pieces as done. True: more have come, and the caller still has the turn. */
    boolean more(int done) {
        return waiting.addAndGet(-done) > 0;
    }
}
