package io.driftless.codec;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.codec.RecordBody.ConfigurationBody;
import io.driftless.codec.RecordBody.SessionClosing;
import io.driftless.codec.RecordBody.SessionOpening;
import io.driftless.codec.RecordBody.SessionsRenewal;
import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.log.Chunk;
import io.driftless.log.Entries;
import io.driftless.raft.Message;
import io.driftless.raft.Message.AppendEntries;
import io.driftless.raft.Message.InstallSnapshot;
import io.driftless.tck.SampleMessages;
import io.driftless.tck.SerializerContract;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The serializer {@code kryo}. */
class KryoSerializerTest extends SerializerContract {

    private static final String SNAPSHOT = "de0702" + "ef4dab89674523010100000000000080" + "0df0feca";

    @Override
    protected Serializer serializer() {
        return Serializers.byName("kryo");
    }

    @Override
    protected Map<String, String> golden() {
        return Map.ofEntries(
                entry("PreVote", "011208026e31eb0705"),
                entry("PreVoteReply", "0113070801"),
                entry("RequestVote", "0114080a6e6f64652d322e625f43eb070501"),
                entry("RequestVoteReply", "0115080800"),
                entry("AppendEntries", "011605026e31e80702e707e607e4072902030205010280a0abfef962bc050c00070202bc050d"
                        + "0c00010100000000"),
                entry("AppendEntriesReply", "011705050000e807de070201e90728"),
                entry("InstallSnapshot", "0118" + "05026e31" + SNAPSHOT + "808040" + "8020" + "09" + "09"),
                entry("InstallSnapshotReply", "0119" + "0505" + SNAPSHOT + "8920" + "80808002" + "01" + "00"),
                entry("TimeoutNow", "011a" + "05026e31"),
                entry("ReadIndex", "011b" + "05" + "ac02"),
                entry("ReadIndexReply", "011c" + "05" + "ac02" + "e807"),
                entry("ConfigurationBody", "0132ac0205"
                        + "026e3104ef4dab896745230101000000000000800d" + "31302e302e302e313a3730303164"
                        + "026e3203ef4dab896745230102000000000000800d" + "31302e302e302e323a3730303100"
                        + "026e3306ef4dab896745230103000000000000800d" + "31302e302e302e333a3730303101"
                        + "026e3402ef4dab896745230104000000000000800d" + "31302e302e302e343a37303031ff"
                        + "026e3505ef4dab896745230105000000000000800d" + "31302e302e302e353a3730303180"),
                entry("SessionOpening", "0133" + "ef4dab89674523010500000000000080" + "e0a712" + "e807" + "808040"
                        + "904e" + "80808020"),
                entry("SessionClosing", "0134" + "e724"),
                entry("SessionsRenewal", "0135" + "03" + "e7240d" + "e82401" + "f0a204c0843d"));
    }

    @Test
    void namesTheByteOfWhatIsWrong() {
        refused("0213070801", 0, "not version 1 of the kryo encoding");
        refused("011208416e31eb0705", 3, "a server id of 65 characters");
        refused("011d070801", 1, "no message or record has code 29");
        refused("0103070801", 1, "no message or record has code 3");
        refused("0101070801", 1, "no message or record has code 1");
        refused("0113070802", 4, "a flag of 2");
        refused("01130708", 4, "the bytes end too early");
        refused("011307080100", 5, "1 bytes too many");
        refused("01320001" + "026e3101" + "00000000000000000000000000000000" + "03613a3164", 1,
                "a record body where a message belongs");
    }

    @Test
    void namesTheByteOfWhatIsWrongInAPartOfASnapshot() {
        String before = "0118" + "05026e31" + SNAPSHOT;
        assertEquals(new Chunk(Bytes.EMPTY), ((InstallSnapshot) decode(before + "07" + "00" + "00" + "00")).content());
        refused(before + "07" + "05" + "03" + "00", 33, "3 bytes from 5 of a snapshot of 7");
        refused(before + "00" + "00" + "00" + "00", 33, "0 bytes from 0 of a snapshot of 0");
        refused(before + "07" + "00" + "02" + "00", 33, "a part of 2 bytes, but the content is 0 bytes");
        refused(before + "07" + "00" + "02" + "02", 32, "a payload of 2 bytes where 0 are left");
        refused(before + "07" + "00" + "8080808008" + "00", 35,
                "a number of 2147483648, which is not 0 to 2147483647");
        refused(before + "07" + "ffffffffffffffffff" + "00" + "00", 38, "a term, index or count of -1");
        refused("0118" + "05026e31" + "00" + SNAPSHOT.substring(4) + "07" + "00" + "00" + "00", 28,
                "a snapshot of index 0, term 2");
    }

    /** In front of it stand the fields that every AppendEntries has, one run, and the first fields of its entry. */
    @Test
    void aDistanceThatTwoBytesDoNotHoldIsMalformed() {
        String before = "0116" + "05026e31" + "010101010101" + "010501" + "02020701";
        assertEquals(65_535, ((Entries) ((AppendEntries) decode(before + "ffff03" + "00")).content()).list()
                .getFirst().distance());
        refused(before + "808004" + "00", 21, "a number of 65536, which is not 0 to 65535");
        refused(before + "ffffffffffffffffff" + "00", 27, "a number of -1, which is not 0 to 65535");
    }

    @Test
    void namesTheByteOfWhatIsWrongInABody() {
        String nonce = "0100000000000000" + "0200000000000000";
        assertEquals(new SessionOpening(new UUID(1, 2), 1, 65_535, 0, 1, 0),
                decodeBody("0133" + nonce + "01" + "ffff03" + "00" + "01" + "00"));
        refusedBody("0133" + nonce + "01" + "808004" + "00" + "01", 21, "a number of 65536, which is not 0 to 65535");
        refusedBody("0133" + nonce + "01" + "8080808008" + "00" + "01", 23,
                "a number of 2147483648, which is not 0 to 65535");
        refusedBody("0133" + nonce + "01" + "01" + "00" + "8080808008", 25,
                "a number of 2147483648, which is not 0 to 2147483647");
        refusedBody("0133" + nonce + "00" + "01" + "00" + "01" + "00", 23,
                "a session that expires after 0 ms: it must be 1 ms or more");
        refusedBody("0133" + nonce + "01" + "00" + "00" + "01" + "00", 23,
                "a session with a window of 0: it must be 1 to 65535");
        refusedBody("0133" + nonce + "01" + "01" + "00" + "00" + "00", 23,
                "a limit of 0 sessions: it must be 1 or more");
        refusedBody("0134" + "00", 3, "a session of id 0: it must be 1 or more");
        refusedBody("0135" + "03" + "0701" + "0801", 2, "a count of 3 in front of 4 bytes");
        refusedBody("0135" + "ffffffffffffffffff" + "0701", 10, "a count of -1 in front of 2 bytes");
        refusedBody("0135" + "02" + "0801" + "0701", 5, "sessions out of order");
        refusedBody("0135" + "02" + "0801" + "0801", 5, "sessions out of order");
        refusedBody("0113070801", 1, "a message where a record body belongs");
    }

    /** The twin writes what the format says with the plainest means. */
    @Test
    void theBodiesOfSessionsAreWhatANaiveTwinWrites() {
        for (long seed = 1; seed <= 200; seed++) {
            for (RecordBody body : new SampleMessages(seed).bodyOfEachType()) {
                if (!(body instanceof ConfigurationBody)) {
                    Bytes written = RecordBodies.encode(serializer(), body);
                    assertEquals(HexFormat.of().formatHex(naive(body)),
                            HexFormat.of().formatHex(written.slice(8, written.length() - 8).toByteArray()),
                            "seed " + seed);
                }
            }
        }
    }

    private static byte[] naive(RecordBody body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(1);
        switch (body) {
            case ConfigurationBody other -> throw new AssertionError(other);
            case SessionOpening opening -> {
                out.write(51);
                for (long half : new long[] {opening.nonce().getMostSignificantBits(),
                        opening.nonce().getLeastSignificantBits()}) {
                    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(half).array());
                }
                List.of(opening.timeoutMs(), (long) opening.window(), opening.resultBytesMax(),
                        (long) opening.sessionsMax(), opening.allResultsMax()).forEach(number -> varint(out, number));
            }
            case SessionClosing closing -> {
                out.write(52);
                varint(out, closing.session());
            }
            case SessionsRenewal renewal -> {
                out.write(53);
                varint(out, renewal.lowestWanted().size());
                renewal.lowestWanted().forEach((session, serial) -> {
                    varint(out, session);
                    varint(out, serial);
                });
            }
        }
        return out.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, long number) {
        long left = number;
        while (left > 127) {
            out.write((int) (left % 128) + 128);
            left /= 128;
        }
        out.write((int) left);
    }

    private Message decode(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return serializer().decode(new UnsafeBuffer(bytes), 0, bytes.length, Bytes.EMPTY);
    }

    private RecordBody decodeBody(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return serializer().decodeRecord(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    private void refused(String hex, int position, String message) {
        MalformedException e = assertThrows(MalformedException.class, () -> decode(hex));
        assertEquals(message + " at byte " + position, e.getMessage());
    }

    private void refusedBody(String hex, int position, String message) {
        MalformedException e = assertThrows(MalformedException.class, () -> decodeBody(hex));
        assertEquals(message + " at byte " + position, e.getMessage());
    }
}
