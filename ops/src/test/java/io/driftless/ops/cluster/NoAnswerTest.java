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
    void whatAMemberSaysHasItsReason() {
        said(Reason.NO_LEADER, "no quorum: 1 of 3 reachable for 12 s, missing n1 (refused), n3 (silent)");
        said(Reason.NO_LEADER, "the leader is n1");
        said(Reason.NO_LEADER, "no leader is known");
        said(Reason.NO_LEADER, "knows no leader for 12 s, although 2 of 3 are reachable");
        said(Reason.NO_LEADER, "forming: waiting for n3 (refused)");
        said(Reason.TIMEOUT, "what it has to show was not applied in time");
        said(Reason.TIMEOUT, "no answer within 300 ms");
        said(Reason.OVERLOADED, "1024 questions are in flight");
        said(Reason.OVERLOADED, "1 question is in flight");
        said(Reason.OVERLOADED, "the heap is nearly full: 90 of 100 MiB are in use after a collection; commands are"
                + " refused until there is room");
        said(Reason.OVERLOADED, "the state machine hangs: batchApplied at index 14 has been under way for 6 s");
        said(Reason.TOO_LARGE, "the answer has 16777217 bytes, 16777216 are sent at most");
        said(Reason.MACHINE_FAILED, "the state machine com.example.Sum: query at index 7 threw"
                + " java.lang.IllegalStateException: 12 are in flight");
        said(Reason.CLOSED, "the node is stopping");
        said(Reason.CLOSED, "the node is closing");
        said(Reason.UNREACHABLE, "connection lost");
    }

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

    private static void said(Reason reason, String words) {
        is(reason, N2 + ": " + words, new IOException(N2 + ": " + words));
    }

    private static void is(Reason reason, String detail, IOException problem) {
        assertEquals(new QueryOutcome.Failed(reason, detail), NoAnswer.of(N2, problem));
    }
}
