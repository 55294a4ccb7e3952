package io.driftless.raft;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who is in the cluster: voters, learners, and during a change the voters of the old configuration beside those of the
 * new one (Raft §6, thesis §4.3). Immutable.
 *
 * @param voters   those who vote; in a joint configuration those of the new one
 * @param outgoing in a joint configuration the voters of the old one; otherwise empty
 * @param learners those who receive the log and do not vote
 */
public record Configuration(SortedSet<ServerId> voters, SortedSet<ServerId> outgoing, SortedSet<ServerId> learners) {

    /** Copies the sets; voters must not be empty, and no learner votes. */
    public Configuration {
        voters = copy(voters);
        outgoing = copy(outgoing);
        learners = copy(learners);
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
    }

    /** A simple configuration of voters only. */
    public static Configuration of(Collection<ServerId> voters) {
        return new Configuration(new TreeSet<>(voters), Collections.emptySortedSet(), Collections.emptySortedSet());
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
        return new Configuration(target.voters, voters, learning);
    }

    /**
     * The simple configuration that a joint one ends in (Raft §6, C-new): the new voters, and as learners those of
     * {@code target}.
     *
     * @throws IllegalStateException if this one is not joint, or leads elsewhere
     */
    public Configuration leaveJoint(Configuration target) {
        if (!isJoint() || target.isJoint() || !target.voters.equals(voters)) {
            throw new IllegalStateException(this + " does not lead to " + target);
        }
        return target;
    }

    private static SortedSet<ServerId> copy(SortedSet<ServerId> set) {
        return Collections.unmodifiableSortedSet(new TreeSet<>(set));
    }

    @Override
    public String toString() {
        return "voters " + voters + (isJoint() ? " outgoing " + outgoing : "") + (learners.isEmpty() ? "" : " learners "
                + learners);
    }
}
