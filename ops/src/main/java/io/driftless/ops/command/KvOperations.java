package io.driftless.ops.command;

import io.driftless.log.Bytes;
import io.driftless.ops.cluster.Executed;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.shell.OutcomeLine;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code driftless kv put|get|cas|delete}: one command through the log. A word that begins with a dash stands behind
 * {@code --}.
 */
final class KvOperations {

    private KvOperations() { }

    private abstract static class Operation implements Callable<Integer> {

        @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
        String key = "";

        @Mixin
        private ClusterOptions cluster = new ClusterOptions();

        private final Console console;

        Operation(Console console) {
            this.console = console;
        }

        abstract KvCommand command();

        @Override
        public Integer call() {
            try (KvClient client = KvClient.connect(cluster.joined(), 16)) {
                Executed executed = client.execute(command(), cluster.timeout());
                if (cluster.isJson()) {
                    console.line(Json.line(OutcomeLine.json(executed)));
                } else {
                    OutcomeLine.show(console, executed);
                }
                return executed.isCommitted() ? 0 : 1;
            }
        }
    }

    @Command(name = "put", description = "Sets a value.", sortOptions = false,
            footer = {"", "Example:", "  driftless kv put k v --cluster 127.0.0.1:7001",
                    "  driftless kv put --cluster 127.0.0.1:7001 -- k -5"})
    static final class Put extends Operation {
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

    @Command(name = "get", description = {"Reads a value, in the order of the log.",
            "Writes it to standard output; nothing if it is absent."},
            sortOptions = false, footer = {"", "Example:", "  driftless kv get k --cluster 127.0.0.1:7001"})
    static final class Get extends Operation {
        Get(Console console) {
            super(console);
        }

        @Override
        KvCommand command() {
            return new KvCommand.Get(Bytes.utf8(key));
        }
    }

    @Command(name = "cas", description = "Sets a value if the present one is as expected, or if there is none.",
            sortOptions = false,
            footer = {"", "Example:", "  driftless kv cas k old new --cluster 127.0.0.1:7001",
                "  driftless kv cas k null new --cluster 127.0.0.1:7001    (there must be no value yet)"})
    static final class Cas extends Operation {
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
    static final class Delete extends Operation {
        Delete(Console console) {
            super(console);
        }

        @Override
        KvCommand command() {
            return new KvCommand.Delete(Bytes.utf8(key));
        }
    }
}
