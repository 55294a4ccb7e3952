package io.driftless.ops.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code driftless admin}: what an operator has one running node do. */
@Command(name = "admin", synopsisSubcommandLabel = "COMMAND", description = "Has a running node do something.",
        sortOptions = false, footer = {"", "Example:", "  driftless admin snapshot 127.0.0.1:7001"})
final class AdminCommands implements Runnable {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
