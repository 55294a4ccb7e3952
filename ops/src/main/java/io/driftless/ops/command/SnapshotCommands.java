package io.driftless.ops.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code driftless snapshot}: the file of a snapshot, offline. */
@Command(name = "snapshot", synopsisSubcommandLabel = "COMMAND", description =
        "Reads the file of a snapshot; never changes it. A running node does not mind.",
        sortOptions = false, footer = {"", "Examples:",
            "  driftless snapshot verify /var/lib/driftless/n1/snapshots/FILE",
            "  driftless snapshot dump /var/lib/driftless/n1/snapshots/FILE"})
final class SnapshotCommands implements Runnable {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
