package io.driftless.transport.nio;

import io.driftless.codec.Serializer;
import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.log.Chunk;
import io.driftless.log.Entries;
import io.driftless.log.LogEntry;
import io.driftless.raft.Message;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Messages between servers as frames: the serializer's bytes in the body, the payloads of entries or the bytes of a
 * chunk behind them, not copied. Thread safe.
 */
final class PeerCodec {

    private static final int MESSAGE_BYTES = 160;
    private static final int ENTRY_BYTES = 48;

    private final Serializer serializer;
    private final int frameBytesMax;

    PeerCodec(Serializer serializer, int frameBytesMax) {
        this.serializer = serializer;
        this.frameBytesMax = frameBytesMax;
    }

    /**
     * The message as a frame.
     *
     * @throws IllegalArgumentException if no peer would accept a frame of its length
     */
    Outgoing encode(Message message, long received) {
        List<Bytes> payloads = List.of();
        if (message instanceof Message.AppendEntries append && append.content() instanceof Entries entries) {
            payloads = entries.list().stream().map(LogEntry::payload).toList();
        } else if (message instanceof Message.InstallSnapshot install && install.content() instanceof Chunk chunk) {
            payloads = List.of(chunk.bytes());
        }
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(Frame.HEADER_BYTES + MESSAGE_BYTES
                + payloads.size() * ENTRY_BYTES);
        int headLength = Frame.HEADER_BYTES + serializer.encode(message, buffer, Frame.HEADER_BYTES);
        Outgoing frame = Frame.outgoing(Frame.Type.PEER_MESSAGE, buffer.byteArray(), headLength, payloads, received);
        if (frame.length() > frameBytesMax) {
            throw new IllegalArgumentException("a message of " + frame.length() + " bytes, more than " + frameBytesMax);
        }
        return frame;
    }

    /** The message of a frame; {@link MalformedException} if it holds none. */
    Message decode(Frame frame) {
        try {
            UnsafeBuffer body = new UnsafeBuffer(frame.array(), frame.bodyOffset(), frame.bodyLength());
            return serializer.decode(body, 0, frame.bodyLength(), frame.payload());
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new MalformedException(0, "a message that does not decode (" + e.getMessage() + ")");
        }
    }
}
