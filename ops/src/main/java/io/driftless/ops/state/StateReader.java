package io.driftless.ops.state;

import io.driftless.errors.MalformedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads what a {@link java.io.DataOutputStream} wrote, and knows at which byte it is. Throws {@link MalformedException}
 * where the stream ends early or has something else, and passes on what the stream throws. Reads ahead. Confined to one
 * thread.
 */
public final class StateReader {

    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream in;
    private long position;

    /** Over a stream, which need not be buffered and is not closed. */
    public StateReader(InputStream in) {
        this.in = new BufferedInputStream(in, BUFFER_BYTES);
    }

    /** One byte, from 0 to 255. */
    public int code() throws IOException {
        int code = in.read();
        if (code < 0) {
            throw malformed("ends early");
        }
        position++;
        return code;
    }

    /** Four bytes, the highest first; at least 0. */
    public int length() throws IOException {
        long length = number(Integer.BYTES);
        if (length > Integer.MAX_VALUE) {
            throw malformed("a length of " + length + " bytes");
        }
        return (int) length;
    }

    /** Eight bytes, the highest first. */
    public long number() throws IOException {
        return number(Long.BYTES);
    }

    private long number(int bytes) throws IOException {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number = number << 8 | code();
        }
        return number;
    }

    /** The next {@code length} bytes. A wrong length takes no more memory than the stream has bytes. */
    public byte[] bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        position += bytes.length;
        if (bytes.length < length) {
            throw malformed("ends early");
        }
        return bytes;
    }

    /** Nothing may be left. */
    public void end() throws IOException {
        if (in.read() >= 0) {
            throw malformed("goes on behind its end");
        }
    }

    /** Says that something is wrong, and at which byte. */
    public MalformedException malformed(String what) {
        return new MalformedException(position, what);
    }
}
