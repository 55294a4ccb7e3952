package io.driftless.transport.nio;

import io.driftless.transport.Unreachable;
import io.driftless.transport.Unreachable.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/** What a failed attempt to reach a server says about it. Pure. */
final class Failures {

    private Failures() { }

    static Unreachable of(IOException failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return switch (failure) {
            case TurnedAwayException turnedAway -> new Unreachable(Kind.TURNED_AWAY, turnedAway.why());
            case UnknownHostException unknown -> new Unreachable(Kind.HOST_NOT_FOUND);
            case SocketTimeoutException late -> new Unreachable(Kind.SILENT);
            case NoRouteToHostException noRoute -> new Unreachable(Kind.SILENT, "no route to host");
            // The kernel gives up too, and says so by the same class as for a port where nobody listens.
            case ConnectException timedOut when message.contains("timed out") -> new Unreachable(Kind.SILENT);
            case ConnectException refused -> new Unreachable(Kind.REFUSED);
            case EOFException closed -> new Unreachable(Kind.BROKEN, "it closes the connection");
            case SocketException reset when message.contains("reset") -> new Unreachable(Kind.BROKEN,
                    "it resets the connection");
            // No kind of failure is forgotten here: whatever else there may be tells itself.
            case IOException other -> new Unreachable(Kind.BROKEN, message);
        };
    }
}
