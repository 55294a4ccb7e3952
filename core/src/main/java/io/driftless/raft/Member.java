package io.driftless.raft;

import java.util.UUID;

/**
 * What belongs to a member of a cluster beside its name and its role. Immutable.
 *
 * @param incarnation identity of its data directory; only this one counts (R17)
 * @param address     where it is, {@code host:port}
 * @param priority    0 to 255; a member of priority 0 never leads, and among the others the higher one is preferred
 */
public record Member(UUID incarnation, String address, int priority) {

    /** The longest address: a host name of 253 characters, the most that DNS knows, and a port. */
    public static final int ADDRESS_LENGTH_MAX = 253 + ":65535".length();
    /** The priority of a member of which nothing else was said. There is room on both sides, as with VRRP's 100. */
    public static final int PRIORITY_DEFAULT = 100;
    /** The highest priority, so that one fits a byte. */
    public static final int PRIORITY_MAX = 255;

    /** Checks the address, as far as its characters go, and the priority. */
    public Member {
        int length = address.length();
        if (length == 0 || length > ADDRESS_LENGTH_MAX) {
            throw new IllegalArgumentException("an address of " + length + " characters, which has 1 to "
                    + ADDRESS_LENGTH_MAX);
        }
        for (int i = 0; i < length; i++) {
            if (address.charAt(i) <= ' ' || address.charAt(i) > '~') {
                throw new IllegalArgumentException("an address with a character that none has, at position " + i);
            }
        }
        if (priority < 0 || priority > PRIORITY_MAX) {
            throw new IllegalArgumentException("priority " + priority + " is not between 0 and " + PRIORITY_MAX);
        }
    }

    /** Address, incarnation and priority, for log lines. */
    @Override
    public String toString() {
        return address + " incarnation " + incarnation + " priority " + priority;
    }
}
