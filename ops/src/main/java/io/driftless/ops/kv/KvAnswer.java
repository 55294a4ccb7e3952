package io.driftless.ops.kv;

import io.driftless.log.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a node answers to a {@link KvQuery}. Immutable. */
public sealed interface KvAnswer {

    /**
     * One key with its value.
     *
     * @param key     the key
     * @param version how often it was written since it came into being
     * @param value   the value
     */
    record Row(Bytes key, long version, Bytes value) { }

    /**
     * Some rows.
     *
     * @param rows in the order of their keys
     * @param more whether there are more rows behind them
     */
    record Page(List<Row> rows, boolean more) implements KvAnswer {

        /** Copies the list. */
        public Page {
            rows = List.copyOf(rows);
        }

        /** Where the next page begins: the smallest key behind the last one here. Only if there are rows. */
        public Bytes next() {
            Bytes last = rows.getLast().key();
            return Bytes.wrap(Arrays.copyOf(last.toByteArray(), last.length() + 1));
        }
    }

    /**
     * The whole state in a few numbers.
     *
     * @param keys     how many keys have a value
     * @param versions sum of their versions
     * @param hash     of all keys, versions and values, see {@link StateHash}
     */
    record Digest(long keys, long versions, StateHash hash) implements KvAnswer { }

    /**
     * What a command that changes nothing would be answered.
     *
     * @param reply that answer
     */
    record Said(KvReply reply) implements KvAnswer { }

    /** Its bytes. */
    default byte[] encode() {
        return switch (this) {
            case Page(List<Row> rows, boolean more) -> {
                ByteSink sink = new ByteSink(1024).code(more ? 1 : 2).number(rows.size());
                rows.forEach(row -> sink.run(row.key()).number(row.version()).run(row.value()));
                yield sink.done();
            }
            case Digest(long keys, long versions, StateHash hash) ->
                    new ByteSink(40).code(3).number(keys).number(versions).fixed(hash.high()).fixed(hash.low()).done();
            case Said(KvReply reply) -> {
                Bytes bytes = Bytes.wrap(reply.encode());
                yield new ByteSink(1 + bytes.length()).code(4).rest(bytes).done();
            }
        };
    }

    /** Reads one; {@link io.driftless.errors.MalformedException} if the bytes are not exactly one answer. */
    static KvAnswer decode(ByteBuffer bytes) {
        ByteSource source = new ByteSource(bytes);
        int code = source.code();
        KvAnswer answer = switch (code) {
            case 1 -> page(source, true);
            case 2 -> page(source, false);
            case 3 -> new Digest(source.number(), source.number(), new StateHash(source.fixed(), source.fixed()));
            case 4 -> new Said(KvReply.decode(source.rest().asByteBuffer()));
            default -> throw source.malformed("no key-value answer has code " + code);
        };
        source.end();
        return answer;
    }

    private static Page page(ByteSource source, boolean more) {
        long count = source.number();
        List<Row> rows = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            rows.add(new Row(source.run(), source.number(), source.run()));
        }
        return new Page(rows, more);
    }
}
