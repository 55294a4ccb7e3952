package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.codec.Serializers;
import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.log.Chunk;
import io.driftless.log.Entries;
import io.driftless.log.LogEntry;
import io.driftless.raft.Content;
import io.driftless.raft.Message;
import io.driftless.raft.Message.AppendEntries;
import io.driftless.raft.Message.InstallSnapshot;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * What every {@link Serializer} must do. An implementation's test extends it. Messages come from {@link SampleMessages}
 * with a seed that a failure names. Needs the JVM flags of a node, as Agrona's buffers do.
 */
public abstract class SerializerContract {

    private static final int SEEDS = 200;
    private static final int SEEDS_OF_DAMAGE = 2;

    // What a decode may allocate beside what its bytes justify, and how much it may take for each byte.
    private static final long ALLOCATION_BASE = 64 * 1024;
    private static final long ALLOCATION_PER_BYTE = 512;

    /** The serializer under test. Each call may return a new one or the same one. */
    protected abstract Serializer serializer();

    /**
     * The bytes, in hexadecimal, of the fixed examples of {@link SampleMessages}, by the simple name of their type.
     * They are recorded once. After a release they are changed only together with {@link Serializer#version}. A failure
     * prints the actual bytes.
     */
    protected abstract Map<String, String> golden();

    @Test
    protected void hasANameAVersionAndAnIdThatStay() {
        Serializer serializer = serializer();
        assertAll(
                () -> assertTrue(serializer.name().matches("[a-z][a-z0-9.-]*"), serializer.name()),
                () -> assertTrue(serializer.version() >= 1),
                () -> assertTrue(Set.of(1, 2).contains(serializer.id()) || serializer.id() >= Serializers.USER_ID_MIN),
                () -> assertEquals(serializer.name(), serializer().name()),
                () -> assertEquals(serializer.id(), serializer().id()));
    }

    @Test
    protected void messagesOfEveryTypeComeBackEqual() {
        Serializer serializer = serializer();
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (Message message : new SampleMessages(seed).ofEachType()) {
                Message read = decode(serializer, encode(serializer, message), SampleMessages.payloads(message));
                assertEquals(message, read, "seed " + seed);
            }
        }
    }

    @Test
    protected void theSamplesHaveEveryType() {
        assertEquals(permitted(Message.class), types(SampleMessages.fixed()));
        assertEquals(permitted(Message.class), types(new SampleMessages(1).ofEachType()));
        assertEquals(permitted(RecordBody.class), types(SampleMessages.fixedBodies()));
        assertEquals(permitted(RecordBody.class), types(new SampleMessages(1).bodyOfEachType()));
    }

    @Test
    protected void recordBodiesOfEveryTypeComeBackEqual() {
        Serializer serializer = serializer();
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (RecordBody body : new SampleMessages(seed).bodyOfEachType()) {
                byte[] bytes = encode(serializer, body);
                assertEquals(body, serializer.decodeRecord(new UnsafeBuffer(bytes), 0, bytes.length), "seed " + seed);
                assertEquals(body, RecordBodies.decode(RecordBodies.encode(serializer, body), serializer), "seed "
                        + seed);
            }
        }
    }

    @Test
    protected void configurationsOfEachShapeComeBackEqual() {
        Serializer serializer = serializer();
        SampleConfigurations.ofEachShape().forEach((shape, cluster) -> {
            RecordBody body = new RecordBody.ConfigurationBody(cluster);
            assertEquals(body, decodeRecord(serializer, encode(serializer, body)), shape);
            assertEquals(body, RecordBodies.decode(RecordBodies.encode(serializer, body), serializer), shape);
        });
    }

    @Test
    protected void manyEntriesComeBackEqualAndTheBufferGrows() {
        Serializer serializer = serializer();
        AppendEntries message = new SampleMessages(7).appendEntries(5_000);
        assertEquals(message, decode(serializer, encode(serializer, message), SampleMessages.payloads(message)));
        AppendEntries small = new SampleMessages(8).appendEntries(1);
        assertEquals(small, decode(serializer, encode(serializer, small), SampleMessages.payloads(small)));
    }

    @Test
    protected void largestNumbersOfASnapshotComeBackEqual() {
        SampleMessages.largestOfASnapshot().forEach(message -> assertEquals(message, decode(serializer(),
                encode(serializer(), message), SampleMessages.payloads(message))));
    }

    @Test
    protected void writesAtTheOffsetAndNowhereElse() {
        Serializer serializer = serializer();
        for (Message message : new SampleMessages(3).ofEachType()) {
            byte[] expected = encode(serializer, message);
            byte[] array = new byte[expected.length + 40];
            Arrays.fill(array, (byte) 0x5a);
            UnsafeBuffer buffer = new UnsafeBuffer(array, 10, expected.length + 20);
            int length = serializer.encode(message, buffer, 7);
            byte[] wanted = new byte[array.length];
            Arrays.fill(wanted, (byte) 0x5a);
            System.arraycopy(expected, 0, wanted, 17, length);
            assertEquals(HexFormat.of().formatHex(wanted), HexFormat.of().formatHex(array));
            assertEquals(message, serializer.decode(buffer, 7, length, SampleMessages.payloads(message)));
        }
    }

    @Test
    protected void readsAndWritesMemoryOutsideTheHeap() {
        Serializer serializer = serializer();
        for (Message message : new SampleMessages(4).ofEachType()) {
            UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(16 * 1024));
            int length = serializer.encode(message, buffer, 11);
            assertEquals(message, serializer.decode(buffer, 11, length, SampleMessages.payloads(message)));
        }
    }

    @Test
    protected void payloadsAreSlicesAndNotCopied() {
        Serializer serializer = serializer();
        AppendEntries message = new SampleMessages(5).appendEntries(20);
        Bytes inside = surrounded(SampleMessages.payloads(message));
        AppendEntries read = (AppendEntries) decode(serializer, encode(serializer, message), inside);
        assertEquals(message, read);
        for (LogEntry entry : ((Entries) read.content()).list()) {
            if (entry.payload().length() > 0) {
                assertSame(inside.array(), entry.payload().array());
            }
        }
    }

    @Test
    protected void aChunkIsNotCopied() {
        Serializer serializer = serializer();
        for (InstallSnapshot message : List.of(new SampleMessages(5).part(1000), new SampleMessages(6).offer(50))) {
            Bytes inside = surrounded(SampleMessages.payloads(message));
            InstallSnapshot read = (InstallSnapshot) decode(serializer, encode(serializer, message), inside);
            assertEquals(message, read);
            assertSame(inside.array(), ((Chunk) read.content()).bytes().array());
        }
    }

    @Test
    protected void refusesAPartWithoutExactlyItsBytes() {
        Serializer serializer = serializer();
        InstallSnapshot part = new SampleMessages(11).part(3);
        for (Content wrong : List.of(Content.NONE, chunk(2), chunk(4), chunk(0))) {
            assertThrows(IllegalArgumentException.class, () -> encode(serializer, part.with(wrong)));
        }
        InstallSnapshot offer = new SampleMessages(11).offer(3);
        assertThrows(IllegalArgumentException.class, () -> encode(serializer, offer.with(Content.NONE)));
        InstallSnapshot other = offer.with(chunk(4));
        assertEquals(other, decode(serializer, encode(serializer, other), SampleMessages.payloads(other)));
    }

    private static Chunk chunk(int length) {
        return new Chunk(Bytes.wrap(new byte[length]));
    }

    @Test
    protected void bytesThatEndTooEarlyAreMalformed() {
        Serializer serializer = serializer();
        forEachDamaged((message, bytes, payloads) -> {
            for (int length = 0; length < bytes.length; length++) {
                int end = length;
                // Once with the rest still standing behind the end, once without.
                malformed(length, () -> serializer.decode(new UnsafeBuffer(bytes), 0, end, payloads));
                malformed(length, () -> decode(serializer, Arrays.copyOf(bytes, end), payloads));
            }
        });
        forEachBody(bytes -> {
            for (int length = 0; length < bytes.length; length++) {
                int end = length;
                malformed(length, () -> serializer.decodeRecord(new UnsafeBuffer(bytes), 0, end));
            }
        });
    }

    @Test
    protected void bytesBehindTheMessageAreMalformed() {
        Serializer serializer = serializer();
        forEachDamaged((message, bytes, payloads) -> {
            for (byte extra : new byte[] {0, 1, 'x', '}', -1}) {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                longer[bytes.length] = extra;
                malformed(longer.length, () -> decode(serializer, longer, payloads));
            }
        });
        forEachBody(bytes -> {
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            malformed(longer.length, () -> decodeRecord(serializer, longer));
        });
    }

    @Test
    protected void payloadsThatAreNotThoseOfTheEntriesAreMalformed() {
        Serializer serializer = serializer();
        forEachDamaged((message, bytes, payloads) -> {
            byte[] more = Arrays.copyOf(payloads.toByteArray(), payloads.length() + 1);
            malformed(bytes.length, () -> decode(serializer, bytes, Bytes.wrap(more)));
            if (payloads.length() > 0) {
                malformed(bytes.length, () -> decode(serializer, bytes, payloads.slice(0, payloads.length() - 1)));
                malformed(bytes.length, () -> decode(serializer, bytes, Bytes.EMPTY));
            }
        });
    }

    @Test
    protected void aFlippedBitGivesAMessageOrIsMalformed() {
        Serializer serializer = serializer();
        forEachDamaged((message, bytes, payloads) -> {
            for (int bit = 0; bit < bytes.length * 8; bit++) {
                byte[] damaged = bytes.clone();
                damaged[bit / 8] ^= (byte) (1 << (bit % 8));
                messageOrMalformed(serializer, damaged, payloads);
            }
        });
    }

    @Test
    protected void aFlippedBitGivesARecordBodyOrIsMalformed() {
        Serializer serializer = serializer();
        forEachBody(bytes -> {
            for (int bit = 0; bit < bytes.length * 8; bit++) {
                byte[] damaged = bytes.clone();
                damaged[bit / 8] ^= (byte) (1 << (bit % 8));
                bodyOrMalformed(serializer, damaged);
            }
        });
    }

    @Test
    protected void forgedLengthsAndRubbishReserveNoMemory() {
        Serializer serializer = serializer();
        List<byte[]> forgeries = List.of(hex("ffffffffffffffffff"), hex("ffffffffffffffff7f"), hex("ffffffff07"),
                hex("ffffffff0f"),
                hex("feffffff0f"), hex("80808080808080"), "999999999999999999".getBytes(StandardCharsets.US_ASCII),
                "2147483647".getBytes(StandardCharsets.US_ASCII),
                "[[[[[[[[[[[[[[[[".getBytes(StandardCharsets.US_ASCII),
                "{{{{{{{{{{{{".getBytes(StandardCharsets.US_ASCII), hex("0000000000000000"));
        forEachDamaged((message, bytes, payloads) -> {
            for (byte[] forgery : forgeries) {
                for (int at = 0; at < bytes.length; at += 1 + bytes.length / 100) {
                    byte[] damaged = Arrays.copyOf(bytes, Math.max(bytes.length, at + forgery.length));
                    System.arraycopy(forgery, 0, damaged, at, forgery.length);
                    messageOrMalformed(serializer, damaged, payloads);
                }
            }
        });
        forEachBody(bytes -> {
            for (byte[] forgery : forgeries) {
                for (int at = 0; at < bytes.length; at++) {
                    byte[] damaged = Arrays.copyOf(bytes, Math.max(bytes.length, at + forgery.length));
                    System.arraycopy(forgery, 0, damaged, at, forgery.length);
                    bodyOrMalformed(serializer, damaged);
                }
            }
        });
        Random random = new Random(9);
        byte[] good = encode(serializer, SampleMessages.fixed().getFirst());
        for (int i = 0; i < 20_000; i++) {
            byte[] rubbish = new byte[random.nextInt(80)];
            random.nextBytes(rubbish);
            System.arraycopy(good, 0, rubbish, 0, Math.min(random.nextInt(3), Math.min(good.length, rubbish.length)));
            messageOrMalformed(serializer, rubbish, Bytes.EMPTY);
        }
    }

    @Test
    protected void refusesAnAppendEntriesWithoutExactlyItsEntries() {
        Serializer serializer = serializer();
        AppendEntries whole = new SampleMessages(11).appendEntries(3);
        List<LogEntry> entries = ((Entries) whole.content()).list();
        LogEntry last = entries.getLast();
        LogEntry other = new LogEntry(last.index(), last.term() + 1, last.timeMs(), last.type(), last.session(),
                last.serial(), last.payload());
        for (Content wrong : List.of(Content.NONE, new Entries(entries.subList(0, 2)), new Entries(entries.subList(1,
                3)),
                new Entries(List.of(entries.get(0), entries.get(1), other)))) {
            assertThrows(IllegalArgumentException.class, () -> encode(serializer, whole.with(wrong)));
        }
        assertThrows(IllegalArgumentException.class, () -> encode(serializer, new Message.PreVoteReply(-1, 1, true)));
        assertEquals(whole, decode(serializer, encode(serializer, whole), SampleMessages.payloads(whole)));
    }

    @Test
    protected void servesManyThreadsAtOnce() throws Exception {
        Serializer serializer = serializer();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < 24; thread++) {
                long firstSeed = 1000L * thread;
                done.add(threads.submit(() -> {
                    for (long seed = firstSeed; seed < firstSeed + 50; seed++) {
                        for (Message message : new SampleMessages(seed).ofEachType()) {
                            byte[] bytes = encode(serializer, message);
                            assertEquals(message, decode(serializer, bytes, SampleMessages.payloads(message)), "seed "
                                    + seed);
                            messageOrMalformed(serializer, Arrays.copyOf(bytes, bytes.length - 1), Bytes.EMPTY);
                        }
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get(180, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    protected void textIsOneLineThatBeginsWithTheType() {
        Serializer serializer = serializer();
        for (Message message : new SampleMessages(12).ofEachType()) {
            String text = serializer.toText(message);
            assertTrue(text.startsWith(message.getClass().getSimpleName()), text);
            assertTrue(text.contains(Long.toString(message.term())), text);
            assertFalse(text.contains("\n"), text);
        }
        for (RecordBody body : SampleMessages.fixedBodies()) {
            String text = serializer.toText(body);
            assertTrue(body.getClass().getSimpleName().startsWith(text.substring(0, text.indexOf(' '))), text);
            assertFalse(text.contains("\n"), text);
        }
    }

    @Test
    protected void theEncodingHasNotChanged() {
        Serializer serializer = serializer();
        Map<String, String> golden = golden();
        List<Executable> checks = new ArrayList<>();
        for (Message message : SampleMessages.fixed()) {
            String name = message.getClass().getSimpleName();
            String hex = HexFormat.of().formatHex(encode(serializer, message));
            checks.add(() -> assertEquals(golden.get(name), hex, name));
            checks.add(() -> assertEquals(message, decode(serializer, hex(hex), SampleMessages.payloads(message))));
        }
        for (RecordBody body : SampleMessages.fixedBodies()) {
            String name = body.getClass().getSimpleName();
            byte[] bytes = encode(serializer, body);
            checks.add(() -> assertEquals(golden.get(name), HexFormat.of().formatHex(bytes), name));
            checks.add(() -> assertEquals(body, serializer.decodeRecord(new UnsafeBuffer(bytes), 0, bytes.length)));
        }
        assertAll(checks);
    }

    private interface Damage {
        void to(Message message, byte[] bytes, Bytes payloads);
    }

    private void forEachDamaged(Damage damage) {
        List<Message> messages = new ArrayList<>(SampleMessages.fixed());
        for (long seed = 1; seed <= SEEDS_OF_DAMAGE; seed++) {
            messages.addAll(new SampleMessages(seed).ofEachType());
        }
        for (Message message : messages) {
            damage.to(message, encode(serializer(), message), SampleMessages.payloads(message));
        }
    }

    private void forEachBody(Consumer<byte[]> damage) {
        List<RecordBody> bodies = new ArrayList<>(SampleMessages.fixedBodies());
        for (long seed = 1; seed <= SEEDS_OF_DAMAGE; seed++) {
            bodies.addAll(new SampleMessages(seed).bodyOfEachType());
        }
        // Nine members can be damaged in no other ways than a few, and in many more places.
        SampleConfigurations.ofEachShape().values().stream().filter(cluster -> cluster.members().size() < 9)
                .forEach(cluster -> bodies.add(new RecordBody.ConfigurationBody(cluster)));
        for (RecordBody body : bodies) {
            damage.accept(encode(serializer(), body));
        }
    }

    private static void messageOrMalformed(Serializer serializer, byte[] bytes, Bytes payloads) {
        decodedOrMalformed(bytes, () -> decode(serializer, bytes, payloads));
    }

    private static void bodyOrMalformed(Serializer serializer, byte[] bytes) {
        decodedOrMalformed(bytes, () -> decodeRecord(serializer, bytes));
    }

    private static void decodedOrMalformed(byte[] bytes, Runnable decoding) {
        long allowed = ALLOCATION_BASE + ALLOCATION_PER_BYTE * bytes.length;
        long taken = allocatedByDecoding(bytes, decoding);
        // What runs for the first time also loads classes: only what is taken again is the decoder's.
        for (int attempt = 0; attempt < 3 && taken > allowed; attempt++) {
            taken = allocatedByDecoding(bytes, decoding);
        }
        if (taken > allowed) {
            fail(taken + " bytes allocated for " + HexFormat.of().formatHex(bytes));
        }
    }

    private static long allocatedByDecoding(byte[] bytes, Runnable decoding) {
        long before = allocated();
        try {
            decoding.run();
        } catch (MalformedException e) {
            assertTrue(e.position() >= 0 && e.position() <= bytes.length, () -> "position of " + e);
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            fail("neither decoded nor malformed: " + HexFormat.of().formatHex(bytes), e);
        }
        return allocated() - before;
    }

    // Of a virtual thread the JVM does not tell: -1, and the difference is 0.
    private static long allocated() {
        return Thread.currentThread().isVirtual() ? -1
                : ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    private static void malformed(int length, Runnable decoding) {
        MalformedException e = assertThrows(MalformedException.class, decoding::run);
        assertTrue(e.position() >= 0 && e.position() <= length, () -> "position of " + e);
    }

    private static byte[] encode(Serializer serializer, Message message) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(16);
        return bytes(buffer, serializer.encode(message, buffer, 0));
    }

    private static byte[] encode(Serializer serializer, RecordBody body) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(16);
        return bytes(buffer, serializer.encodeRecord(body, buffer, 0));
    }

    private static byte[] bytes(ExpandableArrayBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    private static Message decode(Serializer serializer, byte[] bytes, Bytes payloads) {
        return serializer.decode(new UnsafeBuffer(bytes), 0, bytes.length, payloads);
    }

    private static RecordBody decodeRecord(Serializer serializer, byte[] bytes) {
        return serializer.decodeRecord(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    private static Bytes surrounded(Bytes bytes) {
        byte[] array = new byte[bytes.length() + 20];
        System.arraycopy(bytes.array(), bytes.offset(), array, 10, bytes.length());
        return Bytes.wrap(array, 10, bytes.length());
    }

    private static Set<String> permitted(Class<?> family) {
        return Arrays.stream(family.getPermittedSubclasses()).map(Class::getSimpleName).collect(Collectors.toSet());
    }

    private static Set<String> types(List<?> values) {
        return values.stream().map(value -> value.getClass().getSimpleName()).collect(Collectors.toSet());
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
