package io.driftless.ops.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Result;
import io.driftless.ops.cluster.SentCommand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyValueMachineTest {

    private final KeyValueMachine machine = new KeyValueMachine();

    @Test
    void putCountsVersionsAndGetReadsThem() {
        assertEquals(new KvReply.Absent(), apply(new KvCommand.Get(text("k"))));
        assertEquals(new KvReply.Written(1), apply(new KvCommand.Put(text("k"), text("a"))));
        assertEquals(new KvReply.Written(2), apply(new KvCommand.Put(text("k"), text("a"))));
        assertEquals(new KvReply.Found(2, text("a")), apply(new KvCommand.Get(text("k"))));
    }

    @Test
    void casWritesOnlyOverTheExpectedValue() {
        assertEquals(new KvReply.NotWritten(), apply(new KvCommand.Cas(text("k"), text("a"), text("b"))));
        assertEquals(new KvReply.Written(1), apply(new KvCommand.Create(text("k"), text("a"))));
        assertEquals(new KvReply.NotWritten(), apply(new KvCommand.Create(text("k"), text("a"))));
        assertEquals(new KvReply.NotWritten(), apply(new KvCommand.Cas(text("k"), text("x"), text("b"))));
        assertEquals(new KvReply.Written(2), apply(new KvCommand.Cas(text("k"), text("a"), text("b"))));
        assertEquals(new KvReply.Found(2, text("b")), apply(new KvCommand.Get(text("k"))));
    }

    @Test
    void deleteForgetsValueAndVersion() {
        apply(new KvCommand.Put(text("k"), text("a")));
        apply(new KvCommand.Put(text("k"), text("b")));
        assertEquals(new KvReply.Deleted(true), apply(new KvCommand.Delete(text("k"))));
        assertEquals(new KvReply.Deleted(false), apply(new KvCommand.Delete(text("k"))));
        assertEquals(new KvAnswer.Digest(0, 0, StateHash.EMPTY), digest());
        assertEquals(new KvReply.Written(1), apply(new KvCommand.Put(text("k"), text("c"))));
    }

    @Test
    void malformedCommandIsAFailedResultAndChangesNothing() {
        apply(new KvCommand.Put(text("k"), text("a")));
        KvAnswer.Digest before = digest();
        Result result = machine.apply(new SentCommand(2, new byte[] {1, 99}));
        assertEquals(KeyValueMachine.MALFORMED, result.code());
        assertTrue(result.text().contains("at byte 2"), result.text());
        assertEquals(before, digest());
        assertEquals(KeyValueMachine.MALFORMED, machine.query(ByteBuffer.wrap(new byte[] {77}), 2).code());
    }

    @Test
    void aWriteAboveTheQuotaIsRefusedAndChangesNothing() {
        apply(new KvCommand.SetQuota(2 * KeyValueMachine.countedBytes(1, 10)));
        apply(new KvCommand.Put(text("a"), text("0123456789")));
        apply(new KvCommand.Create(text("b"), text("0123456789")));
        KvAnswer.Digest before = digest();
        KvReply.Usage full = new KvReply.Usage(2, 222, 222);
        assertEquals(full, apply(new KvCommand.Usage()));
        for (KvCommand grows : List.of(new KvCommand.Put(text("c"), Bytes.EMPTY),
                new KvCommand.Create(text("c"), Bytes.EMPTY), new KvCommand.Put(text("a"), text("0123456789+")),
                new KvCommand.Cas(text("b"), text("0123456789"), text("0123456789+")))) {
            Result result = machine.apply(new SentCommand(9, grows.encode()));
            assertEquals(KeyValueMachine.QUOTA_EXCEEDED, result.code(), grows::toString);
            assertTrue(result.text().startsWith("the quota is 222 bytes, 222 are used, and this needs "),
                    result.text());
        }
        assertEquals(before, digest());
        assertEquals(full, apply(new KvCommand.Usage()));
    }

    @Test
    void whatDoesNotGrowIsNeverRefusedAlsoFarAboveTheQuota() {
        apply(new KvCommand.Put(text("a"), text("0123456789")));
        apply(new KvCommand.Put(text("b"), text("0123456789")));
        assertEquals(new KvReply.Usage(2, 222, 5), apply(new KvCommand.SetQuota(5)));
        assertEquals(new KvReply.Written(2), apply(new KvCommand.Put(text("a"), text("9876543210"))));
        assertEquals(new KvReply.Written(2), apply(new KvCommand.Cas(text("b"), text("0123456789"), text("less"))));
        assertEquals(new KvReply.Deleted(true), apply(new KvCommand.Delete(text("a"))));
        assertEquals(new KvReply.NotWritten(), apply(new KvCommand.Create(text("b"), text("a value that is long"))));
        assertEquals(new KvReply.Usage(1, 105, 5), apply(new KvCommand.Usage()));
        apply(new KvCommand.SetQuota(211));
        assertEquals(new KvReply.Written(1), apply(new KvCommand.Put(text("c"), text("tight"))));
    }

    @Test
    void theQuotaBeginsAsAConstantAndIsPartOfTheHash() {
        assertEquals(new KvReply.Usage(0, 0, 134_217_728), apply(new KvCommand.Usage()));
        apply(new KvCommand.SetQuota(1000));
        StateHash of1000 = digest().hash();
        apply(new KvCommand.SetQuota(1001));
        assertNotEquals(of1000, digest().hash());
        apply(new KvCommand.SetQuota(1000));
        assertEquals(of1000, digest().hash());
        apply(new KvCommand.SetQuota(KeyValueMachine.DEFAULT_QUOTA_BYTES));
        assertEquals(StateHash.EMPTY, digest().hash());
    }

    @Test
    void scanPagesInUnsignedOrderAndKeepsToItsPrefix() {
        List<Bytes> keys = List.of(Bytes.EMPTY, bytes(0), bytes(1, 0), bytes(1, 0x7F), bytes(1, 0x80), bytes(1, 0xFF),
                bytes(0x80), bytes(0xFF, 0xFF));
        keys.reversed().forEach(key -> apply(new KvCommand.Put(key, key)));
        for (int limit = 1; limit <= keys.size() + 1; limit++) {
            assertEquals(keys, scanAll(Bytes.EMPTY, limit), "limit " + limit);
            assertEquals(keys.subList(2, 6), scanAll(bytes(1), limit), "limit " + limit);
        }
        assertEquals(List.of(), scanAll(bytes(2), 3));
    }

    @Test
    void aPageEndsBeforeItGrowsTooLarge() {
        for (int i = 0; i < 10; i++) {
            apply(new KvCommand.Put(bytes(i), Bytes.wrap(new byte[100_000])));
        }
        KvAnswer.Page page = page(Bytes.EMPTY, Bytes.EMPTY, 1000);
        assertEquals(3, page.rows().size());
        assertTrue(page.more());
        assertEquals(10, scanAll(Bytes.EMPTY, 1000).size());
    }

    @Test
    void theHashDependsOnTheStateAndNotOnTheWayThere() {
        KeyValueMachine other = new KeyValueMachine();
        apply(new KvCommand.Put(text("a"), text("1")));
        apply(new KvCommand.Put(text("b"), text("2")));
        apply(new KvCommand.Put(text("c"), text("3")));
        apply(new KvCommand.Delete(text("c")));
        execute(other, new KvCommand.Put(text("b"), text("2")));
        execute(other, new KvCommand.Put(text("a"), text("1")));
        assertEquals(digest(), digest(other));

        apply(new KvCommand.Put(text("a"), text("1")));
        assertNotEquals(digest().hash(), digest(other).hash(), "a version more");
        execute(other, new KvCommand.Put(text("a"), text("2")));
        assertNotEquals(digest().hash(), digest(other).hash(), "another value");
    }

    @Test
    void theHashTellsBordersAndZerosApart() {
        List<StateHash> hashes = List.of(
                StateHash.EMPTY.plus(text("ab"), 1, text("c")), StateHash.EMPTY.plus(text("a"), 1, text("bc")),
                StateHash.EMPTY.plus(text("c"), 1, text("ab")), StateHash.EMPTY.plus(Bytes.EMPTY, 1, bytes(0)),
                StateHash.EMPTY.plus(bytes(0), 1, Bytes.EMPTY),
                StateHash.EMPTY.plus(Bytes.EMPTY, 1, bytes(0, 0, 0, 0, 0, 0, 0, 0)),
                StateHash.EMPTY.plus(Bytes.EMPTY, 1, bytes(0, 0, 0, 0, 0, 0, 0, 0, 0)), StateHash.EMPTY);
        assertEquals(hashes.size(), hashes.stream().map(StateHash::high).distinct().count());
        assertEquals(hashes.size(), hashes.stream().map(StateHash::low).distinct().count());
    }

    @Test
    void doesWhatANaiveMapDoes() {
        long seed = 7;
        Random random = new Random(seed);
        Map<Bytes, Long> versions = new HashMap<>();
        Map<Bytes, Bytes> values = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            Bytes key = bytes(random.nextInt(20));
            Bytes value = bytes(random.nextInt(3));
            Bytes present = values.get(key);
            switch (random.nextInt(4)) {
                case 0 -> {
                    versions.merge(key, 1L, Long::sum);
                    values.put(key, value);
                    assertEquals(new KvReply.Written(versions.get(key)), apply(new KvCommand.Put(key, value)));
                }
                case 1 -> {
                    Bytes expected = bytes(random.nextInt(3));
                    boolean done = expected.equals(present);
                    if (done) {
                        versions.merge(key, 1L, Long::sum);
                        values.put(key, value);
                    }
                    assertEquals(done ? new KvReply.Written(versions.get(key)) : new KvReply.NotWritten(),
                            apply(new KvCommand.Cas(key, expected, value)));
                }
                case 2 -> assertEquals(new KvReply.Deleted(values.remove(key) != null | versions.remove(key) != null),
                        apply(new KvCommand.Delete(key)));
                default -> assertEquals(present == null ? new KvReply.Absent()
                        : new KvReply.Found(versions.get(key), present),
                        apply(new KvCommand.Get(key)));
            }
            assertEquals(apply(new KvCommand.Get(key)), asked(new KvCommand.Get(key)));
        }
        StateHash hash = StateHash.EMPTY;
        for (Map.Entry<Bytes, Bytes> entry : values.entrySet()) {
            hash = hash.plus(entry.getKey(), versions.get(entry.getKey()), entry.getValue());
        }
        long sum = versions.values().stream().mapToLong(Long::longValue).sum();
        assertFalse(values.isEmpty());
        assertEquals(new KvAnswer.Digest(values.size(), sum, hash), digest(), "seed " + seed);
        long used = values.entrySet().stream().mapToLong(entry ->
                KeyValueMachine.countedBytes(entry.getKey().length(), entry.getValue().length())).sum();
        assertEquals(new KvReply.Usage(values.size(), used, KeyValueMachine.DEFAULT_QUOTA_BYTES),
                apply(new KvCommand.Usage()), "seed " + seed);
        assertEquals(apply(new KvCommand.Usage()), asked(new KvCommand.Usage()));
    }

    private KvReply apply(KvCommand command) {
        return execute(machine, command);
    }

    private static KvReply execute(KeyValueMachine machine, KvCommand command) {
        Result result = machine.apply(new SentCommand(1, command.encode()));
        assertTrue(result.isOk(), result.toString());
        return KvReply.decode(ByteBuffer.wrap(result.value()));
    }

    private KvReply asked(KvCommand command) {
        Result result = machine.query(ByteBuffer.wrap(new KvQuery.Read(command).encode()), 1);
        return ((KvAnswer.Said) KvAnswer.decode(ByteBuffer.wrap(result.value()))).reply();
    }

    private KvAnswer.Digest digest() {
        return digest(machine);
    }

    private static KvAnswer.Digest digest(KeyValueMachine machine) {
        Result result = machine.query(ByteBuffer.wrap(new KvQuery.Summary().encode()), 1);
        return (KvAnswer.Digest) KvAnswer.decode(ByteBuffer.wrap(result.value()));
    }

    private KvAnswer.Page page(Bytes prefix, Bytes from, int limit) {
        byte[] query = new KvQuery.Scan(prefix, from, limit).encode();
        return (KvAnswer.Page) KvAnswer.decode(ByteBuffer.wrap(machine.query(ByteBuffer.wrap(query), 1).value()));
    }

    private List<Bytes> scanAll(Bytes prefix, int limit) {
        List<Bytes> keys = new ArrayList<>();
        Bytes from = Bytes.EMPTY;
        while (true) {
            KvAnswer.Page page = page(prefix, from, limit);
            assertTrue(page.rows().size() <= limit);
            page.rows().forEach(row -> keys.add(row.key()));
            if (!page.more()) {
                return keys;
            }
            from = page.next();
        }
    }

    private static Bytes text(String text) {
        return Bytes.utf8(text);
    }

    private static Bytes bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Bytes.wrap(bytes);
    }
}
