package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;

/** The entry to be read has been compacted away. Unlike an entry that is not there yet, it will never appear. */
public final class LogCompactedException extends LogException {

    private static final long serialVersionUID = 1L;

    private final long firstIndex;

    /** Takes the index that was asked for, and the first index that the log still had. */
    public LogCompactedException(long index, long firstIndex) {
        super(EndCause.INVARIANT, "index " + index + " has been compacted away: the log begins at " + firstIndex, null);
        this.firstIndex = firstIndex;
    }

    /** The index at which the log began when it was read. */
    public long firstIndex() {
        return firstIndex;
    }
}
