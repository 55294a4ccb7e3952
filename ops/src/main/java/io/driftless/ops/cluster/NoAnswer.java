package io.driftless.ops.cluster;

import io.driftless.machine.QueryOutcome;
import io.driftless.machine.QueryOutcome.Reason;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why one member that was asked has not answered. Its connection tells that as an exception, with the words of the
 * member; the reason is found in them.
 */
final class NoAnswer {

    /** What a member says that was reached, behind its address. */
    private static final Map<Pattern, Reason> WORDS = words();

    private NoAnswer() { }

    private static Map<Pattern, Reason> words() {
        Map<Pattern, Reason> words = new LinkedHashMap<>();
        // First: what a state machine throws may read like anything.
        words.put(Pattern.compile("the state machine \\S+: query at index .*"), Reason.MACHINE_FAILED);
        words.put(Pattern.compile("(the leader is |no leader is known|no quorum: |knows no leader |forming: "
                + "|not a member by its data: ).*"), Reason.NO_LEADER);
        words.put(Pattern.compile("no answer within .*|what it has to show was not applied in time"), Reason.TIMEOUT);
        words.put(Pattern.compile(".* (is|are) in flight|the heap is nearly full: .*|the state machine hangs: .*"),
                Reason.OVERLOADED);
        words.put(Pattern.compile("the answer has \\d+ bytes, .*"), Reason.TOO_LARGE);
        words.put(Pattern.compile("the node (is closing|is stopping|has ended)"), Reason.CLOSED);
        return words;
    }

    /** As the outcome of a query. What says nothing else is unreachable. */
    static QueryOutcome.Failed of(String address, IOException problem) {
        String detail = Wiring.problem(address, problem);
        return new QueryOutcome.Failed(reason(problem, detail.startsWith(address + ": ")
                ? detail.substring(address.length() + 2) : detail), detail);
    }

    private static Reason reason(IOException problem, String words) {
        for (Throwable why = problem; why != null; why = why.getCause()) {
            @Nullable Reason known = ofType(why);
            if (known != null) {
                return known;
            }
        }
        return WORDS.entrySet().stream().filter(entry -> entry.getKey().matcher(words).matches())
                .map(Map.Entry::getValue).findFirst().orElse(Reason.UNREACHABLE);
    }

    private static @Nullable Reason ofType(Throwable why) {
        return switch (why) {
            case ClientTransport.OtherClusterException other -> Reason.OTHER_CLUSTER;
            case ClientTransport.NotDriftlessException not -> Reason.NOT_DRIFTLESS;
            case TimeoutException late -> Reason.TIMEOUT;
            case SocketTimeoutException silent -> Reason.UNREACHABLE;
            case InterruptedIOException interrupted -> Reason.INTERRUPTED;
            case Throwable other -> null;
        };
    }
}
