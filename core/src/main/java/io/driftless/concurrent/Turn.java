package io.driftless.concurrent;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets one thread at a time work on what many bring, and nobody wait: who announces a piece while none is announced has
 * the turn, and works for all until everything is done. Put the piece where the worker finds it before announcing it.
 * The words are the same everywhere: <i>announce</i> a piece; with the turn, <i>work</i> here or <i>hand over</i> to
 * another thread; report pieces as <i>done</i>. Thread safe; {@link #announce} and {@link #done} hand over with
 * happens-before.
 */
public final class Turn {

    private final AtomicInteger announced = new AtomicInteger();

    /** Nothing is announced. */
    public Turn() { }

    /** Announces a piece. True: the caller has the turn, and must work or hand over. */
    public boolean announce() {
        return announced.getAndIncrement() == 0;
    }

    /** Announces so many pieces, at least one; as {@link #announce()}. */
    public boolean announce(int pieces) {
        return announced.getAndAdd(pieces) == 0;
    }

    /** How many pieces are announced and not done. */
    public int announced() {
        return announced.get();
    }

    /** Reports so many pieces as done. True: more are announced, and the caller still has the turn. */
    public boolean done(int pieces) {
        return announced.addAndGet(-pieces) > 0;
    }
}
