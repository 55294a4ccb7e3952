package io.driftless.ops.command;

import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvResult;
import io.driftless.ops.console.ByteSize;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.Waiting;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.shell.OutcomeLine;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code driftless kv put|get|cas|delete|quota}: one command through the log, or one query if it changes nothing. A
 * word that begins with a dash stands behind {@code --}.
 */
final class KvSubcommands {

    private KvSubcommands() { }

    private abstract static class Operation implements Callable<Integer> {

        @Mixin
        private ClusterOptions cluster = new ClusterOptions();

        private final Console console;

        Operation(Console console) {
            this.console = console;
        }

        abstract KvCommand command();

        /** It was committed, and not refused. */
        void done() { }

        final void note(String text) {
            console.note(text);
        }

        @Override
        public Integer call() {
            try (KvClient client = KvClient.connect(cluster.joined(), 16)) {
                KvResult exchange = executeWaiting(client);
                if (cluster.isJson()) {
                    console.line(Json.line(OutcomeLine.json(exchange)));
                } else {
                    OutcomeLine.show(console, exchange);
                }
                if (exchange.isDone()) {
                    done();
                }
                return exchange.isDone() ? 0 : 1;
            }
        }

        /** The addresses of those who may answer. */
        String asked(ClusterOptions options) {
            return options.joined();
        }

        /** Waits for what becomes of it. */
        KvResult execute(KvClient client, ClusterOptions options) {
            return client.run(command(), options.timeout());
        }

        private KvResult executeWaiting(KvClient client) {
            Waiting waiting = Waiting.on(console, asked(cluster));
            try {
                return execute(client, cluster);
            } finally {
                waiting.end();
            }
        }
    }

    private abstract static class KeyOperation extends Operation {

        @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
        String key = "";

        KeyOperation(Console console) {
            super(console);
        }
    }

    @Command(name = "put", description = "Sets a value.", sortOptions = false,
            footer = {"", "Example:", "  driftless kv put k v --cluster 127.0.0.1:7001",
                    "  driftless kv put --cluster 127.0.0.1:7001 -- k -5"})
    static final class Put extends KeyOperation {
        @Parameters(index = "1", paramLabel = "VALUE", description = "The value.")
        private String value = "";

        Put(Console console) {
            super(console);
        }

        @Override
        KvCommand command() {
            return new KvCommand.Put(Bytes.utf8(key), Bytes.utf8(value));
        }
    }

    @Command(name = "get", description = {"Reads a value: the one that is in place, unless an older one is asked for.",
            "Writes it to standard output; nothing if it is absent."},
            sortOptions = false, footer = {"", "Examples:", "  driftless kv get k --cluster 127.0.0.1:7001",
                "  driftless kv get k --consistency at-least:42 --cluster 127.0.0.1:7001    (42: what a put said)",
                "  driftless kv get k --consistency stale --member n2"
                    + " --cluster n1=127.0.0.1:7001,n2=127.0.0.1:7002"})
    static final class Get extends KeyOperation {

        @Option(names = "--consistency", paramLabel = "WHICH", defaultValue = "linearizable",
                converter = Consistencies.class, description = {
                    "What the value must show. linearizable (default): all that was committed before;"
                        + " at-least:INDEX: all up to that index, from any member that has applied it;"
                        + " stale: whatever the member that answers has, which may be old."})
        private Consistency consistency = Consistency.LINEARIZABLE;

        @Option(names = "--member", paramLabel = "HOST:PORT|NAME", description = "Asks this member alone, by its"
                + " address, or by its name if --cluster has it (n2=HOST:PORT). Default: whichever answers.")
        private @Nullable String member;

        Get(Console console) {
            super(console);
        }

        @Override
        KvCommand command() {
            return new KvCommand.Get(Bytes.utf8(key));
        }

        @Override
        String asked(ClusterOptions options) {
            return member == null ? super.asked(options) : options.member("--member", member);
        }

        @Override
        KvResult execute(KvClient client, ClusterOptions options) {
            return member == null ? client.read(command(), consistency, options.timeout())
                    : KvClient.readFrom(asked(options), command(), consistency, options.timeout());
        }
    }

    @Command(name = "cas", description = "Sets a value if the present one is as expected, or if there is none.",
            sortOptions = false,
            footer = {"", "Example:", "  driftless kv cas k old new --cluster 127.0.0.1:7001",
                "  driftless kv cas k null new --cluster 127.0.0.1:7001    (there must be no value yet)"})
    static final class Cas extends KeyOperation {
        @Parameters(index = "1", paramLabel = "OLD", description =
                "The value that must be there; null: there must be none.")
        private String expected = "";

        @Parameters(index = "2", paramLabel = "NEW", description = "The new value.")
        private String value = "";

        @Option(names = "--text", description = "OLD is text even if it is the word null.")
        private boolean text;

        Cas(Console console) {
            super(console);
        }

        @Override
        KvCommand command() {
            return !text && expected.equals("null") ? new KvCommand.Create(Bytes.utf8(key), Bytes.utf8(value))
                    : new KvCommand.Cas(Bytes.utf8(key), Bytes.utf8(expected), Bytes.utf8(value));
        }
    }

    @Command(name = "delete", description = "Removes a value.", sortOptions = false,
            footer = {"", "Example:", "  driftless kv delete k --cluster 127.0.0.1:7001"})
    static final class Delete extends KeyOperation {
        Delete(Console console) {
            super(console);
        }

        @Override
        KvCommand command() {
            return new KvCommand.Delete(Bytes.utf8(key));
        }
    }

    @Command(name = "quota", description = {"Shows how much all keys and values use, and how much they may; sets that.",
            "A key counts its bytes, those of its value, and 100 more. A write above the quota is refused, the same on",
            "every server; deleting, and overwriting with as much or less, never is. What is set here must fit the",
            "heap of every server: docs/operations.md."},
            sortOptions = false, footer = {"", "Example:", "  driftless kv quota --cluster 127.0.0.1:7001",
                "  driftless kv quota 256MiB --cluster 127.0.0.1:7001"})
    static final class Quota extends Operation {

        private static final long GIB = 1L << 30;

        @Parameters(index = "0", arity = "0..1", paramLabel = "SIZE", converter = Sizes.WithUnit.class,
                description = "The new quota: a number of B, KiB, MiB or GiB.")
        private @Nullable Long bytes;

        Quota(Console console) {
            super(console);
        }

        @Override
        void done() {
            if (bytes != null && bytes > KeyValueMachine.DEFAULT_QUOTA_BYTES) {
                note("every server needs a heap (-Xmx) of about "
                        + ByteSize.text(Math.min(bytes, Long.MAX_VALUE / 4) * (bytes > GIB ? 3 : 4))
                        + " for this quota: see 'Quota and heap' in docs/operations.md");
            }
        }

        @Override
        KvCommand command() {
            return bytes == null ? new KvCommand.Usage() : new KvCommand.SetQuota(bytes);
        }
    }
}
