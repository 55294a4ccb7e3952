package io.driftless.node;

import java.util.Locale;

/**
 * What a server does when its log was cut after a power cut, and nobody can tell whether what was cut had been synced.
 */
public enum UndecidedTail {
    /** It takes that for not synced, and goes on. */
    TRUST,
    /** It has no vote until a leader has brought it up to date. */
    CATCH_UP;

    /** The name in configuration files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
