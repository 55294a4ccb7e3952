package io.driftless.transport.nio;

import java.io.IOException;

/** One of the two sides of a handshake does not want the other. */
final class TurnedAwayException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String why;

    /** With a line for the log, and the reason alone. */
    TurnedAwayException(String message, String why) {
        super(message);
        this.why = why;
    }

    /** The reason, in the words of the side that does not want. */
    String why() {
        return why;
    }
}
