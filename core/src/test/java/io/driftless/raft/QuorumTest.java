package io.driftless.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.raft.Quorum.Tally;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * {@link Quorum} beside a naive twin that tries every possibility, in simple and joint configurations of one to seven
 * voters a side.
 */
class QuorumTest {

    private static final int SERVERS = 10;
    private static final int VOTERS_MAX = 7;

    @Test
    void aMajorityIsMoreThanHalf() {
        assertEquals(List.of(1, 2, 2, 3, 3, 4, 4), List.of(1, 2, 3, 4, 5, 6,
                7).stream().map(Quorum::majority).toList());
    }

    @Test
    void holdsExactlyWhereTheTwinCountsMoreThanHalfOnEachSide() {
        for (Configuration configuration : configurations()) {
            for (Set<ServerId> set : subsets(configuration)) {
                assertEquals(naiveHolds(configuration, set), Quorum.holds(configuration, set::contains), configuration
                        + " with " + set);
            }
        }
    }

    @Test
    void anyTwoQuorumsOfAConfigurationShareAServer() {
        Random random = new Random(2);
        for (Configuration configuration : configurations()) {
            List<Set<ServerId>> quorums = subsets(configuration).stream().filter(set -> Quorum.holds(configuration,
                    set::contains)).toList();
            for (Set<ServerId> quorum : quorums) {
                Set<ServerId> other = quorums.get(random.nextInt(quorums.size()));
                assertTrue(quorum.stream().anyMatch(other::contains), configuration + ": " + quorum + " and " + other);
            }
        }
    }

    @Test
    void acceptsTheHighestIndexThatAQuorumReached() {
        Random random = new Random(3);
        for (Configuration configuration : configurations()) {
            for (int round = 0; round < 40; round++) {
                Map<ServerId, Long> reached = new HashMap<>();
                configuration.members().forEach(id -> reached.put(id, (long) random.nextInt(6)));
                assertEquals(naiveAccepted(configuration, reached), Quorum.acceptedIndex(configuration, reached::get),
                        configuration + " with " + reached);
            }
        }
    }

    @Test
    void tellsAnElectionFromWhatTheOpenVotesCanStillDo() {
        Random random = new Random(4);
        for (Configuration configuration : configurations()) {
            for (int round = 0; round < 40; round++) {
                Set<ServerId> granted = new TreeSet<>();
                Set<ServerId> refused = new TreeSet<>();
                for (ServerId id : configuration.members()) {
                    int vote = random.nextInt(3);
                    if (vote < 2) {
                        (vote == 0 ? granted : refused).add(id);
                    }
                }
                assertEquals(naiveTally(configuration, granted, refused), Quorum.tally(configuration, granted::contains,
                        refused::contains),
                        configuration + " granted " + granted + " refused " + refused);
            }
        }
    }

    @Test
    void learnersCountForNothing() {
        for (Configuration each : configurations()) {
            SortedSet<ServerId> learners = new TreeSet<>(List.of(new ServerId("learner1"), new ServerId("learner2")));
            Configuration with = new Configuration(each.voters(), each.outgoing(), learners);
            for (Set<ServerId> set : subsets(each)) {
                TreeSet<ServerId> more = new TreeSet<>(set);
                more.addAll(learners);
                assertEquals(Quorum.holds(each, set::contains), Quorum.holds(with, more::contains));
                assertEquals(Quorum.acceptedIndex(each, id -> set.contains(id) ? 9 : 1), Quorum.acceptedIndex(with,
                        id -> more.contains(id) ? 9 : 1));
            }
        }
    }

    @Test
    void aServerOnBothSidesCountsOnBoth() {
        // n1 n2 n3 -> n2 n3 n4: n2 and n3 are a majority of each.
        Configuration joint = new Configuration(ids(2, 3, 4), ids(1, 2, 3), Collections.emptySortedSet());
        assertTrue(Quorum.holds(joint, ids(2, 3)::contains));
        assertEquals(Tally.OPEN, Quorum.tally(joint, ids(1, 2)::contains, ids(4)::contains));
        assertEquals(Tally.LOST, Quorum.tally(joint, ids(1, 2)::contains, ids(3, 4)::contains));
        assertEquals(5, Quorum.acceptedIndex(joint, id -> ids(2, 3).contains(id) ? 5 : 0));
    }

    // Every simple size, and joint pairs of every two sizes that overlap by chance.
    private static List<Configuration> configurations() {
        Random random = new Random(1);
        List<Configuration> configurations = new ArrayList<>();
        for (int size = 1; size <= VOTERS_MAX; size++) {
            configurations.add(Configuration.of(choose(random, size)));
            for (int old = 1; old <= VOTERS_MAX; old++) {
                configurations.add(new Configuration(choose(random, size), choose(random, old),
                        Collections.emptySortedSet()));
            }
        }
        return configurations;
    }

    private static SortedSet<ServerId> choose(Random random, int count) {
        SortedSet<ServerId> chosen = new TreeSet<>();
        while (chosen.size() < count) {
            chosen.add(new ServerId("n" + random.nextInt(SERVERS)));
        }
        return chosen;
    }

    private static List<Set<ServerId>> subsets(Configuration configuration) {
        List<ServerId> members = List.copyOf(configuration.members());
        List<Set<ServerId>> subsets = new ArrayList<>();
        for (int bits = 0; bits < 1 << members.size(); bits++) {
            Set<ServerId> subset = new TreeSet<>();
            for (int i = 0; i < members.size(); i++) {
                if ((bits & 1 << i) != 0) {
                    subset.add(members.get(i));
                }
            }
            subsets.add(subset);
        }
        return subsets;
    }

    private static boolean naiveHolds(Configuration configuration, Set<ServerId> set) {
        return naiveMajority(configuration.voters(), set) && (configuration.outgoing().isEmpty()
                || naiveMajority(configuration.outgoing(), set));
    }

    private static boolean naiveMajority(Set<ServerId> voters, Set<ServerId> set) {
        return 2 * voters.stream().filter(set::contains).count() > voters.size();
    }

    private static long naiveAccepted(Configuration configuration, Map<ServerId, Long> reached) {
        long accepted = 0;
        for (long index = 1; index <= 6; index++) {
            Set<ServerId> there = new TreeSet<>();
            for (ServerId id : configuration.members()) {
                if (reached.get(id) >= index) {
                    there.add(id);
                }
            }
            if (naiveHolds(configuration, there)) {
                accepted = index;
            }
        }
        return accepted;
    }

    // Lost if not even all open votes together would win.
    private static Tally naiveTally(Configuration configuration, Set<ServerId> granted, Set<ServerId> refused) {
        if (naiveHolds(configuration, granted)) {
            return Tally.WON;
        }
        Set<ServerId> best = new TreeSet<>(configuration.members());
        best.removeAll(refused);
        return naiveHolds(configuration, best) ? Tally.OPEN : Tally.LOST;
    }

    private static SortedSet<ServerId> ids(int... numbers) {
        SortedSet<ServerId> ids = new TreeSet<>();
        for (int number : numbers) {
            ids.add(new ServerId("n" + number));
        }
        return ids;
    }
}
