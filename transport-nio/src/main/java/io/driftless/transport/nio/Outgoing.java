package io.driftless.transport.nio;

import io.driftless.log.Bytes;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A frame on its way out, and how much of it has been taken. Belongs to one connection's {@link Outbound}; read by
 * whoever writes there, and thread safe only so that it can be abandoned meanwhile.
 */
final class Outgoing {

    private final byte[] head;
    private final int headLength;
    private List<Bytes> payloads;
    private final long length;
    private boolean abandoned;
    private int headTaken;
    private int payload;
    private int payloadTaken;

    Outgoing(byte[] head, int headLength, List<Bytes> payloads, long payloadLength) {
        this.head = head;
        this.headLength = headLength;
        this.payloads = payloads;
        this.length = headLength + payloadLength;
    }

    /** Its length, header included. */
    long length() {
        return length;
    }

    /**
     * Lets it be as if it had never been, unless it has begun to go out.
     *
     * @return how many bytes less are to be sent
     */
    synchronized long abandon() {
        if (headTaken > 0 || abandoned) {
            return 0;
        }
        abandoned = true;
        payloads = List.of();
        return length;
    }

    /** Copies the next bytes, as many as fit; true if that was the last of them. */
    synchronized boolean takeInto(ByteBuffer target) {
        if (abandoned) {
            return true;
        }
        int count = Math.min(headLength - headTaken, target.remaining());
        target.put(head, headTaken, count);
        headTaken += count;
        while (payload < payloads.size() && (target.hasRemaining() || payloads.get(payload).length() == 0)) {
            Bytes bytes = payloads.get(payload);
            count = Math.min(bytes.length() - payloadTaken, target.remaining());
            target.put(bytes.array(), bytes.offset() + payloadTaken, count);
            payloadTaken += count;
            if (payloadTaken == bytes.length()) {
                payload++;
                payloadTaken = 0;
            }
        }
        return headTaken == headLength && payload == payloads.size();
    }
}
