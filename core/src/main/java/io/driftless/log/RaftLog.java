package io.driftless.log;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The durable log of one server (Raft §5.3). Entries are appended at the end or overwritten from an index on, read by
 * index, and dropped from the front.
 *
 * <p><b>Ownership.</b> One thread at a time owns the log. Only the owner calls {@link #append}, {@link #overwrite},
 * {@link #compact}, {@link #reset} and {@link #close}. Ownership is handed over with a happens-before edge.
 * {@link #sync} may run on a second thread while the owner goes on appending. Any thread may call everything else, and
 * that never blocks the owner.
 *
 * <p><b>Durability.</b> A write is durable only when a {@link #sync} that began after the write returned has itself
 * returned. {@link #durableIndex()} says how far that reaches. Everything that a re-opened log shows has been synced by
 * the opening process itself (R14). A batch is not atomic: after a crash, any prefix of it may remain.
 *
 * <p><b>Reading.</b> A read that starts after a write has returned sees that write, durable or not. A read may fault
 * pages in from the disk, so it must not run where a heartbeat waits for it. A reader that meets a compaction, a reset
 * or a close finds the entry, does not find it, or gets a {@link LogCompactedException} or a
 * {@link LogClosedException}; never anything else.
 *
 * <p><b>Failures.</b> All are {@link io.driftless.errors.LogException}s: {@link LogFullException},
 * {@link OutOfResourcesException}, {@link LogCorruptException}, {@link LogClosedException},
 * {@link SyncFailedException}, and, where assertions are enabled, {@link LogOwnerException}. If the log is open
 * elsewhere or has another format, opening it throws a {@link LogOpenException}. After a failed sync, the log can only
 * be used to read durable entries: the sync is never retried, and every later write or sync throws again. After a
 * {@link LogFullException} or an {@link OutOfResourcesException}, the log goes on. Some first entries of the batch may
 * have been appended ({@link #lastIndex()} tells), and the rest can be tried again once there is room.
 */
public interface RaftLog extends AutoCloseable {

    /**
     * The size of the largest payload, in bytes, that every log takes, however it is configured. Every follower must be
     * able to store what a leader has accepted.
     */
    int ENTRY_BYTES_MAX = 16 << 20;

    /**
     * Appends entries after {@link #lastIndex()}. Their indexes are consecutive, and their terms never fall.
     *
     * @return write id of the last record; write ids rise by one for each entry written, whatever its index. On return
     *         the write is neither durable nor atomic.
     * @throws IllegalArgumentException if the first index is not {@code lastIndex() + 1}, or entries are empty, not
     *                                  consecutive, of falling terms, or longer than {@link #ENTRY_BYTES_MAX}
     */
    long append(List<LogEntry> entries);

    /**
     * Replaces everything from {@code fromIndex} on with {@code entries}, the first of which has that index
     * ({@code firstIndex() <= fromIndex <= lastIndex()}). On return, reads see only the new entries, and the replaced
     * ones no longer count as durable: {@code durableIndex() < fromIndex}, unless new entries have been synced already,
     * by another thread or because they filled a segment.
     *
     * @return write id of the last record
     * @throws IllegalArgumentException as {@link #append}, or if {@code fromIndex} lies outside the log
     */
    long overwrite(long fromIndex, List<LogEntry> entries);

    /**
     * Makes durable every write that returned before this call began.
     *
     * @return the write id covered; 0 if nothing was ever written
     * @throws SyncFailedException if the disk did not take it: final
     */
    long sync();

    /** A new reader. Readers are cheap, and each belongs to one thread. */
    LogReader reader();

    /**
     * Index of the first entry present; {@code lastIndex() + 1} if there is none. Only {@link #reset} can lower it.
     */
    long firstIndex();

    /** Index of the last entry; {@code firstIndex() - 1} if there is none. */
    long lastIndex();

    /**
     * Highest index such that it and everything before it is durable. For the owner it is never above
     * {@link #lastIndex()}. Another thread that asks for both may get one value from before a change of the log and the
     * other from after it.
     */
    long durableIndex();

    /**
     * Waits until there is an entry after {@code index}, durable or not. It is for a reader that has read up to there.
     * Any thread may call it, and it delays no other thread.
     *
     * @param timeout may be of any length; one that is too long for a {@code long} of nanoseconds never passes
     * @return whether {@link #lastIndex()} was above {@code index}; false when {@code timeout} has passed
     * @throws InterruptedException if the waiting thread is interrupted
     * @throws LogClosedException   if the log is closed, or is closed meanwhile
     * @throws SyncFailedException  if a sync has failed, or fails meanwhile, and no durable entry is there
     */
    default boolean awaitBeyond(long index, Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
        while (lastIndex() <= index) {
            long leftNs = end - System.nanoTime();
            if (leftNs <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(leftNs, 1_000_000));
        }
        return true;
    }

    /**
     * The term of the entry at {@code index}, from memory. It is also known for {@code firstIndex() - 1}, and is 0 for
     * index 0.
     *
     * @throws IllegalArgumentException if {@code index} is outside {@code firstIndex() - 1 .. lastIndex()}
     */
    long termAt(long index);

    /** Sum of {@link LogEntry#weight()} over {@code fromIndex..toIndex}, both included and present, from memory. */
    long weight(long fromIndex, long toIndex);

    /**
     * Allows the log to forget everything up to {@code upToIndex}. The log may keep more, as one does that drops only
     * whole segments. On return, forgotten entries are off the disk, except those that a reader still stands on.
     *
     * @throws IllegalArgumentException if {@code upToIndex} is above {@link #durableIndex()}
     */
    void compact(long upToIndex);

    /**
     * Forgets everything. The next append is at {@code lastIncludedIndex + 1}, and {@code termAt(lastIncludedIndex)} is
     * {@code lastIncludedTerm}. Durable on return. The boundary may lie anywhere, even before the old first index.
     */
    void reset(long lastIncludedIndex, long lastIncludedTerm);

    /**
     * Syncs and closes. Idempotent. Afterwards everything except close throws {@link LogClosedException}. So do
     * readers, but the payload that a reader stands on stays valid until that reader is closed.
     *
     * @throws SyncFailedException if the last sync failed; everything is released all the same
     */
    @Override
    void close();
}
