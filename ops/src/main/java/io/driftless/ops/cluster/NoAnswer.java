package io.driftless.ops.cluster;

import io.driftless.client.QueryFailedException;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.QueryOutcome.Reason;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Why one member that was asked has not answered. Its connection tells that as an exception. */
final class NoAnswer {

    private NoAnswer() { }

    /** As the outcome of a query. What says nothing else is unreachable. */
    static QueryOutcome.Failed of(String address, IOException problem) {
        return new QueryOutcome.Failed(reason(problem), Wiring.problem(address, problem));
    }

    private static Reason reason(IOException problem) {
        for (Throwable why = problem; why != null; why = why.getCause()) {
            @Nullable Reason known = ofType(why);
            if (known != null) {
                return known;
            }
        }
        return Reason.UNREACHABLE;
    }

    private static @Nullable Reason ofType(Throwable why) {
        return switch (why) {
            case QueryFailedException told -> told.reason();
            case ClientTransport.OtherClusterException other -> Reason.OTHER_CLUSTER;
            case ClientTransport.NotDriftlessException not -> Reason.NOT_DRIFTLESS;
            case TimeoutException late -> Reason.TIMEOUT;
            case SocketTimeoutException silent -> Reason.UNREACHABLE;
            case InterruptedIOException interrupted -> Reason.INTERRUPTED;
            case Throwable other -> null;
        };
    }
}
