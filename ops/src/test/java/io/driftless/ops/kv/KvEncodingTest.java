package io.driftless.ops.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class KvEncodingTest {

    private static final Bytes KEY = Bytes.utf8("schlüssel");
    private static final Bytes BINARY = Bytes.wrap(new byte[] {0, (byte) 0xFF, 10, 13, (byte) 0x80});
    private static final Bytes LONG = Bytes.wrap(new byte[70_000]);

    @Test
    void commandsSurviveTheirEncoding() {
        for (Bytes bytes : List.of(Bytes.EMPTY, KEY, BINARY, LONG)) {
            for (KvCommand command : List.of(new KvCommand.Put(bytes, KEY), new KvCommand.Put(KEY, bytes),
                    new KvCommand.Get(bytes),
                    new KvCommand.Create(bytes, bytes), new KvCommand.Cas(bytes, KEY, BINARY),
                    new KvCommand.Cas(KEY, bytes, bytes),
                    new KvCommand.Delete(bytes), new KvCommand.Usage(), new KvCommand.SetQuota(0),
                    new KvCommand.SetQuota(Long.MAX_VALUE))) {
                assertEquals(command, KvCommand.decode(ByteBuffer.wrap(command.encode())));
            }
        }
    }

    @Test
    void repliesQueriesAndAnswersSurviveTheirEncoding() {
        for (KvReply reply : List.of(new KvReply.Written(1), new KvReply.Written(Long.MAX_VALUE),
                new KvReply.NotWritten(), new KvReply.Absent(),
                new KvReply.Found(300, BINARY), new KvReply.Found(1, Bytes.EMPTY), new KvReply.Deleted(true),
                new KvReply.Deleted(false), new KvReply.Usage(0, 0, 0), new KvReply.Usage(3, 300, Long.MAX_VALUE))) {
            assertEquals(reply, KvReply.decode(ByteBuffer.wrap(reply.encode())));
        }
        for (KvQuery query : List.of(new KvQuery.Summary(), new KvQuery.Read(new KvCommand.Get(BINARY)),
                new KvQuery.Read(new KvCommand.Usage()), new KvQuery.Scan(Bytes.EMPTY, BINARY, 1),
                new KvQuery.Scan(KEY, KEY, Integer.MAX_VALUE))) {
            assertEquals(query, KvQuery.decode(ByteBuffer.wrap(query.encode())));
        }
        for (KvAnswer answer : List.of(new KvAnswer.Digest(3, 1000, new StateHash(-1, Long.MIN_VALUE)),
                new KvAnswer.Page(List.of(), false), new KvAnswer.Said(new KvReply.Found(2, BINARY)),
                new KvAnswer.Said(new KvReply.Absent()),
                new KvAnswer.Page(List.of(new KvAnswer.Row(KEY, 2, LONG),
                new KvAnswer.Row(Bytes.EMPTY, 1, Bytes.EMPTY)), true))) {
            assertEquals(answer, KvAnswer.decode(ByteBuffer.wrap(answer.encode())));
        }
    }

    @Test
    void theBytesInALogNeverChange() {
        assertHex("01016b76616c7565", new KvCommand.Put(Bytes.utf8("k"), Bytes.utf8("value")));
        assertHex("02016b", new KvCommand.Get(Bytes.utf8("k")));
        assertHex("03016b6e6577", new KvCommand.Create(Bytes.utf8("k"), Bytes.utf8("new")));
        assertHex("04016b036f6c646e6577", new KvCommand.Cas(Bytes.utf8("k"), Bytes.utf8("old"), Bytes.utf8("new")));
        assertHex("05016b", new KvCommand.Delete(Bytes.utf8("k")));
        assertHex("06", new KvCommand.Usage());
        assertHex("078008", new KvCommand.SetQuota(1024));
    }

    @Test
    void encodedPutLengthIsTheLengthOfThePut() {
        for (int keyLength : new int[] {0, 1, 127, 128, 16_383, 16_384}) {
            KvCommand put = new KvCommand.Put(Bytes.wrap(new byte[keyLength]), KEY);
            assertEquals(put.encode().length, KvCommand.encodedPutLength(keyLength, KEY.length()));
        }
    }

    @Test
    void refusesWhatIsCutOffOrUnknown() {
        byte[] cas = new KvCommand.Cas(KEY, KEY, Bytes.EMPTY).encode();
        for (int length = 0; length < cas.length; length++) {
            byte[] cut = Arrays.copyOf(cas, length);
            assertThrows(MalformedException.class, () -> KvCommand.decode(ByteBuffer.wrap(cut)), "length " + length);
        }
        byte[] get = new KvCommand.Get(KEY).encode();
        assertThrows(MalformedException.class, () -> KvCommand.decode(ByteBuffer.wrap(Arrays.copyOf(get, get.length
                + 1))));
        assertThrows(MalformedException.class, () -> KvCommand.decode(ByteBuffer.wrap(new byte[] {99})));
        byte[] negative = {7, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1};
        assertThrows(MalformedException.class, () -> KvCommand.decode(ByteBuffer.wrap(negative)));
        assertThrows(MalformedException.class, () -> KvQuery.decode(ByteBuffer.wrap(new byte[] {1, 0, 0, 0})));
        byte[] writes = {3, 5, 1, 'k'};
        assertEquals("a delete is no query at byte 4", assertThrows(MalformedException.class, () -> KvQuery.decode(
                ByteBuffer.wrap(writes))).getMessage());
    }

    @Test
    void anyBytesAreEitherReadOrMalformed() {
        long seed = 20261124;
        Random random = new Random(seed);
        List<Function<ByteBuffer, Object>> decoders = List.of(KvCommand::decode, KvReply::decode, KvQuery::decode,
                KvAnswer::decode);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(24)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = (byte) random.nextInt(9);
            }
            for (Function<ByteBuffer, Object> decoder : decoders) {
                try {
                    decoder.apply(ByteBuffer.wrap(bytes));
                } catch (MalformedException expected) {
                    // As promised; anything else fails the test.
                }
            }
        }
    }

    @Test
    void readsWithoutMovingTheBuffer() {
        KvCommand command = new KvCommand.Put(KEY, BINARY);
        ByteBuffer buffer = ByteBuffer.allocate(100).put((byte) 7).put(command.encode()).flip().position(1)
                .asReadOnlyBuffer();
        assertEquals(command, KvCommand.decode(buffer));
        assertEquals(1, buffer.position());
    }

    private static void assertHex(String hex, KvCommand command) {
        assertArrayEquals(HexFormat.of().parseHex(hex), command.encode());
    }
}
