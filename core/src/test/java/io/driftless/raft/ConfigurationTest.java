package io.driftless.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Members and their roles, and the way into and out of a joint configuration (Raft §6). */
class ConfigurationTest {

    private static final int SERVERS = 7;

    @Test
    void refusesWhatIsNoConfiguration() {
        assertThrows(IllegalArgumentException.class, () -> configuration(ids(), ids(), ids()));
        assertThrows(IllegalArgumentException.class, () -> configuration(ids(), ids(1), ids()));
        assertThrows(IllegalArgumentException.class, () -> configuration(ids(1, 2), ids(), ids(2)));
        assertThrows(IllegalArgumentException.class, () -> configuration(ids(1), ids(2), ids(2)));
        SortedSet<ServerId> nameless = new TreeSet<>(Set.of(ServerId.NONE, new ServerId("n1")));
        assertThrows(IllegalArgumentException.class, () -> configuration(nameless, ids(), ids()));
        assertThrows(IllegalArgumentException.class, () -> configuration(ids(2), nameless, ids()));
        assertThrows(IllegalArgumentException.class, () -> configuration(ids(2), ids(),
                new TreeSet<>(Set.of(ServerId.NONE))));
    }

    @Test
    void isAValueThatNobodyCanChange() {
        SortedSet<ServerId> voters = ids(1, 2);
        Configuration configuration = configuration(voters, ids(), ids());
        voters.add(new ServerId("n3"));
        assertEquals(ids(1, 2), configuration.voters());
        assertEquals(configuration(ids(1, 2), ids(), ids()), configuration);
        assertThrows(UnsupportedOperationException.class, () -> configuration.voters().add(new ServerId("n4")));
        assertThrows(UnsupportedOperationException.class, () -> configuration.members().add(new ServerId("n4")));
        assertEquals(Configuration.of(List.of(new ServerId("n2"), new ServerId("n1"))), configuration);
    }

    @Test
    void everyMemberHasExactlyOneRole() {
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            Configuration configuration = random.nextBoolean() ? simple(random)
                    : simple(random).enterJoint(simple(random));
            Set<ServerId> union = new TreeSet<>(configuration.voters());
            union.addAll(configuration.outgoing());
            union.addAll(configuration.learners());
            assertEquals(union, configuration.members());
            for (int n = 0; n < SERVERS + 1; n++) {
                ServerId id = new ServerId("n" + n);
                assertEquals(union.contains(id), configuration.isVoter(id) ^ configuration.isLearner(id), configuration
                        + " " + id);
                assertFalse(configuration.isVoter(id) && configuration.isLearner(id));
            }
        }
    }

    @Test
    void entersAJointConfigurationOfOldAndNewAndLeavesItToTheNew() {
        Random random = new Random(2);
        for (int i = 0; i < 300; i++) {
            Configuration from = simple(random);
            Configuration target = simple(random);
            Configuration joint = from.enterJoint(target);
            assertTrue(joint.isJoint());
            assertEquals(target.voters(), joint.voters());
            assertEquals(from.voters(), joint.outgoing());
            // Nobody who votes on the way learns only, and every other learner of the target learns already.
            Set<ServerId> learning = new TreeSet<>(target.learners());
            learning.removeAll(from.voters());
            assertEquals(learning, joint.learners());
            assertTrue(joint.members().containsAll(target.members()));
            assertEquals(target, joint.leaveJoint(target));
            assertFalse(joint.leaveJoint(target).isJoint());
        }
    }

    @Test
    void aQuorumOfTheJointConfigurationIsOneOfTheOldAndOneOfTheNew() {
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            Configuration from = simple(random);
            Configuration target = simple(random);
            Configuration joint = from.enterJoint(target);
            Set<ServerId> set = new TreeSet<>();
            joint.members().stream().filter(id -> random.nextBoolean()).forEach(set::add);
            assertEquals(Quorum.holds(from, set::contains) && Quorum.holds(target, set::contains), Quorum.holds(joint,
                    set::contains),
                    from + " to " + target + " with " + set);
        }
    }

    @Test
    void refusesASecondChangeWhileOneIsUnderWay() {
        Configuration joint = configuration(ids(1, 2, 3), ids(), ids()).enterJoint(configuration(ids(2, 3, 4), ids(),
                ids()));
        Configuration other = configuration(ids(1, 2), ids(), ids());
        assertThrows(IllegalStateException.class, () -> joint.enterJoint(other));
        assertThrows(IllegalStateException.class, () -> other.enterJoint(joint));
        assertThrows(IllegalStateException.class, () -> other.leaveJoint(other));
        assertThrows(IllegalStateException.class, () -> joint.leaveJoint(other));
        assertThrows(IllegalStateException.class, () -> joint.leaveJoint(joint));
    }

    @Test
    void aVoterBecomesALearnerOnlyAtTheEnd() {
        Configuration target = configuration(ids(1, 2), ids(), ids(3));
        Configuration joint = configuration(ids(1, 2, 3), ids(), ids()).enterJoint(target);
        assertTrue(joint.isVoter(new ServerId("n3")));
        assertFalse(joint.isLearner(new ServerId("n3")));
        assertTrue(joint.leaveJoint(target).isLearner(new ServerId("n3")));
    }

    @Test
    void aLearnerIsPromotedByAJointConfigurationInWhichItVotes() {
        Configuration joint = configuration(ids(1), ids(), ids(2)).enterJoint(configuration(ids(1, 2), ids(), ids()));
        assertEquals(configuration(ids(1, 2), ids(1), ids()), joint);
    }

    @Test
    void aFormationNamesTheIncarnationOfEveryMember() {
        UUID first = new UUID(1, 1);
        SortedMap<ServerId, UUID> incarnations = new TreeMap<>();
        incarnations.put(new ServerId("n1"), first);
        Formation formation = new Formation(configuration(ids(1), ids(), ids()), incarnations);
        assertTrue(formation.names(new ServerId("n1"), first));
        assertFalse(formation.names(new ServerId("n1"), new UUID(1, 2)));
        assertFalse(formation.names(new ServerId("n2"), first));
        assertThrows(IllegalArgumentException.class, () -> new Formation(configuration(ids(1, 2), ids(), ids()),
                incarnations));
        assertThrows(IllegalArgumentException.class, () -> new Formation(configuration(ids(1), ids(), ids()),
                new TreeMap<>()));
    }

    @Test
    void saysInOneLineWhoIsWhat() {
        assertEquals("voters [n1, n2]", configuration(ids(1, 2), ids(), ids()).toString());
        assertEquals("voters [n2] outgoing [n1] learners [n3]", configuration(ids(2), ids(1), ids(3)).toString());
    }

    private static Configuration simple(Random random) {
        List<ServerId> servers = new ArrayList<>(ids(0, 1, 2, 3, 4, 5, 6));
        Collections.shuffle(servers, random);
        int voters = 1 + random.nextInt(SERVERS);
        int learners = random.nextInt(SERVERS - voters + 1);
        return configuration(new TreeSet<>(servers.subList(0, voters)), ids(), new TreeSet<>(servers.subList(voters,
                voters + learners)));
    }

    private static Configuration configuration(SortedSet<ServerId> voters, SortedSet<ServerId> outgoing,
            SortedSet<ServerId> learners) {
        return new Configuration(voters, outgoing, learners);
    }

    private static SortedSet<ServerId> ids(int... numbers) {
        SortedSet<ServerId> ids = new TreeSet<>();
        for (int number : numbers) {
            ids.add(new ServerId("n" + number));
        }
        return ids;
    }
}
