package io.driftless.ops.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.machine.QueryOutcome;
import io.driftless.machine.QueryOutcome.Reason;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class NoAnswerTest {

    private static final String N2 = "127.0.0.1:7002";

    @Test
    void whoCannotBeReachedIsUnreachable() {
        is(Reason.UNREACHABLE, N2 + ": Connection refused", new ConnectException("Connection refused"));
        SocketTimeoutException silent = new SocketTimeoutException(N2 + " accepted the connection but said nothing");
        is(Reason.UNREACHABLE, silent.getMessage(), silent);
        is(Reason.UNREACHABLE, silent.getMessage(), new IOException(silent.getMessage(), silent));
    }

    @Test
    void whatKeptItFromAnsweringIsFoundInTheCause() {
        is(Reason.TIMEOUT, N2 + ": late", new IOException(N2 + ": late", new TimeoutException()));
        is(Reason.INTERRUPTED, N2 + ": interrupted", new InterruptedIOException(N2 + ": interrupted"));
        is(Reason.NOT_DRIFTLESS, N2 + ": SSH", new IOException(N2 + ": SSH",
                new ClientTransport.NotDriftlessException("SSH")));
        is(Reason.OTHER_CLUSTER, N2 + ": of b", new ClientTransport.OtherClusterException("of b"));
    }

    private static void is(Reason reason, String detail, IOException problem) {
        assertEquals(new QueryOutcome.Failed(reason, detail), NoAnswer.of(N2, problem));
    }
}
