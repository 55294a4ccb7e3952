package io.driftless.codec.kryo;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import io.driftless.codec.RecordBody;
import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.raft.Message;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** One Kryo instance with its buffers. Confined to the thread that took it from the pool. */
final class Codec {

    // Kryo writes the code of a class as its registered number + 2, so these stand in the bytes as 18 to 28 and as 50
    // to 53. They never change.
    private static final int PRE_VOTE = 16;
    private static final int PRE_VOTE_REPLY = 17;
    private static final int REQUEST_VOTE = 18;
    private static final int REQUEST_VOTE_REPLY = 19;
    private static final int APPEND_ENTRIES = 20;
    private static final int APPEND_ENTRIES_REPLY = 21;
    private static final int INSTALL_SNAPSHOT = 22;
    private static final int INSTALL_SNAPSHOT_REPLY = 23;
    private static final int TIMEOUT_NOW = 24;
    private static final int READ_INDEX = 25;
    private static final int READ_INDEX_REPLY = 26;
    private static final int CONFIGURATION = 48;
    private static final int SESSION_OPENING = 49;
    private static final int SESSION_CLOSING = 50;
    private static final int SESSIONS_RENEWAL = 51;

    private final Kryo kryo;
    private final FieldOutput output = new FieldOutput();
    private final FieldInput input = new FieldInput();

    Codec() {
        // No reference resolver: records hold no cycles, and references would cost a byte and a look-up each.
        kryo = new Kryo(new OwnClasses(PRE_VOTE), null);
        kryo.setRegistrationRequired(true);
        kryo.register(Message.PreVote.class, new ElectionCodings.OfPreVote(), PRE_VOTE);
        kryo.register(Message.PreVoteReply.class, new ElectionCodings.OfPreVoteReply(), PRE_VOTE_REPLY);
        kryo.register(Message.RequestVote.class, new ElectionCodings.OfRequestVote(), REQUEST_VOTE);
        kryo.register(Message.RequestVoteReply.class, new ElectionCodings.OfRequestVoteReply(), REQUEST_VOTE_REPLY);
        kryo.register(Message.AppendEntries.class, new AppendCodings.OfAppendEntries(), APPEND_ENTRIES);
        kryo.register(Message.AppendEntriesReply.class, new AppendCodings.OfAppendEntriesReply(), APPEND_ENTRIES_REPLY);
        kryo.register(Message.InstallSnapshot.class, new SnapshotCodings.OfInstallSnapshot(), INSTALL_SNAPSHOT);
        kryo.register(Message.InstallSnapshotReply.class, new SnapshotCodings.OfInstallSnapshotReply(),
                INSTALL_SNAPSHOT_REPLY);
        kryo.register(Message.TimeoutNow.class, new ElectionCodings.OfTimeoutNow(), TIMEOUT_NOW);
        kryo.register(Message.ReadIndex.class, new ReadCodings.OfReadIndex(), READ_INDEX);
        kryo.register(Message.ReadIndexReply.class, new ReadCodings.OfReadIndexReply(), READ_INDEX_REPLY);
        kryo.register(RecordBody.ConfigurationBody.class, new ConfigurationCoding(), CONFIGURATION);
        kryo.register(RecordBody.SessionOpening.class, new SessionCodings.OfOpening(), SESSION_OPENING);
        kryo.register(RecordBody.SessionClosing.class, new SessionCodings.OfClosing(), SESSION_CLOSING);
        kryo.register(RecordBody.SessionsRenewal.class, new SessionCodings.OfRenewal(), SESSIONS_RENEWAL);
    }

    /** Writes a message or a record body; returns how many bytes. */
    int write(Object value, MutableDirectBuffer buffer, int offset) {
        output.begin();
        output.writeByte(KryoSerializer.VERSION);
        kryo.writeClassAndObject(output, value);
        int length = output.position();
        buffer.putBytes(offset, output.getBuffer(), 0, length);
        return length;
    }

    /** Reads exactly one message or record body. */
    Object read(DirectBuffer buffer, int offset, int length, Bytes payloads) {
        buffer.boundsCheck(offset, length);
        byte[] array = buffer.byteArray();
        if (array == null) {
            array = new byte[length];
            buffer.getBytes(offset, array);
            input.begin(array, 0, length, payloads);
        } else {
            input.begin(array, buffer.wrapAdjustment() + offset, length, payloads);
        }
        try {
            if (input.readByte() != KryoSerializer.VERSION) {
                throw new MalformedException(0, "not version " + KryoSerializer.VERSION + " of the kryo encoding");
            }
            Object value = kryo.readClassAndObject(input);
            input.finish();
            return value;
        } catch (KryoException | IllegalArgumentException e) {
            throw input.malformed(String.valueOf(e.getMessage()));
        } finally {
            input.release();
        }
    }
}
