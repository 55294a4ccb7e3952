package io.driftless.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.RecordBody.ConfigurationBody;
import io.driftless.errors.MalformedException;
import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.Configuration;
import io.driftless.raft.Member;
import io.driftless.raft.ServerId;
import io.driftless.tck.SampleConfigurations;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Configurations as both serializers write them, next to a twin that writes what the format says, plainly. */
class ConfigurationEncodingTest {

    private static final Serializer KRYO = Serializers.byName("kryo");
    private static final Serializer JSON = Serializers.byName("json");
    private static final String INCARNATION = "00000000000000000000000000000000";
    private static final String UUID_TEXT = "'00000000-0000-0000-0000-000000000000'";

    @Test
    void bothSerializersWriteWhatANaiveTwinWrites() {
        for (long seed = 1; seed <= 500; seed++) {
            check(SampleConfigurations.random(new Random(seed)), "seed " + seed);
        }
        SampleConfigurations.ofEachShape().forEach((shape, cluster) -> check(cluster, shape));
    }

    private static void check(ClusterConfiguration cluster, String what) {
        byte[] kryo = written(KRYO, cluster);
        assertEquals(HexFormat.of().formatHex(naiveKryo(cluster)), HexFormat.of().formatHex(kryo), what);
        assertEquals(new ConfigurationBody(cluster), read(KRYO, kryo), what);
        byte[] json = written(JSON, cluster);
        assertEquals(naiveJson(cluster), new String(json, StandardCharsets.UTF_8), what);
        assertEquals(new ConfigurationBody(cluster), read(JSON, json), what);
    }

    private static byte[] naiveKryo(ClusterConfiguration cluster) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(1);
        out.write(50);
        varint(out, cluster.generation());
        varint(out, cluster.members().size());
        for (Map.Entry<ServerId, Member> each : cluster.members().entrySet()) {
            Member member = each.getValue();
            out.write(each.getKey().value().length());
            out.writeBytes(each.getKey().value().getBytes(StandardCharsets.US_ASCII));
            out.write(List.of("", "VOTER", "LEARNER", "STAYING", "INCOMING", "OUTGOING", "DEMOTED")
                    .indexOf(naiveRole(cluster.configuration(), each.getKey())));
            for (long half : new long[] {member.incarnation().getMostSignificantBits(),
                    member.incarnation().getLeastSignificantBits()}) {
                out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(half).array());
            }
            varint(out, member.address().length());
            out.writeBytes(member.address().getBytes(StandardCharsets.US_ASCII));
            out.write(member.priority());
        }
        return out.toByteArray();
    }

    private static String naiveJson(ClusterConfiguration cluster) {
        List<String> members = new ArrayList<>();
        cluster.members().forEach((id, member) -> members.add("{\"id\":\"" + id + "\",\"role\":\""
                + naiveRole(cluster.configuration(), id) + "\",\"incarnation\":\"" + member.incarnation()
                + "\",\"address\":\"" + member.address() + "\",\"priority\":" + member.priority() + "}"));
        return "{\"v\":1,\"type\":\"Configuration\",\"generation\":" + cluster.generation() + ",\"members\":["
                + String.join(",", members) + "]}";
    }

    private static String naiveRole(Configuration configuration, ServerId id) {
        boolean isNew = configuration.voters().contains(id);
        boolean isOld = configuration.outgoing().contains(id);
        boolean learnsNext = configuration.learnersNext().contains(id);
        return configuration.outgoing().isEmpty() ? isNew ? "VOTER" : "LEARNER" : isNew && isOld ? "STAYING"
                : isNew ? "INCOMING" : isOld && learnsNext ? "DEMOTED" : isOld ? "OUTGOING" : "LEARNER";
    }

    private static void varint(ByteArrayOutputStream out, long number) {
        long left = number;
        while (left > 127) {
            out.write((int) (left % 128) + 128);
            left /= 128;
        }
        out.write((int) left);
    }

    @Test
    void kryoNamesTheByteOfWhatIsNoConfiguration() {
        String address = "03613a31";
        String rest = INCARNATION + address + "64";
        assertEquals("voters [n1]", ((ConfigurationBody) read(KRYO, hex("01320001" + "026e3101" + rest))).cluster()
                .configuration().toString());
        refusedKryo("01320000", 4, "a configuration without a voter");
        refusedKryo("01320002" + "026e3101" + rest, 3, "a count of 2 in front of 25 bytes");
        refusedKryo("0132" + "8080808080808010" + "01" + "026e3101" + rest, 36,
                "generation 9007199254740992 is not between 0 and 9007199254740991");
        refusedKryo("01320001" + "026e3100" + rest, 8, "no role has code 0");
        refusedKryo("01320001" + "026e3107" + rest, 8, "no role has code 7");
        refusedKryo("01320001" + "026e31ff" + rest, 8, "no role has code -1");
        refusedKryo("01320001" + "026e3102" + rest, 29, "a configuration without a voter");
        refusedKryo("01320001" + "026e3104" + rest, 29, "n1 as INCOMING in voters [n1]");
        refusedKryo("01320001" + "00" + "01" + rest + "0000", 27, "a member without a name");
        refusedKryo("01320002" + "026e3101" + rest + "026e3203" + rest, 54,
                "n1 as VOTER in voters [n1, n2] outgoing [n2]");
        for (String second : List.of("026e31", "026e30")) {
            refusedKryo("01320002" + "026e3101" + rest + second + "01" + rest, 31, "members out of order");
        }
        refusedKryo("01320001" + "026e3101" + INCARNATION + "00" + "64", 26,
                "an address of 0 characters, which has 1 to 259");
        refusedKryo("01320001" + "026e3101" + INCARNATION + "8402" + "61".repeat(260) + "64", 25,
                "an address of 260 characters");
        refusedKryo("01320001" + "026e3101" + INCARNATION + "04613a31" + "64", 29, "the bytes end too early");
        refusedKryo("01320001" + "026e3101" + INCARNATION + "03612031" + "64", 29,
                "an address with a character that none has, at position 1");
        refusedKryo("01320001" + "026e3101" + INCARNATION + "0361e931" + "64", 29,
                "an address with a character that none has, at position 1");
    }

    @Test
    void jsonNamesTheByteOfWhatIsNoConfiguration() {
        String good = member("n1", "VOTER", "a:1", "100");
        assertEquals("voters [n1]", ((ConfigurationBody) read(JSON, json("0", good))).cluster().configuration()
                .toString());
        refusedJson("a configuration without a voter", "0", "", "{'v'");
        refusedJson("a term, index or count of -1", "-1", good, "-1");
        refusedJson("generation 9007199254740992 is not between 0 and 9007199254740991", "9007199254740992", good,
                "{'v'");
        refusedJson("No enum constant", "0", member("n1", "voter", "a:1", "1"), "'voter'");
        refusedJson("n2 as VOTER in voters [n1, n2] outgoing [n1]", "0",
                member("n1", "STAYING", "a:1", "1") + "," + member("n2", "VOTER", "a:2", "1"), "{'v'");
        refusedJson("a member without a name", "0", member("", "VOTER", "a:1", "1"), "{'v'");
        refusedJson("members out of order", "0", good + "," + good, "{'id':'n1'");
        refusedJson("an address of 0 characters", "0", member("n1", "VOTER", "", "1"), "{'id'");
        refusedJson("an address with a character that none has", "0", member("n1", "VOTER", "a b", "1"), "{'id'");
        refusedJson("field 'priority' with a number of 256, which is not 0 to 255", "0",
                member("n1", "VOTER", "a:1", "256"), "256");
        refusedJson("field 'priority' with a number of -1, which is not 0 to 255", "0",
                member("n1", "VOTER", "a:1", "-1"), "-1");
        refusedJson("unknown field 'x'", "0", good.replace("}", ",'x':1}"), "1}]");
        refusedJson("no field 'role'", "0", good.replace("'role':'VOTER',", ""), "{'id'");
    }

    private static String member(String id, String role, String address, String priority) {
        return "{'id':'" + id + "','role':'" + role + "','incarnation':" + UUID_TEXT + ",'address':'" + address
                + "','priority':" + priority + "}";
    }

    private static String text(String generation, String members) {
        return "{'v':1,'type':'Configuration','generation':" + generation + ",'members':[" + members + "]}";
    }

    private static byte[] json(String generation, String members) {
        return text(generation, members).replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    // The offending part is given by the text it begins with; quotes are single for the eye.
    private static void refusedJson(String message, String generation, String members, String part) {
        MalformedException e = assertThrows(MalformedException.class, () -> read(JSON, json(generation, members)));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(text(generation, members).lastIndexOf(part), e.position(), e.getMessage());
    }

    private static void refusedKryo(String hex, int position, String message) {
        MalformedException e = assertThrows(MalformedException.class, () -> read(KRYO, hex(hex)));
        assertEquals(message + " at byte " + position, e.getMessage());
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static byte[] written(Serializer serializer, ClusterConfiguration cluster) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(16);
        byte[] bytes = new byte[serializer.encodeRecord(new ConfigurationBody(cluster), buffer, 0)];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    private static RecordBody read(Serializer serializer, byte[] bytes) {
        return serializer.decodeRecord(new UnsafeBuffer(bytes), 0, bytes.length);
    }
}
