package io.driftless.ops.logdump;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.driftless.codec.MessageText;
import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody.ConfigurationBody;
import io.driftless.codec.RecordBody.SessionClosing;
import io.driftless.codec.RecordBody.SessionOpening;
import io.driftless.codec.RecordBody.SessionsRenewal;
import io.driftless.codec.RecordBody;
import io.driftless.errors.ConfigException;
import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.LogOpenException;
import io.driftless.log.mmap.DumpedRecord;
import io.driftless.log.mmap.LogDump;
import io.driftless.ops.console.Json;
import io.driftless.ops.kv.KvCommand;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Records of a log, and the log as a whole, as text and as JSON. */
public final class EntryText {

    private static final int SHOWN_CHARS = 100;
    private static final int SHOWN_BYTES = 32;

    private EntryText() { }

    /** How the payload of a command is shown. */
    public enum Commands {
        /** As a command of the key-value store if it reads as one, otherwise its first bytes. */
        AS_KEY_VALUE,
        /** All of its bytes. */
        AS_BYTES
    }

    /** One line for people. */
    public static String line(DumpedRecord dumped, Commands commands) {
        LogEntry entry = dumped.entry();
        return String.format(Locale.ROOT, "%8d  term %-4d %s  %-13s %s%s", entry.index(), entry.term(),
                Instant.ofEpochMilli(entry.timeMs()),
                entry.type().name().toLowerCase(Locale.ROOT), content(entry, commands) + place(entry),
                dumped.live() ? "" : "  (compacted)").stripTrailing();
    }

    /** The session that a command was sent in, or that the entry closes; 0 without one. */
    private static long session(LogEntry entry) {
        return entry.type() == EntryType.SESSION && body(entry) instanceof Read(SessionClosing closing)
                ? closing.session() : entry.session();
    }

    private static String place(LogEntry entry) {
        return entry.session() == 0 ? "" : "  (session " + entry.session() + ", serial " + entry.serial()
                + ", wanted from " + entry.lowestWanted() + ")";
    }

    /** One object for scripts. */
    public static ObjectNode json(DumpedRecord dumped, Commands commands) {
        LogEntry entry = dumped.entry();
        return Json.object().put("index", entry.index()).put("term", entry.term()).put("time_ms", entry.timeMs())
                .put("type", entry.type().name().toLowerCase(Locale.ROOT)).put("session", session(entry))
                .put("serial", entry.serial())
                .put("lowest_wanted", entry.session() == 0 ? null : Long.valueOf(entry.lowestWanted()))
                .put("bytes", entry.payload().length()).put("content", content(entry, commands))
                .put("sequence", dumped.sequence()).put("live", dumped.live())
                .put("file", dumped.file().toString()).put("offset", dumped.offset());
    }

    /** The whole, for people. */
    public static List<String> lines(LogDump.Summary summary) {
        List<String> lines = new ArrayList<>();
        lines.add(summary.directory() + ": " + entries(summary) + ", " + summary.records()
                + (summary.records() == 1 ? " record in " : " records in ")
                + summary.segments() + (summary.segments() == 1 ? " segment" : " segments")
                + "; records up to sequence " + summary.durableSequence() + " of "
                + summary.lastSequence()
                + " are known to be on disk");
        summary.notes().forEach(note -> lines.add("note: " + note));
        summary.damage().forEach(damage -> lines.add("DAMAGE: " + damage.message()));
        return lines;
    }

    private static String entries(LogDump.Summary summary) {
        return summary.lastIndex() == summary.boundary() ? "no entries"
                : "entries " + (summary.boundary() + 1) + " to " + summary.lastIndex();
    }

    /** The whole, for scripts. */
    public static ObjectNode json(LogDump.Summary summary) {
        ObjectNode line = Json.object().put("directory", summary.directory().toString())
                .put("boundary", summary.boundary())
                .put("boundary_term", summary.boundaryTerm()).put("last_index", summary.lastIndex())
                .put("last_sequence", summary.lastSequence())
                .put("durable_sequence", summary.durableSequence()).put("segments", summary.segments())
                .put("records", summary.records()).put("clean_stop", summary.cleanStop())
                .put("undecided", summary.undecided()).put("owner", summary.owner().orElse(null));
        line.set("notes", texts(summary.notes()));
        ArrayNode damage = line.putArray("damage");
        summary.damage().forEach(one -> damage.addObject().put("file", one.file().toString())
                .put("offset", one.offset()).put("first_index", one.firstIndex())
                .put("first_sequence", one.firstSequence()).put("last_sequence", one.lastSequence())
                .put("reason", one.reason()));
        return line;
    }

    private static ArrayNode texts(List<String> texts) {
        ArrayNode array = Json.object().arrayNode();
        texts.forEach(text -> array.add(TextNode.valueOf(text)));
        return array;
    }

    private static String content(LogEntry entry, Commands commands) {
        return switch (entry.type()) {
            case NOOP -> "";
            case COMMAND -> switch (commands) {
                case AS_KEY_VALUE -> command(entry.payload());
                case AS_BYTES -> bytes(entry.payload(), Integer.MAX_VALUE);
            };
            case CONFIGURATION, SESSION -> switch (body(entry)) {
                case Read(RecordBody body) -> words(body);
                case Unreadable(String why) -> bytes(entry.payload()) + " (" + why + ")";
            };
        };
    }

    private static String command(Bytes payload) {
        try {
            KvCommand command = KvCommand.decode(payload.asByteBuffer());
            String start = command.word() + " " + word(command.key());
            return switch (command) {
                case KvCommand.Put(Bytes key, Bytes value) -> start + " " + word(value);
                case KvCommand.Create(Bytes key, Bytes value) -> start + " null " + word(value);
                case KvCommand.Cas(Bytes key, Bytes expected, Bytes value) -> start + " " + word(expected) + " "
                        + word(value);
                case KvCommand.Get get -> start;
                case KvCommand.Delete delete -> start;
                case KvCommand.Usage usage -> command.word();
                case KvCommand.SetQuota(long bytes) -> command.word() + " " + bytes;
            };
        } catch (MalformedException anotherMachine) {
            return bytes(payload);
        }
    }

    /** What the protocol wrote into an entry. */
    private sealed interface Body { }

    private record Read(RecordBody body) implements Body { }

    private record Unreadable(String why) implements Body { }

    private static Body body(LogEntry entry) {
        try {
            return new Read(RecordBodies.decode(entry.payload()));
        } catch (MalformedException | LogOpenException | ConfigException unreadable) {
            return new Unreadable(unreadable.getMessage());
        }
    }

    private static String words(RecordBody body) {
        return switch (body) {
            case ConfigurationBody configuration -> MessageText.of(configuration);
            case SessionOpening opening -> "open a session: expires after " + opening.timeoutMs() + " ms, keeps "
                    + opening.window() + " results or " + opening.resultBytesMax() + " bytes; at most "
                    + opening.sessionsMax() + " sessions and " + opening.allResultsMax()
                    + " bytes of results in all; nonce " + opening.nonce();
            case SessionClosing closing -> "close session " + closing.session();
            case SessionsRenewal renewal -> "renew " + renewal.lowestWanted().entrySet().stream()
                    .map(wanted -> "session " + wanted.getKey() + " (wanted from " + wanted.getValue() + ")")
                    .collect(Collectors.joining(", "));
        };
    }

    private static String word(Bytes bytes) {
        Optional<String> text = Json.utf8(bytes);
        if (text.isEmpty()) {
            return bytes(bytes);
        }
        String whole = text.get();
        if (whole.length() <= SHOWN_CHARS) {
            return Json.line(TextNode.valueOf(whole));
        }
        int end = Character.isHighSurrogate(whole.charAt(SHOWN_CHARS - 1)) ? SHOWN_CHARS - 1 : SHOWN_CHARS;
        return Json.line(TextNode.valueOf(whole.substring(0, end))) + "... (" + length(bytes) + ")";
    }

    private static String length(Bytes bytes) {
        return bytes.length() + (bytes.length() == 1 ? " byte" : " bytes");
    }

    private static String bytes(Bytes bytes) {
        return bytes(bytes, SHOWN_BYTES);
    }

    private static String bytes(Bytes bytes, int shownMax) {
        int shown = Math.min(shownMax, bytes.length());
        return length(bytes) + " 0x" + HexFormat.of().formatHex(bytes.array(), bytes.offset(), bytes.offset()
                + shown)
                + (shown < bytes.length() ? "..." : "");
    }
}
