package io.driftless.ops.command;

import io.driftless.log.mmap.SnapshotFile;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.IoProblem;
import io.driftless.raft.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands that read the file of a snapshot have in common. */
final class SnapshotToRead {

    @Parameters(index = "0", paramLabel = "FILE", description = "A file in the snapshots folder of a data directory.")
    private Path file = Path.of("");

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    Path file() {
        return file;
    }

    /** Whether JSON is asked for. */
    boolean json() {
        return json;
    }

    /** Whether a node would take it for a whole snapshot, by the end of its name. */
    boolean isNamedAsWhole() {
        return file.toString().endsWith(".snapshot");
    }

    /** Reads what the file says of itself; one line for what stands in the way. Damage is thrown as it is. */
    SnapshotFile open() {
        if (Files.isDirectory(file) && !isNamedAsWhole()) {
            throw CommandFailedException.failed(file + " is a directory: name a file in it");
        }
        if (!Files.exists(file)) {
            throw CommandFailedException.failed(file + ": no such file");
        }
        try {
            return SnapshotFile.open(file);
        } catch (IOException unreadable) {
            throw CommandFailedException.failed(IoProblem.words(unreadable));
        }
    }

    /** The checksum, as a file's name has it. */
    static String checksum(SnapshotId id) {
        return String.format(Locale.ROOT, "%08x", id.checksum());
    }
}
