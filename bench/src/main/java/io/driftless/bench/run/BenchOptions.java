package io.driftless.bench.run;

import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.process.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of every benchmark. Filled in by picocli before a command is called. */
public final class BenchOptions {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--json", description = "one JSON object on one line instead of a table")
    private boolean json;

    @Option(names = "--dir", paramLabel = "DIR", defaultValue = "${sys:java.io.tmpdir}",
            description = "on which disk: the data goes into a temporary folder in there (default: "
                    + "${DEFAULT-VALUE})")
    private Path directory = Path.of(".");

    @Option(names = {"-v", "--verbose"}, description = "what JMH has to say, on standard error")
    private boolean verbose;

    /** Whether a machine reads the result. */
    public boolean json() {
        return json;
    }

    /** Whether JMH tells of its work. */
    public boolean verbose() {
        return verbose;
    }

    /** Where the data's folders go. */
    public Path directory() {
        return directory;
    }

    /**
     * A new folder on the disk to be measured, to be removed in the end.
     *
     * @throws CommandFailedException as bad usage, if it cannot be made where it should be
     */
    public ScratchFolder newScratch() {
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw CommandFailedException.usage("--dir: " + directory + " is no folder that can be written to");
        }
        try {
            return ScratchFolder.createIn(directory);
        } catch (IOException e) {
            throw CommandFailedException.usage("--dir: " + e);
        }
    }
}
