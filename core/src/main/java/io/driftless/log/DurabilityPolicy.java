package io.driftless.log;

import java.util.Locale;

/** When an entry counts as stored. Term, vote and configuration are synced under every policy. */
public enum DurabilityPolicy {
    /** When it is on the disk. */
    ALWAYS,
    /** When it is written; a thread syncs the log every so often. */
    INTERVAL,
    /** When it is written; the operating system brings it to the disk when it likes. */
    OS;

    /** The policy of that name in configuration files; {@link IllegalArgumentException} if there is none. */
    public static DurabilityPolicy of(String name) {
        for (DurabilityPolicy policy : values()) {
            if (policy.toString().equals(name)) {
                return policy;
            }
        }
        throw new IllegalArgumentException("'" + name + "' is not one of always, interval, os");
    }

    /** Whether an entry can count that a power cut takes away: what R18 is for. */
    public boolean isRelaxed() {
        return this != ALWAYS;
    }

    /** The name in configuration files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
