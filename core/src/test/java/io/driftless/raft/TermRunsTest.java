package io.driftless.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.raft.TermRuns.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link TermRuns} beside a naive twin: a plain list with the term of every entry. */
class TermRunsTest {

    @Test
    void refusesRunsThatAreNone() {
        assertThrows(IllegalArgumentException.class, () -> new Run(1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Run(1, -1));
        assertThrows(IllegalArgumentException.class, () -> new TermRuns(1, List.of(new Run(2, 1), new Run(2, 1))));
        assertThrows(IllegalArgumentException.class, () -> new TermRuns(1, List.of(new Run(2, 1), new Run(1, 1))));
        assertThrows(IllegalArgumentException.class, () -> TermRuns.of(1, 1, -1));
    }

    @Test
    void copiesTheRuns() {
        List<Run> runs = new ArrayList<>(List.of(new Run(1, 2)));
        TermRuns terms = new TermRuns(5, runs);
        runs.add(new Run(2, 1));
        assertEquals(TermRuns.of(5, 1, 2), terms);
    }

    @Test
    void noEntriesStandBeforeTheFirstIndex() {
        TermRuns none = TermRuns.empty(8);
        assertTrue(none.isEmpty());
        assertEquals(0, none.count());
        assertEquals(7, none.lastIndex());
        assertEquals(none, TermRuns.of(8, 3, 0));
        assertEquals(none, none.from(8));
        assertThrows(IllegalArgumentException.class, () -> none.termAt(8));
        assertThrows(IllegalArgumentException.class, () -> none.termAt(7));
    }

    @Test
    void countsAndFindsTermsAsAPlainListDoes() {
        for (long seed = 1; seed <= 500; seed++) {
            Random random = new Random(seed);
            List<Long> terms = terms(random);
            long first = 1 + random.nextInt(100);
            TermRuns runs = runs(first, terms);
            assertEquals(terms.size(), runs.count(), "seed " + seed);
            assertEquals(first + terms.size() - 1, runs.lastIndex(), "seed " + seed);
            assertEquals(terms.isEmpty(), runs.isEmpty(), "seed " + seed);
            for (int i = 0; i < terms.size(); i++) {
                assertEquals(terms.get(i), runs.termAt(first + i), "seed " + seed);
            }
            assertThrows(IllegalArgumentException.class, () -> runs.termAt(first - 1));
            assertThrows(IllegalArgumentException.class, () -> runs.termAt(first + terms.size()));
        }
    }

    @Test
    void cutsAsAPlainListDoes() {
        for (long seed = 1; seed <= 500; seed++) {
            Random random = new Random(seed);
            List<Long> terms = terms(random);
            long first = 1 + random.nextInt(100);
            TermRuns runs = runs(first, terms);
            for (int from = 0; from <= terms.size(); from++) {
                assertEquals(runs(first + from, terms.subList(from, terms.size())), runs.from(first + from), "seed "
                        + seed + " from " + from);
            }
        }
    }

    private static List<Long> terms(Random random) {
        List<Long> terms = new ArrayList<>();
        long term = random.nextInt(3);
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            term += random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0;
            terms.add(term);
        }
        return terms;
    }

    private static TermRuns runs(long firstIndex, List<Long> terms) {
        List<Run> runs = new ArrayList<>();
        for (long term : terms) {
            long count = !runs.isEmpty() && runs.getLast().term() == term ? runs.removeLast().count() : 0;
            runs.add(new Run(term, count + 1));
        }
        return new TermRuns(firstIndex, runs);
    }
}
