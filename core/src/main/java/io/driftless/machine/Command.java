package io.driftless.machine;

import java.nio.ByteBuffer;

/** A committed command on its way into the state machine. Valid during {@link StateMachine#apply} only. */
public interface Command {

    /** Its index in the log. */
    long index();

    /** The term it was created in. */
    long term();

    /**
     * The log's clock at its creation, the same on every server, in milliseconds. It never falls. It is not the time of
     * day: it begins near it, and stands still from the last entry before a change of leader to that leader's first, so
     * that it falls behind by the time without traffic then. Good for durations while a leader leads.
     */
    long logTimeMs();

    /** What the client sent: read-only. */
    ByteBuffer payload();
}
