package io.driftless.codec.kryo;

import io.driftless.codec.MessageText;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.raft.Message;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The serializer {@code kryo}: compact, fast, and stable because every field is written by hand. Thread safe; Kryo
 * instances, which are not, are lent from a pool.
 *
 * <pre>
 *   what was written   version (1 byte)  code (1 byte)  fields
 *   number             unsigned varint, 7 bits a byte, low first; terms and indexes are 0 .. 2^62
 *   server             length (1 byte, at most 64)  characters
 *   address            length (number, at most 259)  characters
 *   flag               1 byte, 0 or 1
 *   snapshot           index term; creator as high and low half, 8 bytes each, and checksum, 4 bytes, little endian
 *
 *   code               fields
 *   18 PreVote            term candidateId lastLogIndex lastLogTerm
 *   19 PreVoteReply       term requestTerm voteGranted
 *   20 RequestVote        term candidateId lastLogIndex lastLogTerm leadershipTransfer
 *   21 RequestVoteReply   term requestTerm voteGranted
 *   22 AppendEntries      term leaderId prevLogIndex prevLogTerm leaderCommit acknowledgedIndex catchUpIndex round
 *                         count of runs, each (term count), then for each entry (type code, 1 byte; timeMs as zigzag
 *                         varint less that of the entry before, the first less 0; session; serial; distance; payload
 *                         length)
 *   23 AppendEntriesReply term requestTerm success matchIndex prevLogIndex conflictIndex conflictTerm writeUnderWay
 *                         snapshotNeeded round
 *   24 InstallSnapshot    term leaderId snapshot size offset length, then how many bytes are behind the message
 *   25 InstallSnapshotReply  term requestTerm snapshot offset window isResumed matchIndex
 *   26 TimeoutNow         term leaderId
 *   27 ReadIndex          term id
 *   28 ReadIndexReply     term id index
 *   50 Configuration      generation; count of members, each (server; role code, 1 byte; incarnation as high and low
 *                         half, 8 bytes each, little endian; address; priority, 1 byte), in order of their names
 *   51 SessionOpening     nonce (like an incarnation) timeoutMs window resultBytesMax sessionsMax allResultsMax
 *   52 SessionClosing     session
 *   53 SessionsRenewal    count of sessions, each (id, lowest wanted serial), in order of id
 * </pre>
 *
 * <p>Index and term of an entry are not written: prevLogIndex and the runs imply them. Every count is bounded by the
 * bytes that are left, so forged bytes cannot make it reserve more than a small multiple of their own length.
 */
public final class KryoSerializer implements Serializer {

    /** The version of the encoding above. */
    static final byte VERSION = 1;

    private final CodecPool pool = new CodecPool();

    /** Loads Kryo, so that a missing library is noticed when the serializer is chosen. */
    public KryoSerializer() {
        pool.give(new Codec());
    }

    @Override
    public String name() {
        return "kryo";
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public int id() {
        return 1;
    }

    @Override
    public int encode(Message message, MutableDirectBuffer buffer, int offset) {
        return write(message, buffer, offset);
    }

    @Override
    public Message decode(DirectBuffer buffer, int offset, int length, Bytes payloads) {
        if (read(buffer, offset, length, payloads) instanceof Message message) {
            return message;
        }
        throw new MalformedException(1, "a record body where a message belongs");
    }

    @Override
    public String toText(Message message) {
        return MessageText.of(message);
    }

    @Override
    public int encodeRecord(RecordBody body, MutableDirectBuffer buffer, int offset) {
        return write(body, buffer, offset);
    }

    @Override
    public RecordBody decodeRecord(DirectBuffer buffer, int offset, int length) {
        if (read(buffer, offset, length, Bytes.EMPTY) instanceof RecordBody body) {
            return body;
        }
        throw new MalformedException(1, "a message where a record body belongs");
    }

    @Override
    public String toText(RecordBody body) {
        return MessageText.of(body);
    }

    private int write(Object value, MutableDirectBuffer buffer, int offset) {
        Codec codec = pool.take();
        try {
            return codec.write(value, buffer, offset);
        } finally {
            pool.give(codec);
        }
    }

    private Object read(DirectBuffer buffer, int offset, int length, Bytes payloads) {
        Codec codec = pool.take();
        try {
            return codec.read(buffer, offset, length, payloads);
        } finally {
            pool.give(codec);
        }
    }
}
