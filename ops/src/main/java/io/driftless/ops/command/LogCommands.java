package io.driftless.ops.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code driftless log}: a data directory, offline. */
@Command(name = "log", synopsisSubcommandLabel = "COMMAND", description =
        "Reads the log in a data directory, offline; never changes it.",
        sortOptions = false, footer = {"", "Examples:", "  driftless log verify /var/lib/driftless/n1",
            "  driftless log stat /var/lib/driftless/n1", "  driftless log dump /var/lib/driftless/n1 --json"})
final class LogCommands implements Runnable {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
