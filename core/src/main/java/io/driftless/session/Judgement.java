package io.driftless.session;

import io.driftless.machine.Result;

/** What is to be done with a command of a session (R21). Immutable. */
public sealed interface Judgement {

    /** It is the next one of its session. */
    enum Next implements Judgement { NEXT }

    /**
     * It was executed before, and this is what came of it.
     *
     * @param serial the serial
     * @param index  where it was executed
     * @param result what the state machine answered
     */
    record Kept(long serial, long index, Result result) implements Judgement { }

    /** It was executed or given up before, and there is no result any more. */
    enum NotKept implements Judgement { NOT_KEPT }

    /**
     * An earlier one must come first.
     *
     * @param expected the serial that is next
     */
    record TooEarly(long expected) implements Judgement { }

    /** There is no such session. */
    enum Expired implements Judgement { EXPIRED }
}
