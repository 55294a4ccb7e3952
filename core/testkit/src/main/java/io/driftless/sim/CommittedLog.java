package io.driftless.sim;

import io.driftless.log.LogEntry;

/** What is known to be committed, to those who watch. */
interface CommittedLog {

    /** The last index that is. */
    long count();

    /** The entry there, which is at most {@link #count}. */
    LogEntry entry(long index);
}
