package io.driftless.codec;

import io.driftless.tck.SerializerContract;
import java.util.Map;

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
                "AppendEntries", "011605026e31e80702e707e60702030205010280a0abfef962bc050c070202bc050d000101000000",
                "AppendEntriesReply", "011705050000e807de070201",
                "ConfigurationBody", "013202026e31026e3202026e32026e3301026e34"
                        + "ef4dab89674523010100000000000080ef4dab89674523010200000000000080"
                        + "ef4dab89674523010300000000000080ef4dab89674523010400000000000080");
    }
}
