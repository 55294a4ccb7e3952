package io.driftless.machine;

import java.nio.ByteBuffer;

/** A committed command on its way into the state machine. Valid only during {@link StateMachine#apply}. */
public interface Command {

    /** Its index in the log. */
    long index();

    /** The term in which it was created. */
    long term();

    /**
     * The log's clock when the command was created, in milliseconds, the same on every server. It never goes back. It
     * is not the time of day, although it begins near it. It stands still from the last entry before a change of leader
     * to the new leader's first entry, and so falls behind by the time without traffic in between. It is good for
     * durations while one leader leads.
     */
    long logTimeMs();

    /** What the client sent, read-only. */
    ByteBuffer payload();
}
