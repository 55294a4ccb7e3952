package io.driftless.ops.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        assertTrue(lines().get(1).matches("segment-0000000001 +5 +0 +1\\.\\.5 +1\\.\\.5 +0 +0 +\\d+"), lines().get(1));
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
