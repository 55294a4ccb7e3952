package io.driftless.raft;

/** The name of a server, unique in its cluster and stable for its life. Immutable. */
public record ServerId(String value) implements Comparable<ServerId> {

    /** No server: an unknown leader, or a vote that was not given. */
    public static final ServerId NONE = new ServerId("");

    /** Checks the characters: letters, digits, {@code . _ -}, at most 64 of them. */
    public ServerId {
        if (value.length() > 64) {
            throw new IllegalArgumentException("server id longer than 64 characters: " + value);
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c > 127 || !Character.isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
                throw new IllegalArgumentException("server id with a character that is not a letter, digit, '.', '_' "
                        + "or '-': " + value);
            }
        }
    }

    /** Whether this is {@link #NONE}. */
    public boolean isNone() {
        return value.isEmpty();
    }

    @Override
    public int compareTo(ServerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.isEmpty() ? "none" : value;
    }
}
