package io.driftless.ops.logdump;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.log.LogEntry;
import io.driftless.log.mmap.DumpedRecord;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts the records of a log, segment by segment. Confined to one thread. */
public final class LogStatistics {

    private static final class Segment {
        private long records;
        private long compacted;
        private long inSessions;
        private long firstIndex = Long.MAX_VALUE;
        private long lastIndex;
        private long firstTerm = Long.MAX_VALUE;
        private long lastTerm;
        private long payloadBytes;
        private long payloadBytesMax;
    }

    private final Map<Path, Segment> segments = new LinkedHashMap<>();

    /** Takes note of a record. */
    public void count(DumpedRecord record) {
        Segment segment = segments.computeIfAbsent(record.file(), file -> new Segment());
        LogEntry entry = record.entry();
        segment.records++;
        segment.compacted += record.live() ? 0 : 1;
        segment.inSessions += entry.session() == 0 ? 0 : 1;
        segment.firstIndex = Math.min(segment.firstIndex, entry.index());
        segment.lastIndex = Math.max(segment.lastIndex, entry.index());
        segment.firstTerm = Math.min(segment.firstTerm, entry.term());
        segment.lastTerm = Math.max(segment.lastTerm, entry.term());
        segment.payloadBytes += entry.payload().length();
        segment.payloadBytesMax = Math.max(segment.payloadBytesMax, entry.payload().length());
    }

    /** A table; segments without a record are not in it. */
    public List<String> lines() throws IOException {
        Table table = new Table("segment", ">records", ">compacted", ">in sessions", ">indexes", ">terms",
                ">payload bytes", ">largest", ">file bytes");
        for (Map.Entry<Path, Segment> entry : segments.entrySet()) {
            Segment segment = entry.getValue();
            table.row(name(entry.getKey()), Long.toString(segment.records), Long.toString(segment.compacted),
                    Long.toString(segment.inSessions), segment.firstIndex + ".." + segment.lastIndex,
                    segment.firstTerm + ".." + segment.lastTerm, Long.toString(segment.payloadBytes),
                    Long.toString(segment.payloadBytesMax), Long.toString(size(entry.getKey())));
        }
        return table.lines();
    }

    /** One object a segment. */
    public List<ObjectNode> json() throws IOException {
        List<ObjectNode> objects = new ArrayList<>();
        for (Map.Entry<Path, Segment> entry : segments.entrySet()) {
            Segment segment = entry.getValue();
            objects.add(Json.object().put("segment", name(entry.getKey())).put("file", entry.getKey().toString())
                    .put("records", segment.records).put("compacted", segment.compacted)
                    .put("in_sessions", segment.inSessions)
                    .put("first_index", segment.firstIndex).put("last_index", segment.lastIndex)
                    .put("first_term", segment.firstTerm).put("last_term", segment.lastTerm)
                    .put("payload_bytes", segment.payloadBytes).put("payload_bytes_max", segment.payloadBytesMax)
                    .put("file_bytes", size(entry.getKey())));
        }
        return objects;
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException compacted) {
            return 0;
        }
    }

    private static String name(Path file) {
        Path directory = file.getParent();
        return directory == null ? file.toString() : String.valueOf(directory.getFileName());
    }
}
