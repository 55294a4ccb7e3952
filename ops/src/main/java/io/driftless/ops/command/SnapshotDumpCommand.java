package io.driftless.ops.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.codec.MessageText;
import io.driftless.codec.RecordBodies;
import io.driftless.codec.SnapshotBoundary;
import io.driftless.log.mmap.SnapshotFile;
import io.driftless.machine.SessionRows;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Count;
import io.driftless.ops.console.Json;
import io.driftless.raft.SnapshotId;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code driftless snapshot dump}: what a snapshot says of itself. */
@Command(name = "dump", sortOptions = false,
        description = {"Prints what a snapshot says of itself: index, term, creator, time, configuration.",
            "Counts the sessions and results in it. What the state machine wrote is not shown."},
        footer = {"", "Ends with 1 if what it reads is damaged.", "", "Example:",
            "  driftless snapshot dump /var/lib/driftless/n1/snapshots/FILE"})
final class SnapshotDumpCommand implements Callable<Integer> {

    @Mixin
    private SnapshotToRead source = new SnapshotToRead();

    private final Console console;

    SnapshotDumpCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        SnapshotFile snapshot = source.open();
        SnapshotId id = snapshot.id();
        SnapshotBoundary boundary = SnapshotBoundary.decode(snapshot.boundary());
        String configuration = MessageText.of(RecordBodies.decode(boundary.configuration()));
        SessionRows rows;
        try (InputStream content = new BufferedInputStream(snapshot.content())) {
            rows = SessionRows.readFrom(content);
        }
        // One row is of the table itself; one of each session has no serial.
        long sessions = rows.rows().stream().filter(row -> row.session() > 0 && row.part() == 0).count();
        long results = rows.rows().stream().filter(row -> row.session() > 0 && row.part() > 0).count();
        String clock = Instant.ofEpochMilli(boundary.clockMs()).toString();
        if (source.json()) {
            ObjectNode object = Json.object().put("file", source.file().toString()).put("index", id.index())
                    .put("term", id.term()).put("creator", id.creator().toString())
                    .put("checksum", SnapshotToRead.checksum(id)).put("time_ms", boundary.clockMs())
                    .put("era", boundary.era()).put("configuration_index", boundary.configurationIndex())
                    .put("configuration", configuration)
                    .put("sessions", sessions).put("results", results)
                    .put("content_bytes", snapshot.contentBytes()).put("bytes", snapshot.storedBytes());
            console.line(Json.line(object));
        } else {
            console.line("index          " + id.index());
            console.line("term           " + id.term());
            console.line("creator        " + id.creator());
            console.line("checksum       " + SnapshotToRead.checksum(id));
            console.line("time           " + clock);
            console.line("era            " + boundary.era());
            console.line("configuration  of index " + boundary.configurationIndex() + ": " + configuration);
            console.line(String.format(Locale.ROOT, "sessions       %,d, with %s", sessions,
                    Count.of(results, "result")));
            console.line(String.format(Locale.ROOT, "content        %,d bytes", snapshot.contentBytes()));
            console.line(String.format(Locale.ROOT, "file           %,d bytes", snapshot.storedBytes()));
        }
        return 0;
    }
}
