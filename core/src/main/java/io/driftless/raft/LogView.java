package io.driftless.raft;

/** What the protocol asks of the log, answered from memory. */
interface LogView {

    /** Index of the last entry, durable or not. */
    long lastIndex();

    /** Term of the last entry, or of the log's boundary if there is none. */
    long lastTerm();

    /** The index before the first entry: 0, or the last one included in what was compacted. */
    long boundaryIndex();

    /** The term at an index from {@link #boundaryIndex()} to {@link #lastIndex()}. */
    long termAt(long index);

    /** The terms from one index to another, both included. */
    TermRuns terms(long fromIndex, long toIndex);

    /** Sum of the weights of {@code fromIndex..toIndex}, both included; 0 if empty. */
    long weight(long fromIndex, long toIndex);

    /** Highest index up to which everything is durable here. */
    long durableIndex();
}
