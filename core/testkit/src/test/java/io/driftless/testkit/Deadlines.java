package io.driftless.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Calls that are meant to end at a short deadline. The computer may stand still for as long, at any moment: then a call
 * ends before anything of it was sent, before it has heard anything, or while it is being asked again.
 */
final class Deadlines {

    private static final int TRIES = 60;
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private Deadlines() { }

    /** Makes the call again until it ends as it would without that; the outcome of the last time. */
    static Outcome until(Predicate<Outcome> isEnough, Supplier<Outcome> call) {
        Outcome outcome = call.get();
        for (int i = 1; i < TRIES && !isEnough.test(outcome); i++) {
            outcome = call.get();
        }
        return outcome;
    }

    /**
     * Makes the call again, each time with another command, until it ends as one whose outcome nobody knows. One that
     * was rejected must never have been given to a connection to this server, which answers none.
     */
    static void assertUnknownOnceSent(ScriptedServers.Server silent, Function<byte[], Outcome> call) {
        List<String> rejected = new ArrayList<>();
        Outcome last = until(outcome -> !(outcome instanceof Outcome.Rejected), () -> {
            String command = "try " + NUMBERS.incrementAndGet();
            Outcome outcome = call.apply(command.getBytes(UTF_8));
            if (outcome instanceof Outcome.Rejected) {
                rejected.add(command);
            }
            return outcome;
        });
        // Of all at the end, too: whoever rejects what is to be sent may send it a moment later.
        for (String command : rejected) {
            assertFalse(silent.isGiven(command), () -> command + " was rejected, and may be executed");
        }
        assertEquals(new Outcome.Unknown(Outcome.Why.TIMEOUT), last);
    }

    /**
     * Fails unless the call is rejected at last for this reason, with a detail that has all these words. Before that it
     * may end as one that was just being sent, or about which nothing was known yet, and in no other way.
     */
    static void assertRejected(Reason reason, List<String> words, Supplier<Outcome> call) {
        assertAtLast(reason, words, () -> {
            Outcome outcome = call.get();
            assertTrue(outcome.equals(new Outcome.Unknown(Outcome.Why.TIMEOUT)) || isRejected(reason, outcome),
                    outcome::toString);
            return outcome;
        });
    }

    /** The same, of calls of which nothing can ever be sent to this server: each must be rejected. */
    static void assertNeverSent(ScriptedServers.Server server, Reason reason, List<String> words,
            Function<byte[], Outcome> call) {
        List<String> commands = new ArrayList<>();
        assertAtLast(reason, words, () -> {
            commands.add("try " + NUMBERS.incrementAndGet());
            Outcome outcome = call.apply(commands.getLast().getBytes(UTF_8));
            assertTrue(isRejected(reason, outcome), outcome::toString);
            return outcome;
        });
        assertTrue(commands.stream().noneMatch(server::isGiven));
    }

    private static void assertAtLast(Reason reason, List<String> words, Supplier<Outcome> call) {
        Predicate<Outcome> isAsSaid = outcome -> outcome instanceof Outcome.Rejected rejected
                && rejected.reason() == reason && words.stream().allMatch(rejected.detail()::contains);
        Outcome last = until(isAsSaid, call);
        assertTrue(isAsSaid.test(last), last::toString);
    }

    /** For this reason, or as a call that ends before anybody was reached, or before any answer. */
    private static boolean isRejected(Reason reason, Outcome outcome) {
        return outcome instanceof Outcome.Rejected rejected && (rejected.reason() == reason
                || rejected.reason() == Reason.UNREACHABLE || rejected.reason() == Reason.NO_LEADER);
    }
}
