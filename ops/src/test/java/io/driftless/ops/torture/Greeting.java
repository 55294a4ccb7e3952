package io.driftless.ops.torture;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads who greets a server, as far as a relay must know it: its layout is drawn at the transport's handshake. */
final class Greeting {

    /** Whoever is no server. */
    static final String CLIENT = "client";

    private static final int PREFIX_BYTES = 16;
    private static final int KIND_AT = 10;
    private static final int LENGTH_AT = 12;
    private static final int CHECKSUM_BYTES = 4;
    private static final int PEER = 1;
    private static final int KNOCK = 2;

    private Greeting() { }

    static Relay.Hello read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteBuffer prefix = ByteBuffer.wrap(next(in, PREFIX_BYTES, bytes));
        ByteBuffer body = ByteBuffer.wrap(next(in, prefix.getInt(LENGTH_AT) + CHECKSUM_BYTES, bytes));
        int kind = prefix.get(KIND_AT);
        if (kind != PEER && kind != KNOCK) {
            return new Relay.Hello(CLIENT, bytes.toByteArray());
        }
        text(body);
        text(body);
        body.getInt();
        return new Relay.Hello(text(body), bytes.toByteArray());
    }

    private static byte[] next(InputStream in, int count, ByteArrayOutputStream bytes) throws IOException {
        byte[] next = in.readNBytes(count);
        if (next.length < count) {
            throw new EOFException("closed during the greeting");
        }
        bytes.write(next);
        return next;
    }

    private static String text(ByteBuffer body) {
        byte[] text = new byte[Short.toUnsignedInt(body.getShort())];
        body.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
