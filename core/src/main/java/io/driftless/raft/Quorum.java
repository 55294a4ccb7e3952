package io.driftless.raft;

import java.util.Arrays;
import java.util.SortedSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Counts agreement: which index a configuration has accepted, and whether an election is won. A joint configuration is
 * two answers combined: the lower index, and the worse result (Raft §6). Learners never count. Pure; no state.
 */
public final class Quorum {

    /** What the votes say so far. */
    public enum Tally {
        /** A majority said yes; of both sides if joint. */
        WON,
        /** Neither is settled. */
        OPEN,
        /** A majority can no longer say yes. */
        LOST
    }

    private Quorum() { }

    /** How many of {@code voters} are a majority: more than half, so 2 of 2 and 3 of 4. */
    public static int majority(int voters) {
        return voters / 2 + 1;
    }

    /**
     * The highest index that a quorum has reached (Raft §5.3).
     *
     * @param reached how far a voter has come; a voter that counts for nothing has 0
     */
    public static long acceptedIndex(Configuration configuration, ToLongFunction<ServerId> reached) {
        long index = accepted(configuration.voters(), reached);
        return configuration.isJoint() ? Math.min(index, accepted(configuration.outgoing(), reached)) : index;
    }

    /** Whether those for whom {@code counts} holds are a quorum. */
    public static boolean holds(Configuration configuration, Predicate<ServerId> counts) {
        return majorityOf(configuration.voters(), counts)
                && (!configuration.isJoint() || majorityOf(configuration.outgoing(), counts));
    }

    /** The state of an election (Raft §5.2). */
    public static Tally tally(Configuration configuration, Predicate<ServerId> granted, Predicate<ServerId> refused) {
        if (holds(configuration, granted)) {
            return Tally.WON;
        }
        // Lost as soon as those who have not refused are no quorum any more.
        return holds(configuration, refused.negate()) ? Tally.OPEN : Tally.LOST;
    }

    private static boolean majorityOf(SortedSet<ServerId> voters, Predicate<ServerId> counts) {
        int count = 0;
        for (ServerId voter : voters) {
            if (counts.test(voter)) {
                count++;
            }
        }
        return count >= majority(voters.size());
    }

    private static long accepted(SortedSet<ServerId> voters, ToLongFunction<ServerId> reached) {
        long[] indexes = new long[voters.size()];
        int i = 0;
        for (ServerId voter : voters) {
            indexes[i++] = reached.applyAsLong(voter);
        }
        Arrays.sort(indexes);
        return indexes[voters.size() - majority(voters.size())];
    }
}
