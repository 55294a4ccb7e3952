package io.driftless.machine;

import java.nio.ByteBuffer;

/** A committed command on its way into the state machine. Valid during {@link StateMachine#apply} only. */
public interface Command {

    /** Its index in the log. */
    long index();

    /** The term it was created in. */
    long term();

    /** The log's clock at its creation, the same on every server, in milliseconds. */
    long logTimeMs();

    /** What the client sent: read-only. */
    ByteBuffer payload();
}
