package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * One frame as it was read: what travels on a connection once the handshake is over. Immutable; owns its memory.
 *
 * <pre>
 *   0   2  magic "DF"
 *   2   1  version of this layout, 1
 *   3   1  type
 *   4   4  group id, 0
 *   8   4  body length
 *  12   4  payload length
 *  16   8  received: how many bytes of frames the sender had read on this connection when it made this one
 *  24   4  CRC32C of body and payload
 *  28   4  CRC32C of bytes 0 to 27
 *  32      body
 *          payload
 * </pre>
 *
 * <p>Numbers are big-endian. The header has a checksum of its own, so that a damaged length is noticed at once and not
 * after as many bytes. {@code received} tells the other side how much of what it wrote has left the sockets' buffers;
 * see {@link Outbound}.
 */
final class Frame {

    /** Bytes before the body. */
    static final int HEADER_BYTES = 32;

    private static final short MAGIC = 0x4446;
    private static final int VERSION = 1;
    private static final int BODY_LENGTH_AT = 8;
    private static final int PAYLOAD_LENGTH_AT = 12;
    private static final int RECEIVED_AT = 16;
    private static final int CONTENT_CHECKSUM_AT = 24;
    private static final int HEADER_CHECKSUM_AT = 28;

    /** What a frame holds. The codes are part of the protocol and never change. */
    enum Type {
        /** A message between servers, written by the serializer, and the payloads of its entries. */
        PEER_MESSAGE(1),
        /** A client's request. */
        CLIENT_REQUEST(2),
        /** A server's answer to it. */
        CLIENT_REPLY(3);

        private final int code;

        Type(int code) {
            this.code = code;
        }
    }

    private final byte[] array;
    private final int offset;
    private final int bodyLength;
    private final int payloadLength;
    private final boolean cut;

    private Frame(byte[] array, int offset, int bodyLength, int payloadLength, boolean cut) {
        this.array = array;
        this.offset = offset;
        this.bodyLength = bodyLength;
        this.payloadLength = payloadLength;
        this.cut = cut;
    }

    /**
     * Makes a frame to send out of a head whose first {@link #HEADER_BYTES} are still empty and whose body is written
     * behind them.
     *
     * @param received see above
     */
    static Outgoing outgoing(Type type, byte[] head, int headLength, List<Bytes> payloads, long received) {
        CRC32C checksum = new CRC32C();
        checksum.update(head, HEADER_BYTES, headLength - HEADER_BYTES);
        long payloadLength = 0;
        for (Bytes payload : payloads) {
            checksum.update(payload.array(), payload.offset(), payload.length());
            payloadLength += payload.length();
        }
        ByteBuffer header = ByteBuffer.wrap(head);
        header.putShort(MAGIC).put((byte) VERSION).put((byte) type.code).putInt(0);
        header.putInt(headLength - HEADER_BYTES).putInt(Math.toIntExact(payloadLength)).putLong(received)
                .putInt((int) checksum.getValue());
        checksum.reset();
        checksum.update(head, 0, HEADER_CHECKSUM_AT);
        header.putInt((int) checksum.getValue());
        return new Outgoing(head, headLength, payloads, payloadLength);
    }

    /**
     * Checks the header at {@code at} and tells how long the frame is, header included.
     *
     * @throws MalformedException if it is no header of such a frame
     */
    static long checkedLength(ByteBuffer buffer, int at, Type expected) {
        if (buffer.getShort(at) != MAGIC) {
            throw new MalformedException(at, "no frame begins");
        }
        CRC32C checksum = new CRC32C();
        checksum.update(buffer.duplicate().position(at).limit(at + HEADER_CHECKSUM_AT));
        if ((int) checksum.getValue() != buffer.getInt(at + HEADER_CHECKSUM_AT)) {
            throw new MalformedException(at, "the checksum of a frame's header is wrong");
        }
        int version = buffer.get(at + 2);
        if (version != VERSION) {
            throw new MalformedException(at + 2, "a frame of version " + version);
        }
        int type = buffer.get(at + 3);
        if (type != expected.code) {
            throw new MalformedException(at + 3, "a frame of type " + type + " where " + expected.code
                    + " is expected");
        }
        int group = buffer.getInt(at + 4);
        if (group != 0) {
            throw new MalformedException(at + 4, "a frame of group " + group);
        }
        int bodyLength = buffer.getInt(at + BODY_LENGTH_AT);
        int payloadLength = buffer.getInt(at + PAYLOAD_LENGTH_AT);
        if (bodyLength < 0 || payloadLength < 0) {
            throw new MalformedException(at + BODY_LENGTH_AT, "a frame with lengths " + bodyLength + " and "
                    + payloadLength);
        }
        return (long) HEADER_BYTES + bodyLength + payloadLength;
    }

    /** How long the frame at {@code at} is, whose header has been checked and which is there in whole. */
    static int lengthAt(ByteBuffer buffer, int at) {
        return HEADER_BYTES + buffer.getInt(at + BODY_LENGTH_AT) + buffer.getInt(at + PAYLOAD_LENGTH_AT);
    }

    /** How long header and body of the frame at the beginning are, whose header has been checked. */
    static long headLength(ByteBuffer buffer) {
        return (long) HEADER_BYTES + buffer.getInt(BODY_LENGTH_AT);
    }

    /** The frame at the beginning, whose header has been checked, has more bytes than are taken. */
    static MalformedException tooLong(ByteBuffer buffer, int lengthMax) {
        return new MalformedException(BODY_LENGTH_AT, "a frame with lengths " + buffer.getInt(BODY_LENGTH_AT) + " and "
                + buffer.getInt(PAYLOAD_LENGTH_AT) + ", more than " + lengthMax);
    }

    /**
     * The frame at {@code at}, whose header has been checked and which is there in whole.
     *
     * @throws MalformedException if body or payload is damaged
     */
    static Frame at(byte[] array, int at) {
        ByteBuffer buffer = ByteBuffer.wrap(array);
        Frame frame = new Frame(array, at, buffer.getInt(at + BODY_LENGTH_AT), buffer.getInt(at + PAYLOAD_LENGTH_AT),
                false);
        CRC32C checksum = new CRC32C();
        checksum.update(array, frame.bodyOffset(), frame.bodyLength + frame.payloadLength);
        frame.requireContent(checksum);
        return frame;
    }

    /**
     * A frame of which only {@code head}, header and body, was kept.
     *
     * @param content checksum of all that came behind the header
     * @throws MalformedException if body or payload was damaged
     */
    static Frame cut(byte[] head, CRC32C content) {
        ByteBuffer buffer = ByteBuffer.wrap(head);
        Frame frame = new Frame(head, 0, buffer.getInt(BODY_LENGTH_AT), buffer.getInt(PAYLOAD_LENGTH_AT), true);
        frame.requireContent(content);
        return frame;
    }

    private void requireContent(CRC32C checksum) {
        if ((int) checksum.getValue() != ByteBuffer.wrap(array).getInt(offset + CONTENT_CHECKSUM_AT)) {
            throw new MalformedException(offset, "the checksum of a frame is wrong");
        }
    }

    /** Whether its payload was dropped, since it is longer than is taken. */
    boolean isCut() {
        return cut;
    }

    /** How long the payload is, or was. */
    int payloadLength() {
        return payloadLength;
    }

    /** What holds the body. */
    byte[] array() {
        return array;
    }

    /** Where the body begins in {@link #array()}. */
    int bodyOffset() {
        return offset + HEADER_BYTES;
    }

    int bodyLength() {
        return bodyLength;
    }

    /** The payload, not copied; empty if it was dropped. */
    Bytes payload() {
        return cut ? Bytes.EMPTY : Bytes.wrap(array, bodyOffset() + bodyLength, payloadLength);
    }

    /** How many bytes the sender had read when it made this frame. */
    long received() {
        return ByteBuffer.wrap(array).getLong(offset + RECEIVED_AT);
    }

    /** Its length, header included. */
    int length() {
        return HEADER_BYTES + bodyLength + payloadLength;
    }
}
