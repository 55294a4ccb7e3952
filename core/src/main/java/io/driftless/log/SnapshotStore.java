package io.driftless.log;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The snapshots of one server (Raft §7): it keeps the newest one, and writes at most one at a time. What was begun and
 * not finished is gone after the next opening. Thread safe, but for a {@link SnapshotWriter}.
 */
public interface SnapshotStore {

    /** The newest snapshot. Its boundary has been compared with its checksum, its content has not. */
    Optional<StoredSnapshot> newest();

    /**
     * Begins a snapshot that this server takes, or one that it receives from another.
     *
     * @param index    the last index whose effects are in it, above that of {@link #newest}
     * @param term     the term of the entry there
     * @param creator  the incarnation of the server that took it: of this one, or of the one that it is received from
     * @param boundary what belongs to it beside the content; at most {@link RaftLog#ENTRY_BYTES_MAX} bytes
     * @throws IllegalStateException    if one is being written
     * @throws IllegalArgumentException if {@code index} is not above that of the newest one
     * @throws LogFullException         if the disk has no room
     * @throws IOException              if it cannot be written for another reason
     */
    SnapshotWriter begin(long index, long term, UUID creator, Bytes boundary) throws IOException;

    /**
     * Tells beforehand that a snapshot has no room. There may be none all the same by the time it is written.
     *
     * @param contentBytes the length of its content, in bytes
     * @throws LogFullException if the disk has no room for it
     */
    default void requireRoom(long contentBytes) throws IOException { }

    /**
     * Sets a snapshot aside that proved to be damaged: it is never {@link #newest} again. It is kept for whoever wants
     * to look at it, instead of those that lay aside before. Nothing happens if it is gone already.
     */
    void setAside(StoredSnapshot damaged) throws IOException;

    /** All that lie aside, by {@link #setAside} or because an opening found them damaged; the highest index first. */
    List<DamagedSnapshot> damaged() throws IOException;

    /** Removes a snapshot of which nothing may be used; durable on return. Nothing happens if it is gone already. */
    void remove(StoredSnapshot useless) throws IOException;

    /** Removes one of those that lie aside; durable on return. Nothing happens if it is gone already. */
    void removeDamaged(DamagedSnapshot useless) throws IOException;
}
