package io.driftless.ops.console;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Where results go. Knows why it cannot be written, which a {@link PrintStream} keeps to itself. Thread safe. */
public final class Results extends PrintStream {

    private final Target target;

    /** Results in UTF-8, written at each line. */
    public Results(OutputStream out) {
        this(new Target(out));
    }

    private Results(Target target) {
        super(target, true, StandardCharsets.UTF_8);
        this.target = target;
    }

    /** Throws if something was not written: a {@link ClosedPipeException} if that is because nobody reads it. */
    void requireWritten() {
        if (checkError()) {
            String why = target.failure == null ? "closed" : String.valueOf(target.failure.getMessage());
            throw why.contains("Broken pipe") ? new ClosedPipeException()
                    : CommandFailedException.failed("standard output cannot be written: " + why);
        }
    }

    /** Remembers its first failure. */
    private static final class Target extends FilterOutputStream {

        private volatile @Nullable IOException failure;

        Target(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                failure = failure == null ? e : failure;
                throw e;
            }
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }
    }
}
