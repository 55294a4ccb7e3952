package io.driftless.log;

import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Reads entries by index. Belongs to one thread. Sees every entry whose append returned, durable or not. May fault
 * pages in from the disk, so it must not run where a heartbeat waits. The checksum of every entry read is verified.
 */
public interface LogReader extends AutoCloseable {

    /**
     * Stands on the entry at {@code index}.
     *
     * @return false if the log does not hold it: compacted, or not there yet; {@link #read} tells which
     * @throws LogCorruptException if it is damaged
     * @throws LogClosedException if log or reader is closed
     */
    boolean seek(long index);

    /** The entry's index. */
    long index();

    /** The entry's term. */
    long term();

    /** The entry's time in milliseconds. */
    long timeMs();

    /** The entry's type. */
    EntryType type();

    /** The entry's session. */
    long session();

    /** The entry's serial. */
    long serial();

    /** The entry's payload without a copy, valid until this reader moves on or closes. */
    DirectBuffer payload();

    /** A copy of the entry that this reader stands on. */
    LogEntry entry();

    /**
     * Copies of the entries from {@code fromIndex} on, up to {@code toIndex}: as many as fit into {@code weightMax}
     * bytes (see {@link LogEntry#weight()}), at least one, and never a mixture of an entry with one that it supersedes.
     * Empty if the first is not there yet; {@link RaftLog#awaitBeyond} waits for it.
     *
     * @throws LogCompactedException if the first was there once and has been compacted, or reset, away
     * @throws LogCorruptException   if one is damaged
     * @throws LogClosedException    if log or reader is closed
     */
    List<LogEntry> read(long fromIndex, long toIndex, long weightMax);

    @Override
    void close();
}
