package io.driftless.raft;

/**
 * A configuration that is known to be committed. Immutable.
 *
 * @param index   of its entry; 0 for the one that the cluster formed with
 * @param cluster the configuration
 */
public record CommittedConfiguration(long index, ClusterConfiguration cluster) {

    /** Checks the index. */
    public CommittedConfiguration {
        if (index < 0) {
            throw new IllegalArgumentException("a configuration of index " + index);
        }
    }
}
