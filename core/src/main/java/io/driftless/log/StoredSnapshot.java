package io.driftless.log;

import io.driftless.raft.SnapshotId;
import java.io.IOException;
import java.io.InputStream;

/** A snapshot that is whole and durable. Immutable, thread safe. */
public interface StoredSnapshot {

    /** Which one. */
    SnapshotId id();

    /** What belongs to it beside the state machine's content, as it was given to {@link SnapshotStore#begin}. */
    Bytes boundary();

    /** The length of the content, in bytes. */
    long contentBytes();

    /** What it takes on the disk, in bytes. */
    long storedBytes();

    /** Where it is, for messages: a file, or that it is in memory. */
    String description();

    /**
     * Reads all of it and compares its checksums.
     *
     * @throws LogCorruptException if it is not what was written, naming file and offset
     */
    void verify();

    /**
     * The content from its beginning. What is read is compared with its checksums: a read that meets damage throws a
     * {@link LogCorruptException} and returns none of it. Belongs to one thread; to be closed.
     *
     * @throws LogCorruptException if the snapshot is gone, or cannot be opened
     */
    default InputStream content() throws IOException {
        return content(0);
    }

    /**
     * The content from byte {@code offset} on, without reading what is far before it. Otherwise as {@link #content()},
     * but for the checksum over all of the content, which takes all of it: {@link #verify} compares that one.
     *
     * @throws LogCorruptException      if the snapshot is gone, or cannot be opened
     * @throws IllegalArgumentException if {@code offset} is below 0 or above {@link #contentBytes}
     */
    InputStream content(long offset) throws IOException;
}
