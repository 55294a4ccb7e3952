package io.driftless.ops.command;

import picocli.CommandLine.Command;

/** {@code driftless kv}: the replicated key-value machine from outside. */
@Command(name = "kv", synopsisSubcommandLabel = "COMMAND", description =
        "Reads and writes the replicated key-value store.", sortOptions = false,
        footer = {"", "Exit codes: 0 committed or answered (also an absent key, or a cas that found another value),",
            "1 rejected, failed, unknown, or refused by the store (its quota is used up), 2 bad usage.", "",
            "Example:", "  driftless kv put greeting 'hello, world' --cluster 127.0.0.1:7001,127.0.0.1:7002"})
final class KvCommands extends CommandGroup { }
