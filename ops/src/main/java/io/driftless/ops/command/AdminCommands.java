package io.driftless.ops.command;

import picocli.CommandLine.Command;

/** {@code driftless admin}: what an operator has one running node do. */
@Command(name = "admin", synopsisSubcommandLabel = "COMMAND", description = "Has a running node do something.",
        sortOptions = false, footer = {"", "Example:", "  driftless admin snapshot 127.0.0.1:7001"})
final class AdminCommands extends CommandGroup { }
