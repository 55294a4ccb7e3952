package io.driftless.ops.kv;

import io.driftless.log.Bytes;
import java.nio.ByteBuffer;

/** What the key-value machine answers to a {@link KvCommand}. Immutable. */
public sealed interface KvReply {

    /**
     * The value is in place.
     *
     * @param version how often this key was written since it last came into being, this time included
     */
    record Written(long version) implements KvReply { }

    /** Another value, or none, or one too many was there: nothing changed. */
    record NotWritten() implements KvReply { }

    /**
     * There is a value.
     *
     * @param version see {@link Written}
     * @param value   the value
     */
    record Found(long version, Bytes value) implements KvReply { }

    /** There is no value. */
    record Absent() implements KvReply { }

    /** The key has no value now; {@code existed} says whether it had one. */
    record Deleted(boolean existed) implements KvReply { }

    /**
     * How much there is and how much there may be; see {@link KeyValueMachine#countedBytes}.
     *
     * @param keys       how many keys have a value
     * @param usedBytes  what all keys and values count
     * @param quotaBytes the most that they may count
     */
    record Usage(long keys, long usedBytes, long quotaBytes) implements KvReply { }

    /** Its bytes. */
    default byte[] encode() {
        return switch (this) {
            case Written(long version) -> new ByteSink(11).code(1).number(version).done();
            case NotWritten() -> new ByteSink(1).code(2).done();
            case Found(long version, Bytes value) -> new ByteSink(11 + value.length()).code(3).number(version)
                    .rest(value).done();
            case Absent() -> new ByteSink(1).code(4).done();
            case Deleted(boolean existed) -> new ByteSink(2).code(existed ? 5 : 6).done();
            case Usage(long keys, long usedBytes, long quotaBytes) ->
                    new ByteSink(31).code(7).number(keys).number(usedBytes).number(quotaBytes).done();
        };
    }

    /** Reads one; {@link io.driftless.errors.MalformedException} if the bytes are not exactly one reply. */
    static KvReply decode(ByteBuffer bytes) {
        ByteSource source = new ByteSource(bytes);
        int code = source.code();
        KvReply reply = switch (code) {
            case 1 -> new Written(source.number());
            case 2 -> new NotWritten();
            case 3 -> new Found(source.number(), source.rest());
            case 4 -> new Absent();
            case 5 -> new Deleted(true);
            case 6 -> new Deleted(false);
            case 7 -> new Usage(source.number(), source.number(), source.number());
            default -> throw source.malformed("no key-value reply has code " + code);
        };
        source.end();
        return reply;
    }
}
