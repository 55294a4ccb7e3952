package io.driftless.ops.logdump;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.log.LogCorruptException;
import io.driftless.log.mmap.LogDump;
import io.driftless.log.mmap.SnapshotFile;
import io.driftless.log.mmap.SnapshotsFound;
import io.driftless.ops.console.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A log as a whole, and the snapshot that it goes on from. Immutable.
 *
 * @param log       what its files hold
 * @param snapshots those of the data directory; empty if only the log's own folder was named
 * @param missing   which entries the log has lost, as {@link OwnSnapshot#missing} says
 */
public record LogReport(LogDump.Summary log, Optional<SnapshotsFound> snapshots, Optional<String> missing) {

    /** How many places are damaged, or lost. */
    public int damages() {
        return log.damage().size() + snapshots.map(found -> found.damage().size()).orElse(0)
                + (lost().isPresent() ? 1 : 0) + (missing.isPresent() ? 1 : 0);
    }

    /** Says which state is nowhere: the log does not begin at index 1, and no snapshot reaches up to its beginning. */
    private Optional<String> lost() {
        boolean reaches = log.boundary() == 0 || snapshots.isEmpty() || snapshots.get().newest()
                .map(snapshot -> snapshot.id().index()).orElse(0L) >= log.boundary();
        return reaches ? Optional.empty() : Optional.of("the state before index " + first() + " is nowhere: the log "
                + "begins there, and no snapshot reaches up to it (unless the state machine stores its state itself)");
    }

    private long first() {
        return log.boundary() + 1;
    }

    /** For people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(EntryText.lines(log));
        if (log.boundary() > 0) {
            lines.add("the log begins at index " + first() + ", after index " + log.boundary() + " of term "
                    + log.boundaryTerm());
        }
        snapshots.ifPresent(found -> {
            lines.add(found.newest().map(LogReport::text).orElse(found.damage().isEmpty() ? "no snapshot"
                    : "no good snapshot"));
            found.damage().forEach(damage -> lines.add("DAMAGE: " + damage.getMessage()));
        });
        lost().ifPresent(what -> lines.add("DAMAGE: " + what));
        missing.ifPresent(what -> lines.add("DAMAGE: " + what));
        return lines;
    }

    private static String text(SnapshotFile snapshot) {
        return "snapshot of index " + snapshot.id().index() + ", term " + snapshot.id().term() + ", "
                + snapshot.storedBytes() + " bytes: " + snapshot.description();
    }

    /** For scripts. Without a data directory it says nothing of snapshots. */
    public ObjectNode json() {
        ObjectNode line = EntryText.json(log).put("first_index", first());
        snapshots.ifPresent(found -> {
            found.newest().ifPresentOrElse(snapshot -> line.putObject("snapshot")
                    .put("index", snapshot.id().index()).put("term", snapshot.id().term())
                    .put("bytes", snapshot.storedBytes()).put("file", snapshot.description()),
                    () -> line.putNull("snapshot"));
            ArrayNode damage = line.putArray("snapshot_damage");
            found.damage().forEach(one -> damage.add(json(one)));
            line.put("state_lost", lost().orElse(null)).put("entries_lost", missing.orElse(null));
        });
        return line;
    }

    /** Damage of a snapshot: what it is, and offset and reason, null where they are not known. */
    public static ObjectNode json(LogCorruptException damage) {
        Optional<LogCorruptException.Place> place = damage.place();
        return Json.object().put("damage", damage.getMessage())
                .put("offset", place.map(LogCorruptException.Place::offset).orElse(null))
                .put("reason", place.map(LogCorruptException.Place::reason).orElse(null));
    }
}
