package io.driftless.ops.torture;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.ops.cluster.KvExchange;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvReply;

/**
 * A command as its client saw it.
 *
 * @param client   who
 * @param begunNs  before it was sent
 * @param endedNs  after its outcome was known
 * @param exchange what was sent, and what became of it
 */
record Recorded(int client, long begunNs, long endedNs, KvExchange exchange) {

    @Override
    public String toString() {
        return "client " + client + " " + begunNs + ".." + endedNs + " " + text(exchange.command()) + " -> "
                + exchange.reply().map(Recorded::text).orElseGet(() -> exchange.outcome().toString())
                + (exchange.outcome() instanceof Outcome.Committed(long index, var result) ? " at " + index : "");
    }

    private static String text(KvCommand command) {
        return switch (command) {
            case KvCommand.Put(Bytes key, Bytes value) -> "put " + key.utf8() + " " + text(value);
            case KvCommand.Get(Bytes key) -> "get " + key.utf8();
            case KvCommand.Create(Bytes key, Bytes value) -> "create " + key.utf8() + " " + text(value);
            case KvCommand.Cas(Bytes key, Bytes expected, Bytes value) ->
                    "cas " + key.utf8() + " " + text(expected) + " " + text(value);
            case KvCommand.Delete(Bytes key) -> "delete " + key.utf8();
            case KvCommand.Usage() -> "quota";
            case KvCommand.SetQuota(long bytes) -> "quota " + bytes;
        };
    }

    private static String text(KvReply reply) {
        return reply instanceof KvReply.Found(long version, Bytes value) ? "version " + version + ", " + text(value)
                : reply.toString();
    }

    /** A value without what only makes it long. */
    static String text(Bytes value) {
        return value.utf8().replaceFirst("-x*$", "");
    }
}
