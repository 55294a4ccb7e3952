package io.driftless.ops.command;

import picocli.CommandLine.Command;

/** {@code driftless log}: a data directory, offline. */
@Command(name = "log", synopsisSubcommandLabel = "COMMAND", description =
        "Reads the log in a data directory, offline; never changes it.",
        sortOptions = false, footer = {"", "Examples:", "  driftless log verify /var/lib/driftless/n1",
            "  driftless log stat /var/lib/driftless/n1", "  driftless log dump /var/lib/driftless/n1 --json"})
final class LogCommands extends CommandGroup { }
