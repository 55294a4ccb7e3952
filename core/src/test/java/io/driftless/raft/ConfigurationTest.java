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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
        // Only a voter that leaves becomes a learner.
        assertThrows(IllegalArgumentException.class, () -> new Configuration(ids(1), ids(), ids(), ids(2)));
        assertThrows(IllegalArgumentException.class, () -> new Configuration(ids(1), ids(), ids(2), ids(2)));
        assertThrows(IllegalArgumentException.class, () -> new Configuration(ids(1, 2), ids(1, 2), ids(), ids(2)));
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
            Configuration configuration = random.nextBoolean() ? simple(random) : simple(random)
                    .enterJoint(simple(random));
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
            assertEquals(target, joint.leaveJoint());
            assertFalse(joint.leaveJoint().isJoint());
        }
    }

    /** What a member is in C-old,new and then in C-new, told from what it is before and after; null if it is none. */
    private record Way(@Nullable MemberRole from, @Nullable MemberRole target) {

        static Way of(ServerId id, Configuration from, Configuration target) {
            return new Way(from.members().contains(id) ? from.role(id) : null,
                    target.members().contains(id) ? target.role(id) : null);
        }

        @Nullable MemberRole joint() {
            if (from == MemberRole.VOTER) {
                return target == MemberRole.VOTER ? MemberRole.STAYING
                        : target == MemberRole.LEARNER ? MemberRole.DEMOTED : MemberRole.OUTGOING;
            }
            return target == MemberRole.VOTER ? MemberRole.INCOMING : target;
        }
    }

    @Test
    void rolesAndTheWayThroughAJointConfigurationAreThoseOfANaiveTwin() {
        Random random = new Random(4);
        Set<MemberRole> met = new TreeSet<>();
        for (int i = 0; i < 1_000; i++) {
            Configuration from = simple(random);
            Configuration target = simple(random);
            Configuration joint = from.enterJoint(target);
            SortedMap<ServerId, MemberRole> roles = new TreeMap<>();
            for (ServerId id : ids(0, 1, 2, 3, 4, 5, 6)) {
                MemberRole role = Way.of(id, from, target).joint();
                if (role == null) {
                    assertThrows(IllegalArgumentException.class, () -> joint.role(id));
                } else {
                    assertEquals(role, joint.role(id), from + " to " + target);
                    roles.put(id, role);
                    met.add(role);
                }
            }
            assertEquals(joint, Configuration.ofRoles(roles));
            roles.keySet().retainAll(target.members());
            roles.replaceAll((id, role) -> role == MemberRole.STAYING || role == MemberRole.INCOMING
                    ? MemberRole.VOTER : MemberRole.LEARNER);
            assertEquals(Configuration.ofRoles(roles), joint.leaveJoint());
        }
        assertEquals(Set.of(MemberRole.LEARNER, MemberRole.STAYING, MemberRole.INCOMING, MemberRole.OUTGOING,
                MemberRole.DEMOTED), met);
    }

    @Test
    void rolesThatDoNotGoTogetherAreRefused() {
        for (MemberRole first : MemberRole.values()) {
            for (MemberRole second : MemberRole.values()) {
                boolean isSimple = first == MemberRole.VOTER && (second == MemberRole.VOTER
                        || second == MemberRole.LEARNER) || first == MemberRole.LEARNER && second == MemberRole.VOTER;
                List<MemberRole> voters = List.of(MemberRole.STAYING, MemberRole.INCOMING);
                List<MemberRole> olds = List.of(MemberRole.STAYING, MemberRole.OUTGOING, MemberRole.DEMOTED);
                boolean isJoint = first != MemberRole.VOTER && second != MemberRole.VOTER
                        && (voters.contains(first) || voters.contains(second))
                        && (olds.contains(first) || olds.contains(second));
                SortedMap<ServerId, MemberRole> roles = new TreeMap<>();
                roles.put(new ServerId("n1"), first);
                roles.put(new ServerId("n2"), second);
                if (isSimple || isJoint) {
                    assertEquals(isJoint, Configuration.ofRoles(roles).isJoint(), roles.toString());
                } else {
                    assertThrows(IllegalArgumentException.class, () -> Configuration.ofRoles(roles),
                            roles.toString());
                }
            }
        }
    }

    @Test
    void theCodesOfRolesStay() {
        assertEquals(List.of(1, 2, 3, 4, 5, 6), Stream.of(MemberRole.VOTER, MemberRole.LEARNER, MemberRole.STAYING,
                MemberRole.INCOMING, MemberRole.OUTGOING, MemberRole.DEMOTED).map(MemberRole::code).toList());
        for (MemberRole role : MemberRole.values()) {
            assertEquals(role, MemberRole.ofCode(role.code()));
        }
        assertThrows(IllegalArgumentException.class, () -> MemberRole.ofCode(0));
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
        assertThrows(IllegalStateException.class, () -> other.leaveJoint());
    }

    @Test
    void aVoterBecomesALearnerOnlyAtTheEnd() {
        Configuration target = configuration(ids(1, 2), ids(), ids(3));
        Configuration joint = configuration(ids(1, 2, 3), ids(), ids()).enterJoint(target);
        assertTrue(joint.isVoter(new ServerId("n3")));
        assertFalse(joint.isLearner(new ServerId("n3")));
        assertEquals(ids(3), joint.learnersNext());
        assertTrue(joint.leaveJoint().isLearner(new ServerId("n3")));
    }

    @Test
    void aLearnerIsPromotedByAJointConfigurationInWhichItVotes() {
        Configuration joint = configuration(ids(1), ids(), ids(2)).enterJoint(configuration(ids(1, 2), ids(), ids()));
        assertEquals(configuration(ids(1, 2), ids(1), ids()), joint);
    }

    @Test
    void aClusterConfigurationNamesTheIncarnationOfEveryMember() {
        UUID first = new UUID(1, 1);
        SortedMap<ServerId, Member> members = new TreeMap<>();
        members.put(new ServerId("n1"), new Member(first, "host:1", 100));
        Configuration one = configuration(ids(1), ids(), ids());
        ClusterConfiguration cluster = new ClusterConfiguration(one, members, 0);
        assertTrue(cluster.names(new ServerId("n1"), first));
        assertFalse(cluster.names(new ServerId("n1"), new UUID(1, 2)));
        assertFalse(cluster.names(new ServerId("n2"), first));
        members.clear();
        assertEquals(Set.of(new ServerId("n1")), cluster.members().keySet());
        assertThrows(IllegalArgumentException.class, () -> new ClusterConfiguration(configuration(ids(1, 2), ids(),
                ids()), cluster.members(), 0));
        assertThrows(IllegalArgumentException.class, () -> new ClusterConfiguration(one, new TreeMap<>(), 0));
        assertThrows(IllegalArgumentException.class, () -> new ClusterConfiguration(one, cluster.members(), -1));
        long most = ClusterConfiguration.GENERATION_MAX;
        assertEquals(most, new ClusterConfiguration(one, cluster.members(), most).generation());
        assertThrows(IllegalArgumentException.class, () -> new ClusterConfiguration(one, cluster.members(), most + 1));
    }

    @Test
    void aMemberHasAnAddressAndAPriorityThatFit() {
        UUID incarnation = new UUID(1, 1);
        String longest = "h".repeat(Member.ADDRESS_LENGTH_MAX);
        for (int priority : new int[] {0, 1, Member.PRIORITY_DEFAULT, 255}) {
            assertEquals(priority, new Member(incarnation, longest, priority).priority());
        }
        for (String address : List.of("", longest + "h", "host :1", "host:1\n", "h\u00f6st:1", "host:1\u007f")) {
            assertThrows(IllegalArgumentException.class, () -> new Member(incarnation, address, 1), address);
        }
        assertThrows(IllegalArgumentException.class, () -> new Member(incarnation, "host:1", -1));
        assertThrows(IllegalArgumentException.class, () -> new Member(incarnation, "host:1", 256));
    }

    @Test
    void aClusterFormsWithTheAddressesOfTheServersOwnListInGenerationZero() {
        Configuration two = configuration(ids(1), ids(), ids(2));
        SortedMap<ServerId, String> addresses = new TreeMap<>();
        addresses.put(new ServerId("n1"), "localhost:7001");
        SortedMap<ServerId, UUID> incarnations = new TreeMap<>();
        ids(1, 2).forEach(id -> incarnations.put(id, new UUID(1, id.hashCode())));
        assertThrows(IllegalArgumentException.class, () -> new MemberList(two, addresses));
        addresses.put(new ServerId("n2"), "[::1]:7002");
        ClusterConfiguration formation = new MemberList(two, addresses).formedWith(incarnations);
        assertEquals(two, formation.configuration());
        assertEquals(0, formation.generation());
        incarnations.forEach((id, incarnation) -> assertEquals(new Member(incarnation, addresses.get(id),
                Member.PRIORITY_DEFAULT), formation.members().get(id)));
    }

    @Test
    void saysInOneLineWhoIsWhat() {
        assertEquals("voters [n1, n2]", configuration(ids(1, 2), ids(), ids()).toString());
        assertEquals("voters [n2] outgoing [n1] learners [n3]", configuration(ids(2), ids(1), ids(3)).toString());
        assertEquals("voters [n2] outgoing [n1] learnersNext [n1]",
                new Configuration(ids(2), ids(1), ids(), ids(1)).toString());
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
