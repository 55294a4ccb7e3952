package io.driftless.node;

import java.util.Locale;

/** The role of a server, as its node reports it. More roles may be added. */
public enum NodeRole {
    /** It waits until all members have met for the first time. */
    FORMING,
    /** It follows a leader, or waits for one (Raft §5.1). */
    FOLLOWER,
    /** It asks whether it would be elected (thesis §9.6). */
    PRE_CANDIDATE,
    /** It stands for election (Raft §5.2). */
    CANDIDATE,
    /** It leads. */
    LEADER,
    /** It follows without a vote. */
    LEARNER,
    /** It cannot go on, and no longer takes part. */
    FAILED,
    /** It was closed. */
    STOPPED;

    /**
     * The role with this name in a status.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static NodeRole of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** The name in a status, such as {@code pre_candidate}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
