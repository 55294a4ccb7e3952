package io.driftless.sim.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The checker is checked. A call is written {@code from-to op=result}: {@code w5} writes 5, {@code r} reads, {@code
 * c1:2} writes 2 if 1 stands there; every operation answers with the value before it. {@code ?} in place of an end: no
 * answer came. A letter in front chooses another register.
 */
class LinearizabilityTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            true  | 0-1 r=0
            false | 0-1 r=1
            true  | 0-1 w1=0, 2-3 r=1
            false | 0-1 w1=0, 2-3 r=0
            true  | 0-3 w1=0, 1-2 r=0
            true  | 0-3 w1=0, 1-2 r=1
            false | 0-3 w1=0, 1-2 r=2
            false | 0-1 w1=1
            true  | 0-1 w1=0, 2-3 w2=1, 4-5 r=2
            false | 0-1 w1=0, 2-3 w2=0, 4-5 r=2
            true  | 0-3 w1=0, 0-3 w2=1, 4-5 r=2
            true  | 0-3 w1=2, 0-3 w2=0, 4-5 r=1
            false | 0-3 w1=2, 0-3 w2=0, 4-5 r=2
            false | 0-3 w1=0, 0-3 w2=0, 4-5 r=2
            false | 0-9 w1=0, 1-2 r=1, 3-4 r=0
            true  | 0-9 w1=0, 1-2 r=0, 3-4 r=1
            true  | 0-9 w1=0, 1-4 r=1, 2-5 r=0
            true  | 0-? w1, 1-2 r=0, 3-4 r=1
            false | 0-? w1, 1-2 r=1, 3-4 r=0
            true  | 0-? w1, 1-2 r=0
            true  | 0-? w1, 1-2 r=1
            false | 5-? w1, 1-2 r=1
            true  | 0-? w1, 1-2 w2=0, 3-4 r=1
            true  | 0-? w1, 1-2 w2=1, 3-4 r=2
            false | 0-? w1, 1-2 w2=1, 3-4 r=1
            false | 0-? w1, 1-2 w2=0, 3-4 r=1, 5-6 r=2
            true  | 0-? w1, 0-? w2, 1-2 r=2, 3-4 r=1
            false | 0-? w1, 0-? w2, 1-2 r=2, 3-4 r=1, 5-6 r=2
            true  | 0-? r, 1-2 r=0
            true  | 0-1 w1=0, 2-3 c1:2=1, 4-5 r=2
            true  | 0-1 w1=0, 2-3 c3:2=1, 4-5 r=1
            false | 0-1 w1=0, 2-3 c1:2=1, 4-5 r=1
            false | 0-1 w1=0, 2-3 c3:2=1, 4-5 r=2
            true  | 0-5 c0:1=0, 0-5 c1:2=1, 6-7 r=2
            false | 0-5 c0:1=0, 0-5 c0:2=0, 6-7 r=2
            true  | 0-? c0:1, 1-2 r=1, 3-4 w3=1
            false | 0-? c5:1, 1-2 r=1
            true  | 0-1 w1=0, 0-1 b w2=0, 2-3 r=1, 2-3 b r=2
            false | 0-1 w1=0, 0-1 b w2=0, 2-3 r=2, 2-3 b r=1
            true  | 0-2 w1=0, 2-3 r=1
            true  | 0-2 w1=0, 2-3 r=1, 2-2 r=0
            """)
    void decidesWhatIsKnown(boolean verdict, String history) {
        List<Call> calls = calls(history);
        assertEquals(verdict, Linearizability.isLinearizable(calls), history);
        assertEquals(verdict, naive(calls), "the naive checker on " + history);
    }

    private static List<Call> calls(String history) {
        List<Call> calls = new ArrayList<>();
        for (String text : history.split(",")) {
            String[] parts = text.strip().split(" ");
            int key = parts.length == 3 ? parts[1].charAt(0) : 0;
            String[] span = parts[0].split("-");
            String[] what = parts[parts.length - 1].split("=");
            Operation operation = operation(calls.size(), key, what[0]);
            Call call = Call.begun(operation, Long.parseLong(span[0]));
            calls.add(span[1].equals("?") ? call : call.answered(Long.parseLong(span[1]), Long.parseLong(what[1])));
        }
        return calls;
    }

    private static Operation operation(int serial, int key, String text) {
        String numbers = text.substring(1);
        return switch (text.charAt(0)) {
            case 'r' -> new Operation(serial, 0, Operation.Kind.READ, key, 0, 0);
            case 'w' -> new Operation(serial, 0, Operation.Kind.WRITE, key, Long.parseLong(numbers), 0);
            default -> new Operation(serial, 0, Operation.Kind.CAS, key, Long.parseLong(numbers.substring(2)),
                    Long.parseLong(numbers.substring(0, 1)));
        };
    }

    @Test
    void agreesWithAllPermutationsOnRandomHistories() {
        SplittableRandom random = new SplittableRandom(7);
        int right = 0;
        int histories = 20_000;
        for (int i = 0; i < histories; i++) {
            List<Call> calls = new ArrayList<>();
            for (int serial = 0; serial < random.nextInt(1, 6); serial++) {
                Operation operation = new Operation(serial, 0, Operation.Kind.values()[random.nextInt(3)],
                        random.nextInt(2), random.nextInt(1, 3), random.nextInt(3));
                long begun = random.nextInt(10);
                Call call = Call.begun(operation, begun);
                calls.add(random.nextInt(5) == 0 ? call : call.answered(begun + random.nextInt(5), random.nextInt(3)));
            }
            boolean verdict = Linearizability.isLinearizable(calls);
            right += verdict ? 1 : 0;
            assertEquals(naive(calls), verdict, calls::toString);
        }
        assertTrue(right > histories / 20 && right < histories / 20 * 19, "linearizable were " + right);
    }

    /** Whether some order of some of the calls explains all answers. */
    private static boolean naive(List<Call> calls) {
        return explains(new ArrayList<>(), calls);
    }

    private static boolean explains(List<Call> before, List<Call> left) {
        if (left.stream().noneMatch(Call::isAnswered)) {
            return true;
        }
        for (Call next : left) {
            // Nothing may come before what had been answered when it began.
            boolean mayBeNext = left.stream().allMatch(other -> other == next || other.answeredNs()
                    >= next.begunNs());
            long register = 0;
            for (Call earlier : before) {
                register = earlier.operation().key() == next.operation().key() ? earlier.operation().after(register)
                        : register;
            }
            if (mayBeNext && (!next.isAnswered() || next.result() == register)) {
                List<Call> done = new ArrayList<>(before);
                done.add(next);
                List<Call> rest = new ArrayList<>(left);
                rest.remove(next);
                if (explains(done, rest)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void decidesTenThousandOperationsOfTwentyClientsWithinSeconds() {
        List<Call> calls = history(new SplittableRandom(3), 10_000, 20);
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertTrue(Linearizability.isLinearizable(calls)));
        Call last = calls.stream().filter(Call::isAnswered).max(Comparator.comparingLong(Call::begunNs)).orElseThrow();
        List<Call> wrong = new ArrayList<>(calls);
        wrong.set(calls.indexOf(last), last.answered(last.answeredNs(), -1));
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertFalse(Linearizability.isLinearizable(wrong)));
    }

    /** What clients of one correct register would see. */
    private static List<Call> history(SplittableRandom random, int count, int clients) {
        long[] freeAt = new long[clients];
        List<Call> begun = new ArrayList<>();
        for (int serial = 1; serial <= count; serial++) {
            int client = random.nextInt(clients);
            long from = freeAt[client] + random.nextInt(1, 50);
            freeAt[client] = from + random.nextInt(2, 100);
            begun.add(new Call(new Operation(serial, client, Operation.Kind.values()[random.nextInt(3)], 0, serial,
                    random.nextInt(count)), from, freeAt[client], 0));
        }
        record Moment(Call call, long atNs) { }
        List<Moment> order = new ArrayList<>();
        begun.forEach(call -> order.add(new Moment(call, random.nextLong(call.begunNs(), call.answeredNs()))));
        order.sort(Comparator.comparingLong(Moment::atNs));
        List<Call> calls = new ArrayList<>();
        long register = 0;
        for (Moment moment : order) {
            calls.add(moment.call().answered(moment.call().answeredNs(), register));
            register = moment.call().operation().after(register);
        }
        return calls;
    }
}
