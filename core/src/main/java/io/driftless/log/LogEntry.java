package io.driftless.log;

/**
 * One entry of the replicated log. Immutable.
 *
 * @param index    its place in the log, from 1
 * @param term     the term of the leader that created it
 * @param timeMs   the log's clock when it was created, in milliseconds
 * @param type     what it is
 * @param session  the client session of a command; 0 without one
 * @param serial   the client's serial number of a command; 0 without one
 * @param distance how far below {@code serial} the lowest serial is that the client still wants a result of, from 0 to
 *                 {@link #DISTANCE_MAX}; 0 without a session
 * @param payload  what it holds: opaque for a command, a record body for other types
 */
public record LogEntry(long index, long term, long timeMs, EntryType type, long session, long serial, int distance,
        Bytes payload) {

    /** The largest distance: a log stores it in two bytes. */
    public static final int DISTANCE_MAX = 65_535;

    /** Checks the numbers. */
    public LogEntry {
        if (index < 1 || term < 1) {
            throw new IllegalArgumentException("entry with index " + index + " and term " + term);
        }
        if (distance < 0 || distance > DISTANCE_MAX) {
            throw new IllegalArgumentException("entry with distance " + distance);
        }
    }

    /** An entry whose client wants no result of an earlier serial. */
    public LogEntry(long index, long term, long timeMs, EntryType type, long session, long serial, Bytes payload) {
        this(index, term, timeMs, type, session, serial, 0, payload);
    }

    /** A client's command, without a session. */
    public static LogEntry command(long index, long term, long timeMs, Bytes payload) {
        return new LogEntry(index, term, timeMs, EntryType.COMMAND, 0, 0, payload);
    }

    /** The lowest serial that the client still wants a result of. */
    public long lowestWanted() {
        return serial - distance;
    }

    /** How much the entry counts in windows and batches, in bytes: its payload and a nominal header. */
    public long weight() {
        return weightOf(payload.length());
    }

    /** {@link #weight()} of an entry whose payload has {@code payloadLength} bytes. */
    public static long weightOf(long payloadLength) {
        return payloadLength + 64;
    }
}
