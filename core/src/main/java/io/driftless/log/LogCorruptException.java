package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;
import java.util.Optional;

/** Stored bytes are not what was written; the message names file, offset and index. */
public final class LogCorruptException extends LogException {

    private static final long serialVersionUID = 1L;

    private final transient Optional<LogDamage> damage;

    /** With what happened, and where. */
    public LogCorruptException(String message) {
        super(EndCause.CORRUPT, message, null);
        this.damage = Optional.empty();
    }

    /** With what happened, where, and why. */
    public LogCorruptException(String message, Throwable cause) {
        super(EndCause.CORRUPT, message, cause);
        this.damage = Optional.empty();
    }

    /** With the stretch that is damaged. */
    public LogCorruptException(LogDamage damage) {
        super(EndCause.CORRUPT, damage.message(), null);
        this.damage = Optional.of(damage);
    }

    /** Where it is, if it is known more closely than by the message. */
    public Optional<LogDamage> damage() {
        return damage == null ? Optional.empty() : damage;
    }
}
