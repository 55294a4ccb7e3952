package io.driftless.ops.command;

import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.LocalScan;
import io.driftless.ops.console.Console;
import io.driftless.ops.shell.Shell;
import io.driftless.ops.shell.TerminalShell;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code driftless kv shell}: commands from standard input or a terminal, one a line, one after the other. */
@Command(name = "shell", sortOptions = false,
        description = {"Executes commands from standard input, one a line, one after the other.",
            "  put KEY VALUE   get KEY   cas KEY OLD NEW   cas KEY null NEW   delete KEY   quota [SIZE]",
            "A word with blanks stands in double quotes, with the escapes of JSON.",
            "On a terminal, without --json, it has a prompt, completion, a history (shell-history in",
            "$XDG_STATE_HOME/driftless or ~/.local/state/driftless), and the commands scan, help and exit."},
        footer = {"", "Ends with 1 if a line was no command, or a command was not committed or refused; on a terminal",
            "with 0.", "", "Examples:", "  driftless kv shell --cluster 127.0.0.1:7001",
            "  printf 'put k \"a value\"\\nget k\\n' | driftless kv shell --json --cluster 127.0.0.1:7001"})
final class KvShellCommand implements Callable<Integer> {

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    private final Console console;

    KvShellCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (KvClient client = KvClient.connect(cluster.joined(), 16)) {
            if (!cluster.isJson() && console.inIsTerminal() && console.outIsTerminal()) {
                new TerminalShell(console, client, new LocalScan(cluster.addresses(), cluster.timeout()),
                        cluster.timeout()).run();
                return 0;
            }
            return new Shell(console, client, cluster.timeout(), cluster.isJson()).run() ? 0 : 1;
        }
    }
}
