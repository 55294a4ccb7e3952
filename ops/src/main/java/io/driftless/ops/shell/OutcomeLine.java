package io.driftless.ops.shell;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.log.Bytes;
import io.driftless.ops.cluster.KvReading;
import io.driftless.ops.cluster.KvResult;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Count;
import io.driftless.ops.console.Json;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvReply;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes what became of a command: as a JSON object with stable fields for scripts, or as a line for people. */
public final class OutcomeLine {

    private OutcomeLine() { }

    /**
     * The fields {@code op, key, outcome, index, value, micros, reason}, {@code version} (of what was written or read)
     * but for a {@code quota}, {@code ok} for what writes, for a {@code quota} {@code keys, used_bytes, quota_bytes},
     * and {@code age_ms} for what was asked as a query; missing values are null. {@code ok} is whether the command
     * did what it says, false also where it was committed and refused, and null where it was not committed. Bytes that
     * are not UTF-8 are null in {@code value} (or {@code key}) and Base64 in {@code value_base64}.
     */
    public static ObjectNode json(KvResult exchange) {
        ObjectNode line = Json.object().put("op", exchange.command().word());
        if (isOfTheWhole(exchange.command())) {
            line.putNull("key");
        } else {
            Json.putBytes(line, "key", exchange.command().key());
        }
        line.put("outcome", exchange.word());
        line.put("index", exchange.index().isPresent() ? Long.valueOf(exchange.index().getAsLong()) : null);
        if (exchange.reply().orElse(null) instanceof KvReply.Found(long version, Bytes value)) {
            Json.putBytes(line, "value", value);
        } else {
            line.putNull("value");
        }
        line.put("micros", exchange.nanos() / 1000);
        line.put("reason", exchange.reason().orElse(null));
        if (!isOfTheWhole(exchange.command())) {
            line.put("version", version(exchange));
        }
        switch (exchange.command()) {
            case KvCommand.Create create -> putOk(line, exchange);
            case KvCommand.Cas cas -> putOk(line, exchange);
            case KvCommand.Put put -> putOk(line, exchange);
            case KvCommand.Get get -> { }
            case KvCommand.Delete delete -> putOk(line, exchange);
            case KvCommand.Usage usage -> putUsage(line, exchange);
            case KvCommand.SetQuota quota -> {
                putOk(line, exchange);
                putUsage(line, exchange);
            }
        }
        if (exchange instanceof KvReading reading) {
            // Up to the next whole one: it is said to be no older.
            line.put("age_ms", reading.age().map(age -> age.plusNanos(999_999).toMillis()).orElse(null));
        }
        return line;
    }

    private static @Nullable Long version(KvResult exchange) {
        KvReply reply = exchange.reply().orElse(null);
        return reply instanceof KvReply.Written(long version) ? Long.valueOf(version)
                : reply instanceof KvReply.Found(long version, Bytes value) ? Long.valueOf(version) : null;
    }

    /** Whether the command is about no key. */
    static boolean isOfTheWhole(KvCommand command) {
        return command instanceof KvCommand.Usage || command instanceof KvCommand.SetQuota;
    }

    private static void putUsage(ObjectNode line, KvResult exchange) {
        if (exchange.reply().orElse(null) instanceof KvReply.Usage(long keys, long usedBytes, long quotaBytes)) {
            line.put("keys", keys).put("used_bytes", usedBytes).put("quota_bytes", quotaBytes);
        } else {
            line.putNull("keys").putNull("used_bytes").putNull("quota_bytes");
        }
    }

    private static void putOk(ObjectNode line, KvResult exchange) {
        if (exchange.index().isPresent()) {
            line.put("ok", exchange.reply().isPresent() && !(exchange.reply().get() instanceof KvReply.NotWritten));
        } else {
            line.putNull("ok");
        }
    }

    /** For a person: a row of a scan, key and value as they are. */
    public static void show(Console console, KvAnswer.Row row) {
        console.write(row.key().toByteArray());
        console.write(new byte[] {'\t'});
        console.value(row.value());
    }

    /**
     * For a person: a value that was read goes to standard output as it is, every other result as a few words; failures
     * to standard error.
     */
    public static void show(Console console, KvResult exchange) {
        if (exchange.reply().isEmpty()) {
            console.note((exchange.isRefused() ? "refused" : exchange.word()) + ": " + exchange.reason().orElse(""));
            return;
        }
        String at = exchange.index().isPresent() ? " (index " + exchange.index().getAsLong() + ")" : "";
        switch (exchange.reply().get()) {
            case KvReply.Written(long version) -> console.line("written, version " + version + at);
            case KvReply.NotWritten() -> console.line("not written: another value is there" + at);
            case KvReply.Found(long version, Bytes value) -> console.value(value);
            case KvReply.Absent() -> console.note("absent" + at);
            case KvReply.Deleted(boolean existed) -> console.line((existed ? "deleted" : "was absent") + at);
            case KvReply.Usage(long keys, long usedBytes, long quotaBytes) -> {
                // A share of nothing is no number.
                String share = quotaBytes == 0 ? "" : String.format(Locale.ROOT, " (%.1f %%)",
                        100.0 * usedBytes / quotaBytes);
                console.line(String.format(Locale.ROOT, "%,d of %s used%s, %s%s", usedBytes,
                        Count.of(quotaBytes, "byte"), share, Count.of(keys, "key"), at));
                if (usedBytes > quotaBytes) {
                    console.note("more is used than the quota: writes that need more room are refused");
                }
            }
        }
    }
}
