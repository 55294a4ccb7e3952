package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.Outcome;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Calls that are meant to end at a short deadline. The computer may stand still for as long, at any moment: then a call
 * ends before anything of it was sent, before it has heard anything, or while it is being asked again.
 */
final class Deadlines {

    private static final int TRIES = 60;

    private Deadlines() { }

    /** Makes the call again until it ends as it would without that; the outcome of the last time. */
    static Outcome until(Predicate<Outcome> isEnough, Supplier<Outcome> call) {
        Outcome outcome = call.get();
        for (int i = 1; i < TRIES && !isEnough.test(outcome); i++) {
            outcome = call.get();
        }
        return outcome;
    }

    /** Makes the call again until it ends as one that was sent. */
    static Outcome untilSent(Supplier<Outcome> call) {
        return until(outcome -> !(outcome instanceof Outcome.Rejected), call);
    }

    /** Fails unless the call is rejected at last for this reason, with a detail that has all these words. */
    static void assertRejected(Outcome.Reason reason, List<String> words, Supplier<Outcome> call) {
        Predicate<Outcome> isAsSaid = outcome -> outcome instanceof Outcome.Rejected rejected
                && rejected.reason() == reason && words.stream().allMatch(rejected.detail()::contains);
        Outcome last = until(isAsSaid, call);
        assertTrue(isAsSaid.test(last), last::toString);
    }

    /** Makes the call again until it is rejected for this reason. */
    static Outcome untilRejected(Outcome.Reason reason, Supplier<Outcome> call) {
        return until(outcome -> outcome instanceof Outcome.Rejected rejected && rejected.reason() == reason, call);
    }
}
