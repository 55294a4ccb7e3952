package io.driftless.ops.kv;

import io.driftless.log.Bytes;
import java.nio.ByteBuffer;

/**
 * A question to the state of one node, without an entry in the log. What the answer has to show, is said by the
 * {@link io.driftless.machine.Consistency} with which it is asked. Immutable.
 */
public sealed interface KvQuery {

    /**
     * Rows in the order of their keys' unsigned bytes. Answered by {@link KvAnswer.Page}.
     *
     * @param prefix only keys that begin with it; empty for all
     * @param from   only keys at or behind it; empty for all
     * @param limit  at most so many rows, at least 1; a page may hold fewer and still not be the last
     */
    record Scan(Bytes prefix, Bytes from, int limit) implements KvQuery {

        /** Checks the limit. */
        public Scan {
            if (limit < 1) {
                throw new IllegalArgumentException("a scan of " + limit + " rows");
            }
        }
    }

    /** The whole state in a few numbers. Answered by {@link KvAnswer.Digest}. */
    record Summary() implements KvQuery { }

    /**
     * What a command that changes nothing would be answered. Answered by {@link KvAnswer.Said}.
     *
     * @param command the command, see {@link KvCommand#isReading}
     */
    record Read(KvCommand command) implements KvQuery {

        /** Checks the command. */
        public Read {
            if (!command.isReading()) {
                throw new IllegalArgumentException("a " + command.word() + " is no query: it writes");
            }
        }
    }

    /** Its bytes. */
    default byte[] encode() {
        return switch (this) {
            case Scan(Bytes prefix, Bytes from, int limit) ->
                    new ByteSink(16 + prefix.length() + from.length()).code(1).run(prefix).run(from).number(limit)
                            .done();
            case Summary() -> new ByteSink(1).code(2).done();
            case Read(KvCommand command) -> new ByteSink(8 + command.key().length()).code(3)
                    .rest(Bytes.wrap(command.encode())).done();
        };
    }

    /** Reads one; {@link io.driftless.errors.MalformedException} if the bytes are not exactly one query. */
    static KvQuery decode(ByteBuffer bytes) {
        ByteSource source = new ByteSource(bytes);
        int code = source.code();
        KvQuery query = switch (code) {
            case 1 -> scan(source);
            case 2 -> new Summary();
            case 3 -> read(source);
            default -> throw source.malformed("no key-value query has code " + code);
        };
        source.end();
        return query;
    }

    private static Read read(ByteSource source) {
        KvCommand command = KvCommand.decode(source.rest().asByteBuffer());
        if (!command.isReading()) {
            throw source.malformed("a " + command.word() + " is no query");
        }
        return new Read(command);
    }

    private static Scan scan(ByteSource source) {
        Bytes prefix = source.run();
        Bytes from = source.run();
        long limit = source.number();
        if (limit < 1 || limit > Integer.MAX_VALUE) {
            throw source.malformed("a scan of " + limit + " rows");
        }
        return new Scan(prefix, from, (int) limit);
    }
}
