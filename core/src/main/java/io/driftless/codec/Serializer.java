package io.driftless.codec;

import io.driftless.log.Bytes;
import io.driftless.raft.Message;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes messages and record bodies as bytes and as text. Chosen by configuration when a node starts; peers must agree
 * on that of messages. Thread safe.
 *
 * <p>The payloads of entries are not copied through it: {@link #encode} writes everything but them, the transport
 * sends them behind, in order and without gaps, and hands them to {@link #decode} as one run of bytes to take slices
 * of.
 */
public interface Serializer {

    /** Its name in configuration and handshake. */
    String name();

    /** The version of its encoding; peers of different versions do not talk. */
    int version();

    /** Its code in record bodies; never changes, never shared: 1 Kryo, 2 JSON, from 100 on for users. */
    int id();

    /**
     * Writes a message without payloads.
     *
     * @param buffer grows if need be
     * @return how many bytes were written
     * @throws IllegalArgumentException if it cannot be written: an AppendEntries whose content is not exactly the
     * entries that its header names ({@link EntryContent} checks it), or a term or index that is negative
     */
    int encode(Message message, MutableDirectBuffer buffer, int offset);

    /**
     * Reads a message. Reserves no more than a small multiple of {@code length} whatever the bytes say, and copies no
     * payload.
     *
     * @param payloads the payloads of its entries, one behind the other
     * @throws io.driftless.errors.MalformedException if the bytes are not exactly one message, or the payloads not
     * exactly those of its entries
     */
    Message decode(DirectBuffer buffer, int offset, int length, Bytes payloads);

    /** The message in one line for a person, payloads by their length. */
    String toText(Message message);

    /** Writes a record body; returns how many bytes. {@link RecordBodies} puts id and version in front. */
    int encodeRecord(RecordBody body, MutableDirectBuffer buffer, int offset);

    /** Reads a record body; {@link io.driftless.errors.MalformedException} if it is none. */
    RecordBody decodeRecord(DirectBuffer buffer, int offset, int length);

    /** The record body in one line for a person. */
    String toText(RecordBody body);
}
