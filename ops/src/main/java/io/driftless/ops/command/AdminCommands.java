package io.driftless.ops.command;

import picocli.CommandLine.Command;

/** {@code driftless admin}: what an operator has running nodes do. */
@Command(name = "admin", synopsisSubcommandLabel = "COMMAND", description = "Has a running node do something.",
        sortOptions = false, footer = {"", "Examples:", "  driftless admin snapshot 127.0.0.1:7001",
            "  driftless admin transfer 127.0.0.1:7001"})
final class AdminCommands extends CommandGroup { }
