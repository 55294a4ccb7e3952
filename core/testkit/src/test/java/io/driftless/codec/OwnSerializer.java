package io.driftless.codec;

import io.driftless.log.Bytes;
import io.driftless.raft.Message;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** A user's serializer: here Kryo's under another name. */
public class OwnSerializer implements Serializer {

    private final Serializer like = Serializers.byName("kryo");

    @Override
    public String name() {
        return "own";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public int id() {
        return Serializers.USER_ID_MIN;
    }

    @Override
    public int encode(Message message, MutableDirectBuffer buffer, int offset) {
        return like.encode(message, buffer, offset);
    }

    @Override
    public Message decode(DirectBuffer buffer, int offset, int length, Bytes payloads) {
        return like.decode(buffer, offset, length, payloads);
    }

    @Override
    public String toText(Message message) {
        return like.toText(message);
    }

    @Override
    public int encodeRecord(RecordBody body, MutableDirectBuffer buffer, int offset) {
        return like.encodeRecord(body, buffer, offset);
    }

    @Override
    public RecordBody decodeRecord(DirectBuffer buffer, int offset, int length) {
        return like.decodeRecord(buffer, offset, length);
    }

    @Override
    public String toText(RecordBody body) {
        return like.toText(body);
    }
}
