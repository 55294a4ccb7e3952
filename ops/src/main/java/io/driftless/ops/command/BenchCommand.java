package io.driftless.ops.command;

import io.driftless.ops.console.CommandFailedException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code driftless bench}: stands in the list of commands; the launcher starts it, with libraries of its own. */
@Command(name = "bench", sortOptions = false,
        description = "Measures commits, idle nodes, sessions, reads, killed leaders and snapshots in real node"
                + " processes, or the log alone.",
        footer = {"", "Example:", "  driftless bench --help"})
final class BenchCommand implements Callable<Integer> {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Override
    public Integer call() {
        throw CommandFailedException.usage("benchmarks are started by the launcher: bin/driftless bench --help");
    }
}
