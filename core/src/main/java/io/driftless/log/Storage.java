package io.driftless.log;

import java.util.Optional;

/** Everything one node keeps on disk, opened and owned as a whole. Opened by a {@link StorageFactory}. */
public interface Storage extends AutoCloseable {

    /** The log. */
    RaftLog log();

    /** Term and vote. */
    HardStateStore hardState();

    /** Whose data this is. */
    Identity identity();

    /** The configuration of index 0, an encoded record body; empty before the cluster has formed (R17). */
    Optional<Bytes> configuration();

    /** Writes the configuration of index 0, once. Durable on return. Called by the thread that owns the disk. */
    void writeConfiguration(Bytes configuration);

    /** Where unhandled errors are kept, for the node's error sink; empty for a storage in memory. */
    Optional<java.nio.file.Path> errorsFile();

    /** What was found when it was opened. */
    default Opening opening() {
        return Opening.CLEAN;
    }

    /** In words, for the node's first lines: the directory, or that it is in memory. */
    String description();

    /** Marks a clean stop and closes everything. Idempotent. */
    @Override
    void close();
}
