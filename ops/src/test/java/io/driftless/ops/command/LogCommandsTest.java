package io.driftless.ops.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializers;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.LogListener;
import io.driftless.log.mmap.DumpedRecord;
import io.driftless.log.mmap.LogDump;
import io.driftless.log.mmap.MmapLog;
import io.driftless.log.mmap.MmapLogOptions;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.kv.KvCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code driftless log} on a log of its own. */
class LogCommandsTest {

    @TempDir
    Path folder;

    private Path directory = Path.of("");
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void makeALog() {
        directory = folder.resolve("log");
        try (MmapLog log = MmapLog.open(directory, new MmapLogOptions(256 * 1024, 16 * 1024), LogListener.NONE)) {
            for (int i = 1; i <= 5; i++) {
                log.append(List.of(new LogEntry(i, i, 7, EntryType.NOOP, 0, 0, Bytes.EMPTY)));
            }
        }
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        return CommandTree.execute(Console.of(new ByteArrayInputStream(new byte[0]), out, err), arguments);
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private Path logOfASession() {
        Path sessions = folder.resolve("sessions");
        Bytes opening = RecordBodies.encode(Serializers.byName("kryo"),
                new RecordBody.SessionOpening(new UUID(1, 2), 300_000, 1_000, 65_536, 10_000, 1 << 20));
        Bytes renewal = RecordBodies.encode(Serializers.byName("json"),
                new RecordBody.SessionsRenewal(new TreeMap<>(Map.of(1L, 3L))));
        Bytes closing = RecordBodies.encode(Serializers.byName("kryo"), new RecordBody.SessionClosing(1));
        Bytes command = Bytes.wrap(new byte[] {77});
        try (MmapLog log = MmapLog.open(sessions, new MmapLogOptions(256 * 1024, 16 * 1024), LogListener.NONE)) {
            log.append(List.of(new LogEntry(1, 1, 7, EntryType.SESSION, 0, 0, opening),
                    new LogEntry(2, 1, 7, EntryType.COMMAND, 1, 70_000, LogEntry.DISTANCE_MAX, command),
                    new LogEntry(3, 1, 7, EntryType.COMMAND, 0, 0, command),
                    new LogEntry(4, 1, 7, EntryType.SESSION, 0, 0, renewal),
                    new LogEntry(5, 1, 7, EntryType.SESSION, 0, 0, closing),
                    new LogEntry(6, 1, 7, EntryType.SESSION, 0, 0, command)));
        }
        return sessions;
    }

    @Test
    void dumpShowsSessionsForPeople() {
        assertEquals(0, run("log", "dump", logOfASession().toString()));
        String start = "  term 1    1970-01-01T00:00:00.007Z  ";
        assertEquals(List.of(
                "       1" + start + "session       open a session: expires after 300000 ms, keeps 1000 results or "
                        + "65536 bytes; at most 10000 sessions and 1048576 bytes of results in all; nonce "
                        + "00000000-0000-0001-0000-000000000002",
                "       2" + start + "command       1 byte 0x4d  (session 1, serial 70000, wanted from 4465)",
                "       3" + start + "command       1 byte 0x4d",
                "       4" + start + "session       renew session 1 (wanted from 3)",
                "       5" + start + "session       close session 1",
                "       6" + start + "session       1 byte 0x4d (the record body ends at byte 1)"), lines());
    }

    /** The same bytes may be a command of any state machine. */
    @Test
    void dumpShowsCommandsAsBytesIfItIsTold() {
        Path commands = folder.resolve("commands");
        byte[] put = new KvCommand.Put(Bytes.utf8("k"), Bytes.utf8("v".repeat(40))).encode();
        try (MmapLog log = MmapLog.open(commands, new MmapLogOptions(256 * 1024, 16 * 1024), LogListener.NONE)) {
            log.append(List.of(new LogEntry(1, 1, 7, EntryType.COMMAND, 0, 0, Bytes.wrap(put))));
        }
        assertEquals(0, run("log", "dump", commands.toString()));
        assertTrue(lines().getFirst().contains("  put \"k\" \"vvv"), lines().getFirst());
        String bytes = put.length + " bytes 0x" + HexFormat.of().formatHex(put);
        assertEquals(0, run("log", "dump", commands.toString(), "--bytes"));
        assertTrue(lines().getFirst().endsWith("  " + bytes), lines().getFirst());
        assertEquals(0, run("log", "dump", commands.toString(), "--bytes", "--json"));
        assertEquals(bytes, Json.parseObject(lines().getFirst()).orElseThrow().get("content").asText());
    }

    @Test
    void dumpShowsSessionsForScripts() {
        assertEquals(0, run("log", "dump", logOfASession().toString(), "--json"));
        List<ObjectNode> records = lines().stream().map(line -> Json.parseObject(line).orElseThrow()).toList();
        ObjectNode inSession = records.get(1);
        assertEquals("1 70000 4465", inSession.get("session") + " " + inSession.get("serial") + " "
                + inSession.get("lowest_wanted"));
        ObjectNode without = records.get(2);
        assertEquals("0 0 null", without.get("session") + " " + without.get("serial") + " "
                + without.get("lowest_wanted"));
        ObjectNode closing = records.get(4);
        assertEquals("close session 1; 1 0 null", closing.get("content").asText() + "; " + closing.get("session") + " "
                + closing.get("serial") + " " + closing.get("lowest_wanted"));
        assertEquals(0, records.get(0).get("session").asInt(), "what it opens may have been refused");
        assertEquals(0, records.get(5).get("session").asInt());
        assertTrue(records.get(0).get("lowest_wanted").isNull());
    }

    @Test
    void statCountsCommandsInSessions() {
        Path sessions = logOfASession();
        assertEquals(0, run("log", "stat", sessions.toString(), "--json"));
        assertEquals(1, Json.parseObject(lines().get(0)).orElseThrow().get("in_sessions").asInt());
        assertEquals(0, run("log", "stat", sessions.toString()));
        assertTrue(lines().get(0).contains("in sessions"), lines().get(0));
    }

    /** It is neither damage nor unreadable: one line says which version reads it. */
    @Test
    void anotherFormatIsOneLineAndEndsWithOne() throws IOException {
        Path identity = directory.resolve("identity");
        OlderFormat.in(identity);
        for (String command : List.of("dump", "verify", "stat")) {
            assertEquals(1, run("log", command, directory.toString()));
            assertEquals(List.of(), lines());
            assertEquals("driftless: " + identity + " has format 1, written by an earlier version; this one reads from "
                    + "2 on: start the version that wrote it\n", err.toString(StandardCharsets.UTF_8));
        }
    }

    private DumpedRecord damageTheThird() throws IOException {
        List<DumpedRecord> records = new ArrayList<>();
        LogDump.read(directory, records::add);
        DumpedRecord third = records.get(2);
        try (RandomAccessFile file = new RandomAccessFile(third.file().toFile(), "rw")) {
            file.seek(third.offset() + 24);
            file.write(77);
        }
        return third;
    }

    @Test
    void verifySaysThatAWholeLogIsWhole() {
        assertEquals(0, run("log", "verify", directory.toString()));
        assertTrue(lines().get(0).contains("entries 1 to 5, 5 records in 1 segment"), lines().toString());
        assertEquals("no damage", lines().get(1));
        assertEquals(0, run("log", "verify", directory.toString(), "--json"));
        ObjectNode whole = Json.parseObject(lines().get(0)).orElseThrow();
        assertEquals(5, whole.get("last_index").asInt());
        assertEquals(0, whole.get("damage").size());
        assertTrue(whole.get("clean_stop").asBoolean());
    }

    @Test
    void verifyAndStatAndDumpNameDamageAndEndWithOne() throws IOException {
        DumpedRecord third = damageTheThird();
        assertEquals(1, run("log", "verify", directory.toString(), "--json"));
        ObjectNode damage = (ObjectNode) Json.parseObject(lines().get(0)).orElseThrow().get("damage").get(0);
        assertEquals(third.file().toString(), damage.get("file").asText());
        assertEquals(third.offset() - 4, damage.get("offset").asLong());
        assertEquals(3, damage.get("first_index").asInt());
        assertEquals(3, damage.get("last_sequence").asInt());
        assertEquals(1, run("log", "verify", directory.toString()));
        assertEquals("damaged in 1 place", lines().get(lines().size() - 1));
        assertEquals(1, run("log", "stat", directory.toString()));
        assertEquals(1, run("log", "dump", directory.toString()));
        assertEquals(4, lines().size(), "all but the damaged one");
    }

    @Test
    void statCountsEachSegment() {
        assertEquals(0, run("log", "stat", directory.toString()));
        assertTrue(lines().get(1).matches("segment-0000000001 +5 +0 +0 +1\\.\\.5 +1\\.\\.5 +0 +0 +\\d+"),
                lines().get(1));
        assertEquals(0, run("log", "stat", directory.toString(), "--json"));
        ObjectNode segment = Json.parseObject(lines().get(0)).orElseThrow();
        assertEquals(5, segment.get("records").asInt());
        assertEquals(2, lines().size());
    }

    @Test
    void whatCannotBeReadIsOneLineAndEndsWithOne() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        for (String command : List.of("dump", "verify", "stat")) {
            for (Path path : List.of(file, empty, folder.resolve("nothing"))) {
                assertEquals(1, run("log", command, path.toString()));
                List<String> said = err.toString(StandardCharsets.UTF_8).lines().toList();
                assertEquals(1, said.size(), said.toString());
                assertTrue(said.get(0).startsWith("driftless: ") && said.get(0).contains(path.toString()), said.get(0));
            }
        }
        assertEquals(2, run("log", "verify"));
    }
}
