package io.driftless.log;

/**
 * One entry of the replicated log. Immutable.
 *
 * @param index   its place in the log, from 1
 * @param term    the term of the leader that created it
 * @param timeMs  the log's clock when it was created, in milliseconds
 * @param type    what it is
 * @param session the client session of a command; 0 without one
 * @param serial  the client's serial number of a command; 0 without one
 * @param payload what it holds: opaque for a command, a record body for other types
 */
public record LogEntry(long index, long term, long timeMs, EntryType type, long session, long serial, Bytes payload) {

    /** Checks the numbers. */
    public LogEntry {
        if (index < 1 || term < 1) {
            throw new IllegalArgumentException("entry with index " + index + " and term " + term);
        }
    }

    /** A client's command, without a session. */
    public static LogEntry command(long index, long term, long timeMs, Bytes payload) {
        return new LogEntry(index, term, timeMs, EntryType.COMMAND, 0, 0, payload);
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
