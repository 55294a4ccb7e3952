package io.driftless.node.driver;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts what is read of a content, tells of it, and stays open when it is closed. Not thread safe. */
final class CountedInput extends FilterInputStream {

    private static final int BUFFER = 64 << 10;

    private final Runnable told;
    private long count;

    /** {@code told} is run whenever some more was read, if only a byte: it has to be quick. */
    CountedInput(InputStream content, Runnable told) {
        super(content);
        this.told = told;
    }

    /** How many bytes were read. */
    long count() {
        return count;
    }

    /** Reads what is left; how many bytes there were in all. */
    long countToTheEnd() throws IOException {
        byte[] buffer = new byte[BUFFER];
        int length = read(buffer);
        while (length >= 0) {
            length = read(buffer);
        }
        return count;
    }

    @Override
    public int read() throws IOException {
        int value = in.read();
        add(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int got = in.read(bytes, offset, length);
        add(Math.max(0, got));
        return got;
    }

    private void add(long bytes) {
        if (bytes > 0) {
            count += bytes;
            told.run();
        }
    }

    @Override
    public long skip(long bytes) throws IOException {
        long skipped = in.skip(bytes);
        add(skipped);
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public void close() { }
}
