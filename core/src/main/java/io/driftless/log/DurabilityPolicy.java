package io.driftless.log;

import java.util.Locale;

/** When an entry counts as stored. Term, vote and configuration are synced under every policy. */
public enum DurabilityPolicy {
    /** When it is on the disk. */
    ALWAYS,
    /** When it is written. A thread syncs the log at regular intervals. */
    INTERVAL,
    /** When it is written. The operating system decides when it reaches the disk. */
    OS;

    /** The policy with this name in configuration files. Throws {@link IllegalArgumentException} if there is none. */
    public static DurabilityPolicy of(String name) {
        for (DurabilityPolicy policy : values()) {
            if (policy.toString().equals(name)) {
                return policy;
            }
        }
        throw new IllegalArgumentException("'" + name + "' is not one of always, interval, os");
    }

    /** Whether an entry can count that a power failure takes away. R18 is for this case. */
    public boolean isRelaxed() {
        return this != ALWAYS;
    }

    /** The name in configuration files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
