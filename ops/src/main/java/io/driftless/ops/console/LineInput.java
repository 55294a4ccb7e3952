package io.driftless.ops.console;

import io.driftless.log.Bytes;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads lines of any bytes, ended by a line feed or by the end of the input. Confined to one thread. */
public final class LineInput {

    private final InputStream in;
    private final int lengthMax;
    private long consumed;

    /**
     * A line that was read.
     *
     * @param bytes  the line without its line feed; its first {@code lengthMax} bytes if it is longer
     * @param length its real length
     */
    public record Line(Bytes bytes, long length) {

        /** Whether the line is longer than what was kept of it. */
        public boolean isCut() {
            return length > bytes.length();
        }
    }

    /** Keeps at most {@code lengthMax} bytes of each line. */
    public LineInput(InputStream in, int lengthMax) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.lengthMax = lengthMax;
    }

    /** The next line; empty at the end. A line feed at the very end begins no further line. */
    public Optional<Line> next() throws IOException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(128);
        long length = 0;
        int next = in.read();
        if (next < 0) {
            return Optional.empty();
        }
        while (next >= 0 && next != '\n') {
            if (length < lengthMax) {
                kept.write(next);
            }
            length++;
            next = in.read();
        }
        consumed += next < 0 ? length : length + 1;
        return Optional.of(new Line(Bytes.wrap(kept.toByteArray()), length));
    }

    /** How many bytes the lines so far have had, line feeds included. */
    public long consumed() {
        return consumed;
    }
}
