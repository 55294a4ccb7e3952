package io.driftless.ops.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.log.LogCorruptException;
import io.driftless.log.mmap.SnapshotFile;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.Progress;
import io.driftless.ops.logdump.LogReport;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code driftless snapshot verify}: reads all of a snapshot and compares its checksums. */
@Command(name = "verify", sortOptions = false,
        description = {"Reads all of a snapshot and compares its checksums, without changing anything.",
            "Damage is named by file and byte. What the state machine makes of the content is not looked at.",
            "A name of a whole snapshot (*.snapshot) that is another's is told too: a node sets such a file aside."},
        footer = {"", "Ends with 1 if there is damage, or the name is another's.", "", "Example:",
            "  driftless snapshot verify /var/lib/driftless/n1/snapshots/FILE"})
final class SnapshotVerifyCommand implements Callable<Integer> {

    private static final int PART = 1 << 20;

    @Mixin
    private SnapshotToRead source = new SnapshotToRead();

    private final Console console;

    SnapshotVerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try {
            SnapshotFile snapshot = source.open();
            readAll(snapshot);
            if (source.isNamedAsWhole()) {
                requireName(snapshot);
            }
            if (source.json()) {
                console.line(Json.line(Json.object().put("file", source.file().toString()).putNull("damage")
                        .put("index", snapshot.id().index()).put("bytes", snapshot.storedBytes())));
            } else {
                console.line(String.format(Locale.ROOT, "no damage: a snapshot of index %d, %,d bytes",
                        snapshot.id().index(), snapshot.storedBytes()));
            }
            return 0;
        } catch (LogCorruptException damaged) {
            if (source.json()) {
                ObjectNode verdict = Json.object().put("file", source.file().toString());
                verdict.setAll(LogReport.json(damaged));
                console.line(Json.line(verdict));
            } else {
                console.line(String.valueOf(damaged.getMessage()));
            }
            return 1;
        }
    }

    private static void requireName(SnapshotFile snapshot) {
        try {
            snapshot.requireName();
        } catch (LogCorruptException misnamed) {
            throw new LogCorruptException(misnamed.getMessage() + ": a node sets it aside", misnamed);
        }
    }

    private void readAll(SnapshotFile snapshot) throws IOException {
        Progress progress = new Progress(console, "bytes", snapshot.contentBytes());
        try (InputStream content = snapshot.content()) {
            byte[] part = new byte[PART];
            long done = 0;
            for (int read = content.read(part); read >= 0; read = content.read(part)) {
                done += read;
                progress.at(done);
            }
        } finally {
            progress.end();
        }
    }
}
