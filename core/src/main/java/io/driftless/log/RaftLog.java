package io.driftless.log;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The durable log of one server (Raft §5.3): append at the end, or overwrite from an index; read by index; drop a
 * prefix.
 *
 * <p><b>Ownership.</b> One thread at a time owns the log: only it calls {@link #append}, {@link #overwrite},
 * {@link #compact}, {@link #reset} and {@link #close}; ownership is handed over with a happens-before edge.
 * {@link #sync} may run on a second thread while the owner goes on appending. Everything else may be called by any
 * thread and never blocks the owner.
 *
 * <p><b>Durability.</b> Nothing is durable before a {@link #sync} that began after it has returned;
 * {@link #durableIndex()} says how far that reaches. What a re-opened log shows has been synced by the opening process
 * itself (R14). A batch is not atomic: after a crash any prefix of it may remain.
 *
 * <p><b>Reading.</b> A read that starts after a write returned sees it, durable or not. It may fault pages in from the
 * disk, so it must not run where a heartbeat waits. A reader that meets a compaction, a reset or the closing finds the
 * entry, does not find it, or gets a {@link LogCompactedException} or a {@link LogClosedException}; never anything
 * else.
 *
 * <p><b>Failures.</b> All are {@link io.driftless.errors.LogException}s: {@link LogFullException}, {@link
 * OutOfResourcesException}, {@link LogCorruptException}, {@link LogClosedException}, {@link SyncFailedException}, and,
 * where assertions are enabled, {@link LogOwnerException}. That the log is open elsewhere, or of a newer format, is
 * said at the opening, by a {@link LogOpenException}. After a failed sync the log is of no use but for reading durable
 * entries: the sync is never retried, and every later write or sync throws again. After a {@link LogFullException} or
 * an {@link OutOfResourcesException} the log goes on: some first entries of the batch may have been appended ({@link
 * #lastIndex()} tells), and the rest can be tried again once there is room.
 */
public interface RaftLog extends AutoCloseable {

    /**
     * Every log takes payloads of up to so many bytes, however it is configured: what a leader has taken in, every
     * follower must be able to store.
     */
    int ENTRY_BYTES_MAX = 16 << 20;

    /**
     * Appends entries after {@link #lastIndex()}: consecutive indexes, terms that never fall.
     *
     * @return write id of the last record; write ids rise by one per entry written, whatever its index. Neither durable
     *         nor atomic on return.
     * @throws IllegalArgumentException if the first index is not {@code lastIndex() + 1}, or entries are empty, not
     *                                  consecutive, of falling terms, or longer than {@link #ENTRY_BYTES_MAX}
     */
    long append(List<LogEntry> entries);

    /**
     * Replaces everything from {@code fromIndex} on by {@code entries}, the first of which has that index
     * ({@code firstIndex() <= fromIndex <= lastIndex()}). On return reads see only the new entries, and what they
     * replaced counts as durable no more: {@code durableIndex() < fromIndex}, unless new entries are synced already, by
     * another thread or because they filled a segment.
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

    /** A new reader; readers are cheap, and each belongs to one thread. */
    LogReader reader();

    /**
     * Index of the first entry present; {@code lastIndex() + 1} if there is none. Never falls but by {@link #reset}.
     */
    long firstIndex();

    /** Index of the last entry; {@code firstIndex() - 1} if there is none. */
    long lastIndex();

    /**
     * Highest index such that it and everything before it is durable; for the owner never above {@link #lastIndex()}.
     * Another thread that asks for both may get one from before a change of the log and one from after it.
     */
    long durableIndex();

    /**
     * Waits until there is an entry after {@code index}, durable or not: for a reader that has read up to there. Any
     * thread may call it, and it holds up nobody.
     *
     * @param timeout however long; one beyond what a {@code long} of nanoseconds holds never passes
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
     * The term of the entry at {@code index}, from memory: also of {@code firstIndex() - 1}, which is 0 for index 0.
     *
     * @throws IllegalArgumentException if {@code index} is outside {@code firstIndex() - 1 .. lastIndex()}
     */
    long termAt(long index);

    /** Sum of {@link LogEntry#weight()} over {@code fromIndex..toIndex}, both included and present, from memory. */
    long weight(long fromIndex, long toIndex);

    /**
     * Allows everything up to {@code upToIndex} to be forgotten; the log may keep more, as one that drops whole
     * segments does. What is forgotten is off the
     * disk on return, but for what a reader still stands on.
     *
     * @throws IllegalArgumentException if {@code upToIndex} is above {@link #durableIndex()}
     */
    void compact(long upToIndex);

    /**
     * Forgets everything: the next append is {@code lastIncludedIndex + 1}, and {@code termAt(lastIncludedIndex)} is
     * {@code lastIncludedTerm}. Durable on return. The boundary may lie anywhere, also before the old first index.
     */
    void reset(long lastIncludedIndex, long lastIncludedTerm);

    /**
     * Syncs and closes. Idempotent. Afterwards everything but close throws {@link LogClosedException}; readers too, but
     * a payload that one stands on stays valid until it is closed.
     *
     * @throws SyncFailedException if the last sync failed; everything is let go all the same
     */
    @Override
    void close();
}
