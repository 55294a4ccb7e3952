package io.driftless.ops.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.client.RaftClient;
import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.LogListener;
import io.driftless.log.mmap.MmapLog;
import io.driftless.log.mmap.MmapLogOptions;
import io.driftless.log.mmap.MmapStorage;
import io.driftless.machine.Outcome;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.RaftNode;
import io.driftless.node.SnapshotTriggers;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.ops.kv.KvCommand;
import io.driftless.testkit.InMemoryNetwork;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code driftless snapshot} on what a node on real files has written, and a start from it. */
@Timeout(300)
class SnapshotCommandsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private Path file = Path.of("");
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private RaftNode start() {
        NodeConfig config = NodeConfig.builder().segmentBytes(256 << 10).entryBytesMax(16 << 10)
                .snapshotTriggers(new SnapshotTriggers(0, 8, Duration.ZERO)).build();
        return RaftNode.builder("c", "n1", Members.parse("n1=a:1")).config(config)
                .storage(MmapStorage.at(folder.resolve("n1"))).transport(new InMemoryNetwork().factory())
                .stateMachine(KeyValueMachine::new).start();
    }

    @BeforeEach
    void takeASnapshot() throws IOException {
        // The node is closed first, so that the session is in every snapshot.
        RaftNode node = start();
        RaftClient client = node.newClient();
        try {
            for (int i = 0; i < 20; i++) {
                assertInstanceOf(Outcome.Committed.class, client.execute(new KvCommand.Put(Bytes.utf8("key" + i),
                        Bytes.utf8("value")).encode(), PATIENCE));
            }
            await("a snapshot", () -> node.status().snapshot().index() > 0);
        } finally {
            node.close();
            client.close();
        }
        try (Stream<Path> files = Files.list(folder.resolve("n1/snapshots"))) {
            List<Path> snapshots = files.filter(each -> each.toString().endsWith(".snapshot")).sorted().toList();
            file = snapshots.getLast();
            // Those that the node has had no time to remove.
            for (Path older : snapshots.subList(0, snapshots.size() - 1)) {
                Files.delete(older);
            }
        }
    }

    /** Its terms are whatever they are: a machine with a slow disk elects its only server again. */
    private MmapLog log() {
        return MmapLog.open(folder.resolve("n1/log"), new MmapLogOptions(256 << 10, 16 << 10), LogListener.NONE);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what);
            Thread.onSpinWait();
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

    private String error() {
        return err.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void aNodeOnFilesStartsFromIt() {
        try (RaftNode node = start(); RaftClient client = node.newClient()) {
            assertInstanceOf(Outcome.Committed.class, client.execute(new KvCommand.Put(Bytes.utf8("last"),
                    Bytes.utf8("value")).encode(), PATIENCE));
            // What the machine says of itself is a little behind.
            await("21 keys", () -> node.status().machine().get("keys") == 21);
        }
    }

    @Test
    void dumpSaysWhatItIs() {
        assertEquals(0, run("snapshot", "dump", file.toString()), this::error);
        String text = String.join("\n", lines());
        assertTrue(text.contains("configuration  of index 0: "), text);
        assertTrue(text.contains("n1"), text);
        assertTrue(text.contains("era            0"), text);
        assertTrue(text.contains("sessions       1, with "), text);
        assertEquals(0, run("snapshot", "dump", "--json", file.toString()), this::error);
        ObjectNode object = Json.parseObject(lines().getFirst()).orElseThrow();
        assertEquals(file.toString(), object.get("file").asText());
        assertEquals(1, object.get("sessions").asInt());
        assertEquals(0, object.get("era").asLong());
        assertTrue(object.get("index").asLong() >= 6, object.toString());
        try (MmapLog log = log()) {
            assertEquals(log.termAt(object.get("index").asLong()), object.get("term").asLong());
        }
        assertTrue(object.get("time_ms").asLong() > 1_700_000_000_000L, object.toString());
    }

    @Test
    void verifyFindsDamageAndNamesItsPlace() throws IOException {
        assertEquals(0, run("snapshot", "verify", file.toString()), this::error);
        assertTrue(lines().getFirst().startsWith("no damage: a snapshot of index "), lines().toString());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
        assertEquals(1, run("snapshot", "verify", file.toString()));
        assertTrue(lines().getFirst().startsWith(file + " is damaged at offset "), lines().toString());
        assertEquals(1, run("snapshot", "verify", file.toString(), "--json"));
        ObjectNode damaged = Json.parseObject(lines().getFirst()).orElseThrow();
        long offset = damaged.get("offset").asLong();
        assertTrue(offset > 0 && offset <= bytes.length / 2, damaged.toString());
        assertEquals(file + " is damaged at offset " + offset + ": " + damaged.get("reason").asText(),
                damaged.get("damage").asText());
    }

    /** The content is whole; a node goes by the name. */
    @Test
    void verifyTellsANameThatIsAnothers() throws IOException {
        String name = file.getFileName().toString();
        Path other = Files.copy(file, file.resolveSibling("9" + name.substring(1)));
        String told = other + " holds a snapshot whose name is " + name + ": a node sets it aside";
        assertEquals(1, run("snapshot", "verify", other.toString()));
        assertEquals(List.of(told), lines());
        assertEquals(told, lastObject(1, "snapshot", "verify", other.toString(), "--json").get("damage").asText());
        Path copy = Files.copy(file, folder.resolve("backup"));
        assertEquals(0, run("snapshot", "verify", copy.toString()), "no node looks at it");
    }

    @Test
    void verifyTellsOfAFileThatIsEmptyOrCut() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, new byte[0]);
        assertEquals(1, run("snapshot", "verify", file.toString()));
        assertEquals(List.of(file + " is damaged at offset 0: the file is empty"), lines());
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 3));
        assertEquals(1, run("snapshot", "verify", file.toString()));
        assertTrue(lines().getFirst().endsWith("no end of a snapshot is there, where the file of "
                + (bytes.length - 3) + " bytes ends"), lines().toString());
    }

    /** Of the log and the snapshot of a data directory, also if the log does not begin at index 1. */
    @Test
    void logCommandsSayWhereALogBeginsAndWhichSnapshotIsBeforeIt() throws IOException {
        String data = folder.resolve("n1").toString();
        long index = snapshotOf(data).get("index").asLong();
        long term;
        try (MmapLog log = log()) {
            term = log.termAt(index);
            log.reset(index, term);
        }
        ObjectNode whole = lastObject(0, "log", "verify", data, "--json");
        assertEquals(index + 1, whole.get("first_index").asLong());
        assertEquals(index, whole.get("boundary").asLong());
        assertEquals(term, whole.get("boundary_term").asLong());
        assertEquals(file.toString(), whole.get("snapshot").get("file").asText());
        assertEquals(Files.size(file), whole.get("snapshot").get("bytes").asLong());
        assertEquals(term, whole.get("snapshot").get("term").asLong());
        assertTrue(whole.get("state_lost").isNull(), whole.toString());
        assertEquals(0, run("log", "verify", data), this::error);
        assertTrue(lines().getFirst().contains(": no entries, 0 records in 1 segment"), lines().toString());
        assertEquals("the log begins at index " + (index + 1) + ", after index " + index + " of term " + term,
                lines().get(1));
        String snapshot = "snapshot of index " + index + ", term " + term + ", " + Files.size(file) + " bytes: " + file;
        assertEquals(snapshot, lines().get(2));
        assertEquals(0, run("log", "stat", data), this::error);
        assertTrue(lines().contains(snapshot), lines().toString());
        // Of its own folder alone nothing is known about snapshots.
        assertFalse(lastObject(0, "log", "stat", data + "/log", "--json").has("snapshot"));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
        ObjectNode damaged = lastObject(1, "log", "verify", data, "--json");
        assertTrue(damaged.get("snapshot").isNull(), damaged.toString());
        assertTrue(damaged.get("snapshot_damage").get(0).get("offset").asLong() > 0, damaged.toString());
        assertTrue(damaged.get("state_lost").asText().startsWith("the state before index " + (index + 1)
                + " is nowhere"), damaged.toString());
        assertEquals(1, run("log", "verify", data));
        assertEquals("damaged in 2 places", lines().getLast());
        Files.delete(file);
        for (String command : List.of("verify", "stat", "dump")) {
            ObjectNode lost = lastObject(1, "log", command, data, "--json");
            assertTrue(lost.get("snapshot").isNull() && lost.get("snapshot_damage").isEmpty(), lost.toString());
            assertFalse(lost.get("state_lost").isNull(), lost.toString());
        }
        assertEquals(1, run("log", "verify", data));
        assertEquals(List.of("no snapshot", "damaged in 1 place"), List.of(lines().get(2), lines().getLast()));
    }

    /** The node is refused for the same reason. */
    @Test
    void verifyTellsALogThatLacksWhatItsServerTookASnapshotOf() throws IOException {
        String data = folder.resolve("n1").toString();
        ObjectNode snapshot = snapshotOf(data);
        long index = snapshot.get("index").asLong();
        long term = snapshot.get("term").asLong();
        assertTrue(lastObject(0, "log", "verify", data, "--json").get("entries_lost").isNull());
        String rest = ", and this server took its snapshot " + file + " of index " + index + ", term " + term
                + ": acknowledged entries are gone (a server that is not in doubt already does not start)";
        try (MmapLog log = log()) {
            log.overwrite(index, List.of(noop(index, term + 1)));
        }
        assertEquals("the log has an entry of term " + (term + 1) + " at index " + index + rest,
                lastObject(1, "log", "verify", data, "--json").get("entries_lost").asText());
        assertEquals(EndCause.LOST_DATA, assertThrows(NodeStartException.class, () -> start().close()).endCause());
        Files.move(folder.resolve("n1/log"), folder.resolve("replaced"));
        try (MmapLog log = log()) {
            log.append(LongStream.range(1, index).mapToObj(each -> noop(each, 1)).toList());
        }
        String ends = "the log ends at index " + (index - 1) + rest;
        assertEquals(ends, lastObject(1, "log", "verify", data, "--json").get("entries_lost").asText());
        assertEquals(1, run("log", "verify", data));
        assertEquals(List.of("DAMAGE: " + ends, "damaged in 1 place"),
                lines().subList(lines().size() - 2, lines().size()));
    }

    private static LogEntry noop(long index, long term) {
        return new LogEntry(index, term, 7, EntryType.NOOP, 0, 0, Bytes.EMPTY);
    }

    @Test
    void aLogFromIndexOneNeedsNoSnapshot() throws IOException {
        String data = folder.resolve("n1").toString();
        assertTrue(snapshotOf(data).get("index").asLong() > 0);
        Files.delete(file);
        ObjectNode none = lastObject(0, "log", "verify", data, "--json");
        assertTrue(none.get("snapshot").isNull() && none.get("state_lost").isNull(), none.toString());
        assertEquals(1, none.get("first_index").asLong());
        Files.delete(file.getParent());
        assertTrue(lastObject(0, "log", "stat", data, "--json").get("snapshot").isNull());
    }

    @Test
    void aFolderThatIsNamedLikeASnapshotIsSaidToBeOne() throws IOException {
        Path odd = Files.createDirectory(folder.resolve("n1/snapshots/x.snapshot"));
        String line = odd + " is a directory, and named like the file of a snapshot: move it away";
        assertEquals(1, run("snapshot", "verify", odd.toString()));
        assertEquals("driftless: " + line, error());
        assertEquals(1, run("log", "verify", odd.getParent().getParent().toString()));
        assertEquals("driftless: " + line, error());
        NodeStartException refused = assertThrows(NodeStartException.class, () -> start().close());
        assertEquals(line, refused.getMessage());
        Files.delete(odd);
        start().close();
    }

    private ObjectNode snapshotOf(String data) {
        return (ObjectNode) lastObject(0, "log", "stat", data, "--json").get("snapshot");
    }

    private ObjectNode lastObject(int exit, String... arguments) {
        assertEquals(exit, run(arguments), this::error);
        return Json.parseObject(lines().getLast()).orElseThrow();
    }

    @Test
    void whatIsNoSnapshotIsNamedInOneLine() throws IOException {
        assertEquals(1, run("snapshot", "dump", folder.toString()));
        assertEquals("driftless: " + folder + " is a directory: name a file in it", error());
        assertEquals(1, run("snapshot", "verify", folder.resolve("none").toString()));
        assertEquals("driftless: " + folder.resolve("none") + ": no such file", error());
        Path other = Files.writeString(folder.resolve("other"), "x".repeat(300));
        assertEquals(1, run("snapshot", "dump", other.toString()));
        assertEquals(1, error().lines().count(), error());
        assertTrue(error().contains(other.toString()), error());
        assertEquals(2, run("snapshot"));
        assertEquals(2, run("snapshot", "dump"));
    }
}
