package io.driftless.raft;

/** Tells, from memory, how heavy durable entries are that the core no longer counts itself. */
@FunctionalInterface
public interface StoredWeights {

    /** Sum over {@code fromIndex..toIndex}, in bytes. */
    long weight(long fromIndex, long toIndex);
}
