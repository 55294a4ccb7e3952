package io.driftless.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.tck.SerializerContract;
import java.util.HexFormat;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The serializer {@code kryo}. */
class KryoSerializerTest extends SerializerContract {

    @Override
    protected Serializer serializer() {
        return Serializers.byName("kryo");
    }

    @Override
    protected Map<String, String> golden() {
        return Map.of(
                "PreVote", "011208026e31eb0705",
                "PreVoteReply", "0113070801",
                "RequestVote", "0114080a6e6f64652d322e625f43eb070501",
                "RequestVoteReply", "0115080800",
                "AppendEntries", "011605026e31e80702e707e607e40702030205010280a0abfef962bc050c070202bc050d000101000000",
                "AppendEntriesReply", "011705050000e807de070201",
                "ConfigurationBody", "013202026e31026e3202026e32026e3301026e34"
                        + "ef4dab89674523010100000000000080ef4dab89674523010200000000000080"
                        + "ef4dab89674523010300000000000080ef4dab89674523010400000000000080");
    }

    @Test
    void namesTheByteOfWhatIsWrong() {
        refused("0213070801", 0, "not version 1 of the kryo encoding");
        refused("011208416e31eb0705", 3, "a server id of 65 characters");
        refused("0118070801", 1, "no message or record has code 24");
        refused("0103070801", 1, "no message or record has code 3");
        refused("0101070801", 1, "no message or record has code 1");
        refused("0113070802", 4, "a flag of 2");
        refused("01130708", 4, "the bytes end too early");
        refused("011307080100", 5, "1 bytes too many");
        refused("01320102" + "6e31" + "0000" + "00000000000000000000000000000000", 1,
                "a record body where a message belongs");
    }

    private void refused(String hex, int position, String message) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        MalformedException e = assertThrows(MalformedException.class,
                () -> serializer().decode(new UnsafeBuffer(bytes), 0, bytes.length, Bytes.EMPTY));
        assertEquals(message + " at byte " + position, e.getMessage());
    }
}
