package io.driftless.ops.demo;

import io.driftless.log.Bytes;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.ops.kv.KvCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** The lines of a text: any bytes, each ended by a line feed or by the end of the text. Numbered from 1. Immutable. */
public final class DemoInput {

    /** The shipped text; its origin is noted in {@code ORIGIN.txt} beside it. */
    private static final String SHIPPED = "persuasion.txt";

    private final String name;
    private final byte[] text;
    /** Where each line begins, and behind the last one where the next would. */
    private final int[] starts;

    private DemoInput(String name, byte[] text) {
        this.name = name;
        this.text = text;
        this.starts = starts(text);
    }

    /** The shipped text. */
    public static DemoInput shipped() {
        try (InputStream resource = DemoInput.class.getResourceAsStream(SHIPPED)) {
            if (resource == null) {
                throw new IOException("not on the class path");
            }
            return new DemoInput("Persuasion, by Jane Austen (1818)", resource.readAllBytes());
        } catch (IOException broken) {
            throw CommandFailedException.failed("the shipped text cannot be read: " + broken.getMessage());
        }
    }

    /** A file; {@link CommandFailedException} of bad usage if it cannot be read or has no line. */
    public static DemoInput read(Path file) {
        byte[] text;
        try {
            text = Files.readAllBytes(file);
        } catch (NoSuchFileException absent) {
            throw CommandFailedException.usage(file + ": no such file");
        } catch (IOException | OutOfMemoryError unreadable) {
            throw CommandFailedException.usage(file + (Files.isDirectory(file) ? " is a directory"
                    : " cannot be read: " + unreadable.getMessage()));
        }
        if (text.length == 0) {
            throw CommandFailedException.usage(file + " is empty: there is no line to replicate");
        }
        return new DemoInput(file.toString(), text);
    }

    /** Of these bytes, at least one. */
    static DemoInput of(String name, byte[] text) {
        return new DemoInput(name, text);
    }

    private static int[] starts(byte[] text) {
        int[] starts = new int[1024];
        int count = 0;
        for (int at = 0; at < text.length; at = endOfLine(text, at) + 1) {
            if (count == starts.length - 1) {
                starts = Arrays.copyOf(starts, starts.length * 2);
            }
            starts[count++] = at;
        }
        boolean ended = text[text.length - 1] == '\n';
        starts[count] = ended ? text.length : text.length + 1;
        return Arrays.copyOf(starts, count + 1);
    }

    private static int endOfLine(byte[] text, int from) {
        int at = from;
        while (at < text.length && text[at] != '\n') {
            at++;
        }
        return at;
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    /** How many lines there are. */
    public int count() {
        return starts.length - 1;
    }

    /** How many bytes there are. */
    public long bytes() {
        return text.length;
    }

    /** The line of a number, from 1, without its line feed. */
    public Bytes line(int number) {
        int start = starts[number - 1];
        return Bytes.wrap(text, start, starts[number] - 1 - start);
    }

    /** The key of a line. */
    static Bytes key(int number) {
        return Bytes.utf8(Integer.toString(number));
    }

    /** The number that a key stands for; 0 if it is the key of no line. */
    int number(Bytes key) {
        String text = new String(key.array(), key.offset(), key.length(), StandardCharsets.ISO_8859_1);
        if (text.isEmpty() || text.length() > 10 || text.charAt(0) == '0' || !text.chars()
                .allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        long number = Long.parseLong(text);
        return number <= count() ? (int) number : 0;
    }

    /** The command for a line. */
    KvCommand command(int number) {
        return new KvCommand.Put(key(number), line(number));
    }

    /** The quota that takes the whole text: the machine's default, unless that is too small. */
    long quotaBytes() {
        long needed = 0;
        for (int number = 1; number <= count(); number++) {
            needed += KeyValueMachine.countedBytes(key(number).length(), line(number).length());
        }
        return Math.max(needed, KeyValueMachine.DEFAULT_QUOTA_BYTES);
    }

    /**
     * Checks every line; {@link CommandFailedException} of bad usage naming the first whose command has more than
     * {@code bytesMax} bytes.
     */
    void requireCommandsUpTo(long bytesMax) {
        for (int number = 1; number <= count(); number++) {
            long length = line(number).length();
            if (KvCommand.encodedPutLength(key(number).length(), length) > bytesMax) {
                throw CommandFailedException.usage(name + ", line " + number + ": " + length
                        + " bytes, too long for log.max.entry.bytes="
                        + bytesMax);
            }
        }
    }
}
