package io.driftless.ops.bank;

import io.driftless.errors.MalformedException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;

/**
 * The bytes of commands, queries and answers. Pure.
 *
 * <pre>
 *   command or query   form (1 byte) | kind (1 byte) | its fields in order
 *   a name             length (1 byte) | ASCII characters
 *   an amount          8 bytes, the highest first
 *   an answer          one or two numbers of 8 bytes
 * </pre>
 *
 * <p>Commands stand in logs, so form and kinds never change their meaning. A field more is a new form, and the old one
 * is read for as long as there are logs with it.
 */
public final class BankSerializer {

    /** The first form. Other state machines' commands rarely begin so. */
    private static final byte FORM = (byte) 0xB1;
    /** Form, kind, two names and an amount. */
    private static final int BYTES_MAX = 2 + 2 * 41 + Long.BYTES;

    private BankSerializer() { }

    /** The bytes of a command. */
    public static byte[] encode(BankCommand command) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX).put(FORM);
        switch (command) {
            case BankCommand.Open(String account) -> putName(bytes.put((byte) 1), account);
            case BankCommand.Deposit(String account, long amount) ->
                    putName(bytes.put((byte) 2), account).putLong(amount);
            case BankCommand.Transfer(String from, String to, long amount) ->
                    putName(putName(bytes.put((byte) 3), from), to).putLong(amount);
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** Reads a command; {@link MalformedException} if the bytes are not exactly one. The buffer keeps its position. */
    public static BankCommand decodeCommand(ByteBuffer payload) {
        return decode(payload, bytes -> switch (kind(bytes)) {
            case 1 -> new BankCommand.Open(name(bytes));
            case 2 -> new BankCommand.Deposit(name(bytes), bytes.getLong());
            case 3 -> new BankCommand.Transfer(name(bytes), name(bytes), bytes.getLong());
            default -> throw new IllegalArgumentException("no such kind of command");
        });
    }

    /** The bytes of a query. */
    public static byte[] encode(BankQuery query) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX).put(FORM);
        switch (query) {
            case BankQuery.Account(String name) -> putName(bytes.put((byte) 1), name);
            case BankQuery.Whole() -> bytes.put((byte) 2);
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** Reads a query; {@link MalformedException} if the bytes are not exactly one. The buffer keeps its position. */
    public static BankQuery decodeQuery(ByteBuffer query) {
        return decode(query, bytes -> switch (kind(bytes)) {
            case 1 -> new BankQuery.Account(name(bytes));
            case 2 -> new BankQuery.Whole();
            default -> throw new IllegalArgumentException("no such kind of query");
        });
    }

    /** The bytes of an answer: some numbers. */
    static byte[] encode(long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Long.BYTES);
        for (long number : numbers) {
            bytes.putLong(number);
        }
        return bytes.array();
    }

    /** The balance that a command is answered with; {@link MalformedException} if it is none. */
    static long balance(byte[] answer) {
        return decode(ByteBuffer.wrap(answer), ByteBuffer::getLong);
    }

    /** The answer to a {@link BankQuery.Account}; {@link MalformedException} if it is none. */
    public static BankQuery.Statement statement(byte[] answer) {
        return decode(ByteBuffer.wrap(answer), bytes -> new BankQuery.Statement(bytes.getLong(), bytes.getLong()));
    }

    /** The answer to a {@link BankQuery.Whole}; {@link MalformedException} if it is none. */
    public static BankQuery.Books books(byte[] answer) {
        return decode(ByteBuffer.wrap(answer), bytes -> new BankQuery.Books(bytes.getLong(), bytes.getLong()));
    }

    // Whatever is wrong is one kind of exception, with the place: a machine must answer any bytes, and never throw.
    private static <T> T decode(ByteBuffer from, Function<ByteBuffer, T> reader) {
        ByteBuffer bytes = from.slice();
        try {
            T value = reader.apply(bytes);
            if (bytes.hasRemaining()) {
                throw new IllegalArgumentException(bytes.remaining() + " bytes too many");
            }
            return value;
        } catch (BufferUnderflowException cut) {
            throw new MalformedException(bytes.position(), "ends early");
        } catch (IllegalArgumentException wrong) {
            throw new MalformedException(bytes.position(), String.valueOf(wrong.getMessage()));
        }
    }

    private static int kind(ByteBuffer bytes) {
        byte form = bytes.get();
        if (form != FORM) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "form 0x%02x, not 0x%02x", form, FORM));
        }
        return bytes.get();
    }

    private static ByteBuffer putName(ByteBuffer bytes, String name) {
        return bytes.put((byte) name.length()).put(name.getBytes(StandardCharsets.US_ASCII));
    }

    private static String name(ByteBuffer bytes) {
        byte[] name = new byte[bytes.get() & 0xff];
        bytes.get(name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
