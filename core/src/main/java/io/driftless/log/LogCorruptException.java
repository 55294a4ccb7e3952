package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;
import java.nio.file.Path;
import java.util.Optional;

/** Stored bytes are not what was written. The message names file, offset and index. */
public final class LogCorruptException extends LogException {

    private static final long serialVersionUID = 1L;

    private final transient Optional<LogDamage> damage;
    private final transient Optional<Place> place;

    /**
     * Where in a file the damage is.
     *
     * @param offset of its first byte
     * @param reason what is wrong there
     */
    public record Place(long offset, String reason) { }

    /** Takes what happened, and where. */
    public LogCorruptException(String message) {
        super(EndCause.CORRUPT, message, null);
        this.damage = Optional.empty();
        this.place = Optional.empty();
    }

    /** Takes what happened, where, and why. */
    public LogCorruptException(String message, Throwable cause) {
        super(EndCause.CORRUPT, message, cause);
        this.damage = Optional.empty();
        this.place = Optional.empty();
    }

    /** Takes the stretch that is damaged. */
    public LogCorruptException(LogDamage damage) {
        super(EndCause.CORRUPT, damage.message(), null);
        this.damage = Optional.of(damage);
        this.place = Optional.of(new Place(damage.offset(), damage.reason()));
    }

    /** Takes the file and the place in it. */
    public LogCorruptException(Path file, Place place) {
        super(EndCause.CORRUPT, file + " is damaged at offset " + place.offset() + ": " + place.reason(), null);
        this.damage = Optional.empty();
        this.place = Optional.of(place);
    }

    /** Offset and reason, if they are known. */
    public Optional<Place> place() {
        return place == null ? Optional.empty() : place;
    }

    /** Where the damage is, if more is known about it than the message says. */
    public Optional<LogDamage> damage() {
        return damage == null ? Optional.empty() : damage;
    }
}
