package io.driftless.ops.kv;

import io.driftless.log.Bytes;
import java.nio.ByteBuffer;

/**
 * A command of the key-value machine: what goes through the log. Immutable.
 *
 * <p>One byte of code, the key with its length before it, for {@link Cas} the expected value with its length, and the
 * value up to the end. The codes stand in logs: they never change.
 */
public sealed interface KvCommand {

    /** The key that it is about; may be empty, and is where it is about no key. */
    Bytes key();

    /** Sets a value. Answered by {@link KvReply.Written}. */
    record Put(Bytes key, Bytes value) implements KvCommand { }

    /** Reads a value, in the order of the log. Answered by {@link KvReply.Found} or {@link KvReply.Absent}. */
    record Get(Bytes key) implements KvCommand { }

    /** Sets a value if there is none. Answered by {@link KvReply.Written} or {@link KvReply.NotWritten}. */
    record Create(Bytes key, Bytes value) implements KvCommand { }

    /**
     * Sets a value if the present one equals {@code expected}. Answered by {@link KvReply.Written} or
     * {@link KvReply.NotWritten}.
     */
    record Cas(Bytes key, Bytes expected, Bytes value) implements KvCommand { }

    /** Removes a value. Answered by {@link KvReply.Deleted}. */
    record Delete(Bytes key) implements KvCommand { }

    /** Reads how much there is and how much there may be. Answered by {@link KvReply.Usage}. */
    record Usage() implements KvCommand {
        @Override
        public Bytes key() {
            return Bytes.EMPTY;
        }
    }

    /**
     * Sets the quota, on every server. One below the present use is allowed: then only what does not grow is written.
     * Answered by {@link KvReply.Usage}.
     *
     * @param bytes the most that all keys and values may count, see {@link KeyValueMachine#countedBytes}; at least 0
     */
    record SetQuota(long bytes) implements KvCommand {

        /** Checks the number. */
        public SetQuota {
            if (bytes < 0) {
                throw new IllegalArgumentException("a quota of " + bytes + " bytes");
            }
        }

        @Override
        public Bytes key() {
            return Bytes.EMPTY;
        }
    }

    /** How many bytes {@link #encode()} gives for a put. */
    static long encodedPutLength(long keyLength, long valueLength) {
        int lengthBytes = 1;
        for (long rest = keyLength >>> 7; rest != 0; rest >>>= 7) {
            lengthBytes++;
        }
        return 1 + lengthBytes + keyLength + valueLength;
    }

    /** Whether it changes nothing: then {@link KvQuery.Read} has the same answer, without an entry in the log. */
    default boolean isReading() {
        return this instanceof Get || this instanceof Usage;
    }

    /** The bytes that stand for it in the log. */
    default byte[] encode() {
        return switch (this) {
            case Put(Bytes key, Bytes value) -> new ByteSink(6 + key.length() + value.length()).code(1).run(key)
                    .rest(value).done();
            case Get(Bytes key) -> new ByteSink(6 + key.length()).code(2).run(key).done();
            case Create(Bytes key, Bytes value) -> new ByteSink(6 + key.length() + value.length()).code(3).run(key)
                    .rest(value).done();
            case Cas(Bytes key, Bytes expected, Bytes value) ->
                    new ByteSink(11 + key.length() + expected.length() + value.length()).code(4).run(key).run(expected)
                            .rest(value).done();
            case Delete(Bytes key) -> new ByteSink(6 + key.length()).code(5).run(key).done();
            case Usage() -> new ByteSink(1).code(6).done();
            case SetQuota(long bytes) -> new ByteSink(11).code(7).number(bytes).done();
        };
    }

    /**
     * Reads one; the buffer keeps its position.
     *
     * @throws io.driftless.errors.MalformedException if the bytes are not exactly one command
     */
    static KvCommand decode(ByteBuffer bytes) {
        ByteSource source = new ByteSource(bytes);
        int code = source.code();
        KvCommand command = switch (code) {
            case 1 -> new Put(source.run(), source.rest());
            case 2 -> new Get(source.run());
            case 3 -> new Create(source.run(), source.rest());
            case 4 -> new Cas(source.run(), source.run(), source.rest());
            case 5 -> new Delete(source.run());
            case 6 -> new Usage();
            case 7 -> quota(source);
            default -> throw source.malformed("no key-value command has code " + code);
        };
        source.end();
        return command;
    }

    private static SetQuota quota(ByteSource source) {
        long bytes = source.number();
        if (bytes < 0) {
            throw source.malformed("a quota of " + bytes + " bytes");
        }
        return new SetQuota(bytes);
    }

    /** The word for it on the command line; a {@link Create} is a {@code cas} of {@code null}. */
    default String word() {
        return switch (this) {
            case Put put -> "put";
            case Get get -> "get";
            case Create create -> "cas";
            case Cas cas -> "cas";
            case Delete delete -> "delete";
            case Usage usage -> "quota";
            case SetQuota quota -> "quota";
        };
    }
}
