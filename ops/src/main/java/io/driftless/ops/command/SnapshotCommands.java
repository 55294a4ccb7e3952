package io.driftless.ops.command;

import picocli.CommandLine.Command;

/** {@code driftless snapshot}: the file of a snapshot, offline. */
@Command(name = "snapshot", synopsisSubcommandLabel = "COMMAND", description =
        "Reads the file of a snapshot; never changes it. A running node does not mind.",
        sortOptions = false, footer = {"", "Examples:",
            "  driftless snapshot verify /var/lib/driftless/n1/snapshots/FILE",
            "  driftless snapshot dump /var/lib/driftless/n1/snapshots/FILE"})
final class SnapshotCommands extends CommandGroup { }
