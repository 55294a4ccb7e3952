package io.driftless.log;

import java.util.Optional;

/** Everything that one node keeps on disk, opened and owned as a whole. A {@link StorageFactory} opens it. */
public interface Storage extends AutoCloseable {

    /** The log. */
    RaftLog log();

    /** The term and the vote. */
    HardStateStore hardState();

    /** The snapshots. */
    SnapshotStore snapshots();

    /** Whose data this is. */
    Identity identity();

    /** The configuration of index 0, as an encoded record body. Empty before the cluster has formed (R17). */
    Optional<Bytes> configuration();

    /** Writes the configuration of index 0, once. Durable on return. Called by the thread that owns the disk. */
    void writeConfiguration(Bytes configuration);

    /** The file in which the node's error sink keeps unhandled errors. Empty for a storage in memory. */
    Optional<java.nio.file.Path> errorsFile();

    /** What was found when the storage was opened. */
    default Opening opening() {
        return Opening.CLEAN;
    }

    /** Describes the storage in words, for the node's first lines: the directory, or that it is in memory. */
    String description();

    /** Marks a clean stop and closes everything. Idempotent. */
    @Override
    void close();
}
