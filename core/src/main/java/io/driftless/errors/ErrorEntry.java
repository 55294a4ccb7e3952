package io.driftless.errors;

/**
 * One recorded error. Immutable.
 *
 * @param timeMs  wall clock, milliseconds since 1970
 * @param source  the part that met it: {@code log}, {@code transport}, {@code machine}, {@code core}, {@code node}, {@code client}
 * @param message one line
 * @param detail  a stack trace or more lines; may be empty
 */
public record ErrorEntry(long timeMs, String source, String message, String detail) { }
