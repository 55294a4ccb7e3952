package io.driftless.codec;

import io.driftless.log.Bytes;
import io.driftless.raft.Message;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes messages and record bodies as bytes and as text. It is chosen by configuration when a node starts. Peers must
 * agree on the serializer of messages. Thread safe.
 *
 * <p>The payloads of entries and the parts of snapshots are not copied through it. {@link #encode} writes everything
 * except these payloads. The transport sends them afterwards, in order and without gaps, and hands them to
 * {@link #decode} as one run of bytes, from which it takes slices.
 */
public interface Serializer {

    /** Its name in configuration and handshake. */
    String name();

    /** The version of its encoding. Peers with different versions do not talk to each other. */
    int version();

    /**
     * Its code in record bodies, which never changes and is never shared: 1 is Kryo, 2 is JSON, and codes from 100 on
     * are for users.
     */
    int id();

    /**
     * Writes a message without payloads.
     *
     * @param buffer grows if necessary
     * @return how many bytes were written
     * @throws IllegalArgumentException if it cannot be written: an AppendEntries whose content is not exactly the
     *                                  entries that its header names ({@link EntryContent} checks it), an
     *                                  InstallSnapshot whose content is not a chunk of its length ({@link
     *                                  ChunkContent}), or a term or index that is negative
     */
    int encode(Message message, MutableDirectBuffer buffer, int offset);

    /**
     * Reads a message. Whatever the bytes say, it reserves no more than a small multiple of {@code length}. It copies
     * no payload.
     *
     * @param payloads the payloads of its entries, one after the other; of an InstallSnapshot the bytes of its chunk
     * @throws io.driftless.errors.MalformedException if the bytes are not exactly one message, or the payloads not
     * exactly those of its entries or its chunk
     */
    Message decode(DirectBuffer buffer, int offset, int length, Bytes payloads);

    /** The message in one line for a person. Payloads are shown by their length. */
    String toText(Message message);

    /** Writes a record body, and returns the number of bytes. {@link RecordBodies} puts id and version in front. */
    int encodeRecord(RecordBody body, MutableDirectBuffer buffer, int offset);

    /** Reads a record body. Throws {@link io.driftless.errors.MalformedException} if the bytes are not one. */
    RecordBody decodeRecord(DirectBuffer buffer, int offset, int length);

    /** The record body in one line for a person. */
    String toText(RecordBody body);
}
