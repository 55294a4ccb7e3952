package io.driftless.log;

import io.driftless.raft.SnapshotId;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A snapshot that is being written: first its content, then one of {@code finish}, then {@link #close}. For one thread
 * at a time.
 */
public interface SnapshotWriter extends AutoCloseable {

    /**
     * From now on the content is written without haste: it has the disk for a small part of the time only, for the
     * sake of others who sync what a client waits for. By default, nothing changes.
     */
    default void takeTime() { }

    /** Somebody waits for it after all: what is left is written as fast as the disk takes it. From any thread. */
    default void hurry() { }

    /**
     * Where the content goes, of any length. Closing it does nothing.
     *
     * <p>Its writes throw a {@link LogFullException} if the disk has no room. Nothing is left of the snapshot then,
     * once this writer is closed.
     */
    OutputStream content();

    /**
     * Makes the snapshot durable, with its name (R27), and then drops the one before. Called once.
     *
     * @throws LogFullException    if the disk has no room
     * @throws SyncFailedException if the disk did not take it
     * @throws IOException         if it cannot be written for another reason
     */
    StoredSnapshot finish() throws IOException;

    /**
     * The same for a snapshot that another server has taken: before it gets its name, its index, term and creator and
     * the checksum over all of its content are compared with those of {@code expected}.
     *
     * @throws LogCorruptException if it is another one. It never gets a name, and nothing is left of it once this
     *                             writer is closed
     * @throws LogFullException    if the disk has no room
     * @throws SyncFailedException if the disk did not take it
     * @throws IOException         if it cannot be written for another reason
     */
    StoredSnapshot finish(SnapshotId expected) throws IOException;

    /** Drops what was written, unless it was finished. Idempotent. */
    @Override
    void close();
}
