package io.driftless.raft;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who is in the cluster: voters, learners, and during a change the voters of the old configuration beside those of the
 * new one (Raft §6, thesis §4.3). Immutable.
 *
 * @param voters       those who vote; in a joint configuration those of the new one
 * @param outgoing     in a joint configuration the voters of the old one; otherwise empty
 * @param learners     those who receive the log and do not vote
 * @param learnersNext in a joint configuration those who vote in the old one only, and learn in the new one (etcd's
 *                     LearnersNext); otherwise empty
 */
public record Configuration(SortedSet<ServerId> voters, SortedSet<ServerId> outgoing, SortedSet<ServerId> learners,
        SortedSet<ServerId> learnersNext) {

    /** Copies the sets; voters must not be empty, and no learner votes. */
    public Configuration {
        voters = copy(voters);
        outgoing = copy(outgoing);
        learners = copy(learners);
        learnersNext = copy(learnersNext);
        if (voters.isEmpty()) {
            throw new IllegalArgumentException("a configuration without a voter");
        }
        for (ServerId learner : learners) {
            if (voters.contains(learner) || outgoing.contains(learner)) {
                throw new IllegalArgumentException(learner + " is both voter and learner");
            }
        }
        if (voters.contains(ServerId.NONE) || outgoing.contains(ServerId.NONE) || learners.contains(ServerId.NONE)) {
            throw new IllegalArgumentException("a member without a name");
        }
        for (ServerId next : learnersNext) {
            if (voters.contains(next) || !outgoing.contains(next)) {
                throw new IllegalArgumentException(next + " is to become a learner, and is not one of the voters that "
                        + "leave");
            }
        }
    }

    /** One in which nobody is to become a learner. */
    public Configuration(SortedSet<ServerId> voters, SortedSet<ServerId> outgoing, SortedSet<ServerId> learners) {
        this(voters, outgoing, learners, Collections.emptySortedSet());
    }

    /** A simple configuration of voters only. */
    public static Configuration of(Collection<ServerId> voters) {
        return new Configuration(new TreeSet<>(voters), Collections.emptySortedSet(), Collections.emptySortedSet());
    }

    /**
     * The configuration in which the members have these roles.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Configuration ofRoles(SortedMap<ServerId, MemberRole> roles) {
        SortedSet<ServerId> voters = new TreeSet<>();
        SortedSet<ServerId> outgoing = new TreeSet<>();
        SortedSet<ServerId> learners = new TreeSet<>();
        SortedSet<ServerId> learnersNext = new TreeSet<>();
        roles.forEach((id, role) -> {
            switch (role) {
                case VOTER, INCOMING -> voters.add(id);
                case LEARNER -> learners.add(id);
                case STAYING -> {
                    voters.add(id);
                    outgoing.add(id);
                }
                case OUTGOING -> outgoing.add(id);
                case DEMOTED -> {
                    outgoing.add(id);
                    learnersNext.add(id);
                }
            }
        });
        Configuration configuration = new Configuration(voters, outgoing, learners, learnersNext);
        // Roles of a joint configuration and of a simple one do not go together.
        roles.forEach((id, role) -> {
            if (configuration.role(id) != role) {
                throw new IllegalArgumentException(id + " as " + role + " in " + configuration);
            }
        });
        return configuration;
    }

    /**
     * What a member is.
     *
     * @throws IllegalArgumentException if it is none
     */
    public MemberRole role(ServerId id) {
        if (voters.contains(id)) {
            return outgoing.contains(id) ? MemberRole.STAYING : isJoint() ? MemberRole.INCOMING : MemberRole.VOTER;
        }
        if (outgoing.contains(id)) {
            return learnersNext.contains(id) ? MemberRole.DEMOTED : MemberRole.OUTGOING;
        }
        if (learners.contains(id)) {
            return MemberRole.LEARNER;
        }
        throw new IllegalArgumentException(id + " is not one of " + this);
    }

    /** Whether two majorities are needed. */
    public boolean isJoint() {
        return !outgoing.isEmpty();
    }

    /** Whether the server votes, in the new configuration or in the old one. */
    public boolean isVoter(ServerId id) {
        return voters.contains(id) || outgoing.contains(id);
    }

    /** Whether the server receives the log without a vote. */
    public boolean isLearner(ServerId id) {
        return learners.contains(id);
    }

    /** Everyone, in order. */
    public SortedSet<ServerId> members() {
        SortedSet<ServerId> all = new TreeSet<>(voters);
        all.addAll(outgoing);
        all.addAll(learners);
        return Collections.unmodifiableSortedSet(all);
    }

    /**
     * The joint configuration that leads from this one to {@code target} (Raft §6, C-old,new). A voter that is to
     * become a learner stays a voter until {@link #leaveJoint}.
     *
     * @throws IllegalStateException if this one is joint already
     */
    public Configuration enterJoint(Configuration target) {
        if (isJoint() || target.isJoint()) {
            throw new IllegalStateException("a change of configuration is under way: " + this);
        }
        SortedSet<ServerId> learning = new TreeSet<>(target.learners);
        learning.removeAll(voters);
        SortedSet<ServerId> next = new TreeSet<>(target.learners);
        next.retainAll(voters);
        return new Configuration(target.voters, voters, learning, next);
    }

    /**
     * The simple configuration that this joint one leads to (Raft §6, C-new). It follows from this one alone, so that
     * any leader can end a change that another began.
     *
     * @throws IllegalStateException if this one is not joint
     */
    public Configuration leaveJoint() {
        if (!isJoint()) {
            throw new IllegalStateException("no change of configuration is under way: " + this);
        }
        SortedSet<ServerId> learning = new TreeSet<>(learners);
        learning.addAll(learnersNext);
        return new Configuration(voters, Collections.emptySortedSet(), learning);
    }

    private static SortedSet<ServerId> copy(SortedSet<ServerId> set) {
        return Collections.unmodifiableSortedSet(new TreeSet<>(set));
    }

    @Override
    public String toString() {
        return "voters " + voters + (isJoint() ? " outgoing " + outgoing : "") + (learners.isEmpty() ? "" : " learners "
                + learners) + (learnersNext.isEmpty() ? "" : " learnersNext " + learnersNext);
    }
}
