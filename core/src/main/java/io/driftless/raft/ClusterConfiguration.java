package io.driftless.raft;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A configuration of the cluster as it is stored and told: who votes and who learns, what else belongs to each member,
 * and the generation. Immutable.
 *
 * <p>That of index 0 is the formation: it names the incarnations that the cluster formed with (R17). Its addresses are
 * those that the server which stores it was started with, so two members that write an address in two ways store two
 * texts. Nobody connects by them yet: {@code cluster.members} says where the members are.
 *
 * @param configuration who votes and who learns
 * @param members       every member
 * @param generation    of the cluster; 0 when it forms
 */
public record ClusterConfiguration(Configuration configuration, SortedMap<ServerId, Member> members, long generation) {

    /** The largest generation. Readers that take every number for a floating-point one get it exactly. */
    public static final long GENERATION_MAX = (1L << 53) - 1;

    /** Copies the map, and checks that it has exactly the members. */
    public ClusterConfiguration {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
        if (!members.keySet().equals(configuration.members())) {
            throw new IllegalArgumentException("incarnations and addresses of " + members.keySet() + " for members "
                    + configuration.members());
        }
        if (generation < 0 || generation > GENERATION_MAX) {
            throw new IllegalArgumentException("generation " + generation + " is not between 0 and " + GENERATION_MAX);
        }
    }

    /** Whether {@code id} is a member, with this incarnation. */
    public boolean names(ServerId id, UUID incarnation) {
        Member member = members.get(id);
        return member != null && member.incarnation().equals(incarnation);
    }

    /** In one line, for a person. */
    @Override
    public String toString() {
        return "generation " + generation + " " + configuration + " " + members;
    }
}
