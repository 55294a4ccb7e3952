package io.driftless.ops.console;

import io.driftless.log.Bytes;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command reads and writes. Thread safe: a line is written as a whole.
 *
 * @param in            standard input
 * @param out           results
 * @param err           everything else
 * @param inIsTerminal  whether a person types what comes in
 * @param outIsTerminal whether a table may be drawn in place
 * @param errIsTerminal whether progress may be drawn in place
 */
public record Console(InputStream in, Results out, PrintStream err, boolean inIsTerminal, boolean outIsTerminal,
        boolean errIsTerminal) {

    /** The process's own streams. */
    public static Console ofProcess() {
        return new Console(System.in, new Results(new FileOutputStream(FileDescriptor.out)), System.err,
                isTerminal(0),
                isTerminal(1), isTerminal(2));
    }

    /** Streams that are no terminal. */
    public static Console of(InputStream in, OutputStream out, OutputStream err) {
        return new Console(in, new Results(out),
                new PrintStream(err, true, StandardCharsets.UTF_8), false, false, false);
    }

    /**
     * Writes a line of results.
     *
     * @throws ClosedPipeException    if nobody reads it
     * @throws CommandFailedException if it cannot be written, with the reason
     */
    public void line(String text) {
        write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Writes results as they are; throws as {@link #line}. */
    public void write(byte[] bytes) {
        out.write(bytes, 0, bytes.length);
        out.requireWritten();
    }

    /** Writes a value and ends its line; throws as {@link #line}. */
    public void value(Bytes value) {
        byte[] line = new byte[value.length() + 1];
        System.arraycopy(value.array(), value.offset(), line, 0, value.length());
        line[value.length()] = '\n';
        write(line);
    }

    /** Writes a line for a person. */
    public void note(String text) {
        err.print(text + "\n");
        err.flush();
    }

    // The JDK does not say of each stream whether it is a terminal; where the system shows what is behind a descriptor,
    // that decides.
    private static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd/" + descriptor);
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException notLinux) {
            return System.console() != null;
        }
    }
}
