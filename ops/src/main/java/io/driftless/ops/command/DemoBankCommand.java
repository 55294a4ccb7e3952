package io.driftless.ops.command;

import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.demo.bank.BankDemo;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code driftless demo bank}: three node processes, a bank, and one killed leader after the other. */
@Command(name = "bank", sortOptions = false,
        description = {"Moves money while leaders are killed, and shows that none is lost or doubled.",
            "Three node processes on loopback run a bank (state.machine=io.driftless.ops.bank.BankMachine). Clients",
            "move money between accounts; leader after leader is killed with SIGKILL and restarted. At the end each",
            "account on each node is compared with what the clients were told. The bank itself recognizes no",
            "transfer again, so one that is executed twice shows. Leaves no process and no folder behind."},
        footer = {"", "Ends with 0 only if everything was verified.", "", "Example:",
            "  driftless demo bank --time 1m --json"})
final class DemoBankCommand implements Callable<Integer> {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--time", paramLabel = "TIME", defaultValue = "15s", description =
            "For how long money moves, 1s to 60m; a kill that has begun is finished. Default: ${DEFAULT-VALUE}.")
    private Duration time = Duration.ofSeconds(15);

    @Option(names = "--keep", description =
            "Keep the folder with configuration, data and log lines of the nodes, and say where it is.")
    private boolean keep;

    @Option(names = "--json", description = "The verdict as one JSON object on standard output.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Console console;

    DemoBankCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        // They would be taken for the other demo, and change nothing.
        if (!spec.parent().commandLine().getParseResult().matchedOptions().isEmpty()) {
            throw CommandFailedException.usage("options stand behind the word bank: driftless demo bank --json");
        }
        if (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(Duration.ofHours(1)) > 0) {
            throw CommandFailedException.usage("--time: " + time.toMillis() + "ms is not between 1s and 60m");
        }
        return new BankDemo(console, time, keep).run(json) ? 0 : 1;
    }
}
