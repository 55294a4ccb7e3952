package io.driftless.log;

import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Reads entries by index. Belongs to one thread. It sees every entry whose append has returned, durable or not. It may
 * fault pages in from the disk, so it must not run where a heartbeat waits for it. It verifies the checksum of every
 * entry that it reads.
 */
public interface LogReader extends AutoCloseable {

    /**
     * Moves to the entry at {@code index}.
     *
     * @return false if the log does not hold the entry, because it was compacted or is not there yet; {@link #read}
     *         tells which
     * @throws LogCorruptException if the entry is damaged
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

    /** The entry's distance: see {@link LogEntry#distance()}. */
    int distance();

    /** The entry's payload without a copy, valid until this reader moves on or closes. */
    DirectBuffer payload();

    /** A copy of the entry that this reader stands on. */
    LogEntry entry();

    /**
     * Copies of the entries from {@code fromIndex} up to {@code toIndex}: as many as fit into {@code weightMax} bytes
     * (see {@link LogEntry#weight()}), but at least one. The list never mixes an entry with one that it supersedes. It
     * is empty if the first entry is not there yet; {@link RaftLog#awaitBeyond} waits for that.
     *
     * @throws LogCompactedException if the first was there once and has been removed by a compaction or a reset
     * @throws LogCorruptException   if one is damaged
     * @throws LogClosedException    if log or reader is closed
     */
    List<LogEntry> read(long fromIndex, long toIndex, long weightMax);

    @Override
    void close();
}
