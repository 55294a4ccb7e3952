package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;
import java.util.Optional;

/** Stored bytes are not what was written. The message names file, offset and index. */
public final class LogCorruptException extends LogException {

    private static final long serialVersionUID = 1L;

    private final transient Optional<LogDamage> damage;

    /** Takes what happened, and where. */
    public LogCorruptException(String message) {
        super(EndCause.CORRUPT, message, null);
        this.damage = Optional.empty();
    }

    /** Takes what happened, where, and why. */
    public LogCorruptException(String message, Throwable cause) {
        super(EndCause.CORRUPT, message, cause);
        this.damage = Optional.empty();
    }

    /** Takes the stretch that is damaged. */
    public LogCorruptException(LogDamage damage) {
        super(EndCause.CORRUPT, damage.message(), null);
        this.damage = Optional.of(damage);
    }

    /** Where the damage is, if more is known about it than the message says. */
    public Optional<LogDamage> damage() {
        return damage == null ? Optional.empty() : damage;
    }
}
