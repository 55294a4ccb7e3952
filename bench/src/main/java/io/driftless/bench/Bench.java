package io.driftless.bench;

import io.driftless.bench.commit.CommitCommand;
import io.driftless.bench.commit.ReadsCommand;
import io.driftless.bench.commit.SessionsCommand;
import io.driftless.bench.failover.FailoverCommand;
import io.driftless.bench.idle.IdleCommand;
import io.driftless.bench.log.LogCommand;
import io.driftless.bench.snapshot.SnapshotsCommand;
import io.driftless.ops.console.ClosedPipeException;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.IoProblem;
import io.driftless.ops.console.UsageProblem;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code driftless bench}: the benchmarks. The launcher starts this class with what follows {@code bench} on the
 * command line.
 */
@Command(name = "driftless bench",
        description = "Measures this machine: commits, idle nodes, sessions, reads, killed leaders and"
                + " snapshots in real node processes, or the log alone; durable, default settings.",
        footer = {"", "Example: driftless bench commit"})
public final class Bench implements Runnable {

    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    private Bench() { }

    /** Runs a benchmark and ends the JVM: 0 the bars are met, 1 they are not or the run failed, 2 bad usage. */
    public static void main(String[] args) {
        // The client's log lines would stand between the lines of progress.
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "warn");
        }
        Locale.setDefault(Locale.ROOT);
        System.exit(run(Console.ofProcess(), args));
    }

    /** Runs a benchmark; the exit code. */
    static int run(Console console, String... args) {
        return new CommandLine(new Bench())
                .addSubcommand(new CommitCommand(console))
                .addSubcommand(new IdleCommand(console))
                .addSubcommand(new SessionsCommand(console))
                .addSubcommand(new ReadsCommand(console))
                .addSubcommand(new FailoverCommand(console))
                .addSubcommand(new SnapshotsCommand(console))
                .addSubcommand(new LogCommand(console))
                .setOut(new PrintWriter(console.out(), true))
                .setErr(new PrintWriter(console.err(), true))
                .setParameterExceptionHandler(new UsageProblem())
                .setExecutionExceptionHandler((failure, command, arguments) -> failed(console, failure))
                .execute(args);
    }

    @Override
    public void run() {
        throw CommandFailedException.usage("which benchmark? See driftless bench --help");
    }

    private static int failed(Console console, Exception failure) {
        switch (failure) {
            case ClosedPipeException quietly -> {
                return CommandFailedException.FAILED;
            }
            case CommandFailedException expected -> {
                console.note("bench: " + expected.getMessage());
                return expected.exitCode();
            }
            case IOException expected -> console.note("bench: " + IoProblem.words(expected));
            default -> failure.printStackTrace(console.err());
        }
        return CommandFailedException.FAILED;
    }
}
