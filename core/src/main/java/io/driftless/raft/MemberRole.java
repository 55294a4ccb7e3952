package io.driftless.raft;

/**
 * What a member is in a configuration. The last four are those of the voters of a joint configuration, old ones and new
 * ones (Raft §6).
 */
public enum MemberRole {
    /** Votes, in a configuration that is not joint. */
    VOTER(1),
    /** Receives the log without a vote. */
    LEARNER(2),
    /** Votes in the old configuration and in the new one. */
    STAYING(3),
    /** Votes in the new configuration only. */
    INCOMING(4),
    /** Votes in the old configuration only, and is no member of the new one. */
    OUTGOING(5),
    /** Votes in the old configuration only, and learns in the new one. */
    DEMOTED(6);

    private final int code;

    MemberRole(int code) {
        this.code = code;
    }

    /** Its byte in encodings. It never changes, and is never given to another. */
    public int code() {
        return code;
    }

    /**
     * The role with this code.
     *
     * @throws IllegalArgumentException if none has it
     */
    public static MemberRole ofCode(int code) {
        for (MemberRole role : values()) {
            if (role.code == code) {
                return role;
            }
        }
        throw new IllegalArgumentException("no role has code " + code);
    }
}
