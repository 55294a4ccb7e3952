package io.driftless.codec;

import io.driftless.raft.Formation;

/** What a log record other than a command holds. Immutable. */
public sealed interface RecordBody {

    /**
     * A configuration of the cluster.
     *
     * @param formation members and incarnations
     */
    record ConfigurationBody(Formation formation) implements RecordBody { }
}
