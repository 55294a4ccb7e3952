package io.driftless.node;

import java.util.Locale;

/**
 * What a server does when its log was cut after a power failure and nobody can tell whether the part that was cut had
 * been synced.
 */
public enum UndecidedTail {
    /** The server assumes that the part was not synced, and goes on. */
    TRUST,
    /** The server has no vote until a leader has brought it up to date. */
    CATCH_UP;

    /** The name in configuration files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
