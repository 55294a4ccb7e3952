package io.driftless.tck;

import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.Configuration;
import io.driftless.raft.Member;
import io.driftless.raft.MemberRole;
import io.driftless.raft.ServerId;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Configurations of a cluster for tests: one of each shape, and random ones. No state. */
public final class SampleConfigurations {

    private static final String ADDRESS_CHARACTERS = "abcxyz019.-_[]:%";

    private SampleConfigurations() { }

    /**
     * One joint configuration with each role that there is in one. It pins the encodings, and is changed only with
     * them.
     */
    public static ClusterConfiguration fixed() {
        SortedMap<ServerId, MemberRole> roles = new TreeMap<>();
        roles.put(new ServerId("n1"), MemberRole.INCOMING);
        roles.put(new ServerId("n2"), MemberRole.STAYING);
        roles.put(new ServerId("n3"), MemberRole.DEMOTED);
        roles.put(new ServerId("n4"), MemberRole.LEARNER);
        roles.put(new ServerId("n5"), MemberRole.OUTGOING);
        int[] priorities = {Member.PRIORITY_DEFAULT, 0, 1, 255, 128};
        SortedMap<ServerId, Member> members = new TreeMap<>();
        for (ServerId id : roles.keySet()) {
            int number = members.size();
            members.put(id, new Member(incarnation(number + 1), "10.0.0." + (number + 1) + ":7001",
                    priorities[number]));
        }
        return new ClusterConfiguration(Configuration.ofRoles(roles), members, 300);
    }

    /** One of each shape that a configuration can have, by what is special about it. */
    public static Map<String, ClusterConfiguration> ofEachShape() {
        Map<String, ClusterConfiguration> all = new LinkedHashMap<>();
        all.put("one member", of(0, "host:7001", MemberRole.VOTER));
        all.put("simple", of(0, "host:7001", MemberRole.VOTER, MemberRole.VOTER, MemberRole.VOTER));
        all.put("a learner", of(0, "[::1]:7001", MemberRole.VOTER, MemberRole.LEARNER, MemberRole.VOTER));
        all.put("joint", of(0, "host:7001", MemberRole.STAYING, MemberRole.INCOMING, MemberRole.OUTGOING));
        all.put("joint with the same voters", of(0, "host:7001", MemberRole.STAYING, MemberRole.STAYING));
        all.put("joint, from one voter to another", of(0, "host:7001", MemberRole.OUTGOING, MemberRole.INCOMING));
        all.put("joint with learners now and next", of(0, "host:7001", MemberRole.STAYING, MemberRole.DEMOTED,
                MemberRole.LEARNER, MemberRole.DEMOTED));
        all.put("another generation", of(ClusterConfiguration.GENERATION_MAX, "host:7001", MemberRole.VOTER));
        MemberRole[] nine = new MemberRole[9];
        Arrays.fill(nine, MemberRole.VOTER);
        all.put("nine members with the longest names and addresses", of(1, "h".repeat(Member.ADDRESS_LENGTH_MAX),
                nine));
        all.put("each role in a joint one", fixed());
        return Collections.unmodifiableMap(all);
    }

    /** A random one of 1 to 9 members. */
    public static ClusterConfiguration random(Random random) {
        boolean isJoint = random.nextBoolean();
        MemberRole[] others = isJoint ? new MemberRole[] {MemberRole.LEARNER, MemberRole.STAYING, MemberRole.INCOMING,
            MemberRole.OUTGOING, MemberRole.DEMOTED} : new MemberRole[] {MemberRole.VOTER, MemberRole.LEARNER};
        SortedMap<ServerId, MemberRole> roles = new TreeMap<>();
        SortedMap<ServerId, Member> members = new TreeMap<>();
        int count = 1 + random.nextInt(9);
        for (int i = 0; i < count; i++) {
            ServerId id = new ServerId("n" + random.nextInt(100));
            // One that votes in both, or simply votes, is always there.
            roles.putIfAbsent(id, i == 0 ? isJoint ? MemberRole.STAYING : MemberRole.VOTER
                    : others[random.nextInt(others.length)]);
            members.put(id, new Member(new UUID(random.nextLong(), random.nextLong()), address(random),
                    random.nextInt(256)));
        }
        long generation = random.nextInt(3) == 0 ? 0 : random.nextLong() >>> (11 + random.nextInt(53));
        return new ClusterConfiguration(Configuration.ofRoles(roles), members, generation);
    }

    private static String address(Random random) {
        int length = random.nextInt(8) == 0 ? Member.ADDRESS_LENGTH_MAX : 1 + random.nextInt(40);
        StringBuilder address = new StringBuilder();
        for (int i = 0; i < length; i++) {
            address.append(ADDRESS_CHARACTERS.charAt(random.nextInt(ADDRESS_CHARACTERS.length())));
        }
        return address.toString();
    }

    /** Members n1, n2 and so on, or, if there are nine of them, with names as long as names can be. */
    private static ClusterConfiguration of(long generation, String address, MemberRole... each) {
        SortedMap<ServerId, MemberRole> roles = new TreeMap<>();
        SortedMap<ServerId, Member> members = new TreeMap<>();
        for (int i = 0; i < each.length; i++) {
            ServerId id = new ServerId("n".repeat(each.length < 9 ? 1 : 63) + (i + 1));
            roles.put(id, each[i]);
            members.put(id, new Member(incarnation(i + 1), address, Member.PRIORITY_DEFAULT));
        }
        return new ClusterConfiguration(Configuration.ofRoles(roles), members, generation);
    }

    private static UUID incarnation(int number) {
        return new UUID(0x0123_4567_89ab_4defL, 0x8000_0000_0000_0000L + number);
    }
}
