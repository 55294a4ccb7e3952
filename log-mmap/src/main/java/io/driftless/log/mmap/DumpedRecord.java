package io.driftless.log.mmap;

import io.driftless.log.LogEntry;
import java.nio.file.Path;

/**
 * One record as it lies in a log's files, in the order of writing: one whose index is not above that of the record
 * before it supersedes everything from that index on. Immutable.
 *
 * @param entry           what it says
 * @param sequence        its number; rises by one per record, whatever its index
 * @param durableSequence the highest sequence known to be synced when it was written
 * @param live            false if the log was compacted or reset past it: it lies about, but is no entry any more
 * @param file            the file it lies in
 * @param offset          where in the file it begins
 */
public record DumpedRecord(LogEntry entry, long sequence, long durableSequence, boolean live, Path file,
        long offset) { }
