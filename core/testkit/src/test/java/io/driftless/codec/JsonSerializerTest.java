package io.driftless.codec;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.tck.SerializerContract;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The serializer {@code json}. */
class JsonSerializerTest extends SerializerContract {

    private static final Map<String, String> GOLDEN = Map.ofEntries(
            entry("PreVote", """
                    {"v":1,"type":"PreVote","term":8,"candidateId":"n1","lastLogIndex":1003,"lastLogTerm":5}"""),
            entry("PreVoteReply", """
                    {"v":1,"type":"PreVoteReply","term":7,"requestTerm":8,"voteGranted":true}"""),
            entry("RequestVote", """
                    {"v":1,"type":"RequestVote","term":8,"candidateId":"node-2.b_C","lastLogIndex":1003,\
                    "lastLogTerm":5,\
                    "leadershipTransfer":true}"""),
            entry("RequestVoteReply", """
                    {"v":1,"type":"RequestVoteReply","term":8,"requestTerm":8,"voteGranted":false}"""),
            entry("AppendEntries", """
                    {"v":1,"type":"AppendEntries","term":5,"leaderId":"n1","prevLogIndex":1000,\
                    "prevLogTerm":2,"leaderCommit":999,\
                    "acknowledgedIndex":998,"catchUpIndex":996,"round":41,\
                    "runs":[{"term":3,"count":2},{"term":5,"count":1}],"entries":[\
                    {"type":"COMMAND","timeMs":1700000000000,"session":700,"serial":12,"distance":0,\
                    "length":7},\
                    {"type":"COMMAND","timeMs":1700000000001,"session":700,"serial":13,"distance":12,\
                    "length":0},\
                    {"type":"NOOP","timeMs":1700000000000,"session":0,"serial":0,"distance":0,\
                    "length":0}]}"""),
            entry("AppendEntriesReply", """
                    {"v":1,"type":"AppendEntriesReply","term":5,"requestTerm":5,"success":false,\
                    "matchIndex":0,"prevLogIndex":1000,\
                    "conflictIndex":990,"conflictTerm":2,"writeUnderWay":true,\
                    "snapshotNeeded":1001,"round":40}"""),
            entry("InstallSnapshot", """
                    {"v":1,"type":"InstallSnapshot","term":5,"leaderId":"n1",\
                    "lastIncludedIndex":990,"lastIncludedTerm":2,\
                    "creator":"01234567-89ab-4def-8000-000000000001","checksum":3405705229,\
                    "size":1048576,"offset":4096,"length":9,"bytes":9}"""),
            entry("InstallSnapshotReply", """
                    {"v":1,"type":"InstallSnapshotReply","term":5,"requestTerm":5,\
                    "lastIncludedIndex":990,"lastIncludedTerm":2,\
                    "creator":"01234567-89ab-4def-8000-000000000001","checksum":3405705229,\
                    "offset":4105,"window":4194304,"isResumed":true,"matchIndex":0}"""),
            entry("TimeoutNow", """
                    {"v":1,"type":"TimeoutNow","term":5,"leaderId":"n1"}"""),
            entry("ReadIndex", """
                    {"v":1,"type":"ReadIndex","term":5,"id":300}"""),
            entry("ReadIndexReply", """
                    {"v":1,"type":"ReadIndexReply","term":5,"id":300,"index":1000}"""),
            entry("ConfigurationBody", """
                    {"v":1,"type":"Configuration","generation":300,"members":[\
                    {"id":"n1","role":"INCOMING","incarnation":"01234567-89ab-4def-8000-000000000001",\
                    "address":"10.0.0.1:7001","priority":100},\
                    {"id":"n2","role":"STAYING","incarnation":"01234567-89ab-4def-8000-000000000002",\
                    "address":"10.0.0.2:7001","priority":0},\
                    {"id":"n3","role":"DEMOTED","incarnation":"01234567-89ab-4def-8000-000000000003",\
                    "address":"10.0.0.3:7001","priority":1},\
                    {"id":"n4","role":"LEARNER","incarnation":"01234567-89ab-4def-8000-000000000004",\
                    "address":"10.0.0.4:7001","priority":255},\
                    {"id":"n5","role":"OUTGOING","incarnation":"01234567-89ab-4def-8000-000000000005",\
                    "address":"10.0.0.5:7001","priority":128}]}"""),
            entry("SessionOpening", """
                    {"v":1,"type":"SessionOpening","nonce":"01234567-89ab-4def-8000-000000000005",\
                    "timeoutMs":300000,"window":1000,"resultBytesMax":1048576,"sessionsMax":10000,\
                    "allResultsMax":67108864}"""),
            entry("SessionClosing", """
                    {"v":1,"type":"SessionClosing","session":4711}"""),
            entry("SessionsRenewal", """
                    {"v":1,"type":"SessionsRenewal","sessions":[{"session":4711,"lowestWanted":13},\
                    {"session":4712,"lowestWanted":1},{"session":70000,"lowestWanted":1000000}]}"""));

    @Override
    protected Serializer serializer() {
        return Serializers.byName("json");
    }

    @Override
    protected Map<String, String> golden() {
        return GOLDEN.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                each -> HexFormat.of().formatHex(each.getValue().getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void takesFieldsInAnyOrder() {
        assertEquals(new Message.PreVote(8, new ServerId("n1"), 3, 2), decode(
                "{\"lastLogTerm\":2, "
                + "\"lastLogIndex\":3,\"candidateId\":\"n1\",\"term\":8,\n\"type\":\"PreVote\",\"v\":1}"));
    }

    @Test
    void namesTheByteOfWhatIsWrong() {
        refused("unknown field 'extra'",
                "{'v':1,'type':'PreVoteReply','term':7,'requestTerm':8,'voteGranted':true,'extra':1}", "1}");
        refused("no field 'voteGranted'", "{'v':1,'type':'PreVoteReply','term':7,'requestTerm':8}", "{");
        refused("field 'term' is a text, not a number",
                "{'v':1,'type':'PreVoteReply','term':'7','requestTerm':8,'voteGranted':true}", "'7'");
        refused("field 'voteGranted' is a number",
                "{'v':1,'type':'PreVoteReply','term':7,'requestTerm':8,'voteGranted':1}", "1}");
        refused("field 'term' twice",
                "{'v':1,'type':'PreVoteReply','term':7,'requestTerm':8,'term':7,'voteGranted':true}", "'term':7,'vote");
        refused("VALUE_NUMBER_FLOAT", "{'v':1,'type':'PreVoteReply','term':7.5,'requestTerm':8,'voteGranted':true}",
                "7.5");
        refused("VALUE_NULL", "{'v':1,'type':'PreVoteReply','term':null,'requestTerm':8,'voteGranted':true}", "null");
        refused("a term, index or count of -7",
                "{'v':1,'type':'PreVoteReply','term':-7,'requestTerm':8,'voteGranted':true}", "-7");
        refused("server id with a character",
                "{'v':1,'type':'PreVote','term':7,'candidateId':'n 1','lastLogIndex':1,'lastLogTerm':1}", "'n 1");
        refused("no message is called 'Hello'", "{'v':1,'type':'Hello','term':7}", "{");
        refused("version 2", "{'v':2,'type':'PreVoteReply','term':7,'requestTerm':8,'voteGranted':true}", "{");
    }

    @Test
    void aDistanceThatTwoBytesDoNotHoldIsMalformed() {
        for (String distance : List.of("65536", "2147483648", "-1")) {
            refused("field 'distance' with a number of " + distance + ", which is not 0 to 65535",
                    "{'v':1,'type':'AppendEntries','term':5,'leaderId':'n1','prevLogIndex':1,'prevLogTerm':1,"
                    + "'leaderCommit':1,'acknowledgedIndex':1,'catchUpIndex':0,'round':0,'runs':[{'term':5,'count':1}],"
                    + "'entries':[{'type':'COMMAND','timeMs':0,'session':7,'serial':1,'length':0,'distance':"
                    + distance + "}]}", distance + "}");
        }
    }

    @Test
    void namesTheByteOfWhatIsWrongInAPartOfASnapshot() {
        refused("3 bytes from 5 of a snapshot of 7", part("7", "5", "3", "0"), "{");
        refused("0 bytes from 0 of a snapshot of 0", part("0", "0", "0", "0"), "{");
        refused("a part of 2 bytes, but the content is 0 bytes", part("7", "0", "2", "0"), "{");
        refused("a content of 2 bytes with payloads of 0", part("7", "0", "2", "2"), "{");
        refused("field 'length' with a number of -1", part("7", "0", "-1", "0"), "-1");
        refused("field 'offset' with a term, index or count of -1", part("7", "-1", "0", "0"), "-1");
        refused("field 'bytes' with a term, index or count of -1", part("7", "0", "0", "-1"), "-1");
        refused("a snapshot of index 0, term 2", part("7", "0", "0", "0").replace("'lastIncludedIndex':9",
                "'lastIncludedIndex':0"), "{");
        for (String checksum : List.of("4294967296", "-1")) {
            refused("which is not 0 to 4294967295", part("7", "0", "0", "0").replace("77", checksum), checksum);
        }
    }

    private static String part(String size, String offset, String length, String bytes) {
        return "{'v':1,'type':'InstallSnapshot','term':5,'leaderId':'n1','lastIncludedIndex':9,'lastIncludedTerm':2,"
                + "'creator':'00000000-0000-0001-0000-000000000002','checksum':77,'size':" + size + ",'offset':"
                + offset + ",'length':" + length + ",'bytes':" + bytes + "}";
    }

    @Test
    void namesTheByteOfWhatIsWrongInABody() {
        refusedBody("field 'window' with a number of 65536, which is not 0 to 65535", opening("1", "65536", "1"),
                "65536");
        refusedBody("field 'window' with a number of 2147483648", opening("1", "2147483648", "1"), "2147483648");
        refusedBody("field 'sessionsMax' with a number of 2147483648", opening("1", "1", "2147483648"), "2147483648");
        refusedBody("a session that expires after 0 ms: it must be 1 ms or more", opening("0", "1", "1"), "{");
        refusedBody("a session with a window of 0: it must be 1 to 65535", opening("1", "0", "1"), "{");
        refusedBody("a limit of 0 sessions: it must be 1 or more", opening("1", "1", "0"), "{");
        refusedBody("is not the canonical form", opening("1", "1", "1").replace("0000-000000000002'", "0-2'"),
                "'00000000-0000-0001");
        refusedBody("a session of id 0: it must be 1 or more", "{'v':1,'type':'SessionClosing','session':0}", "{");
        for (String second : List.of("7", "8")) {
            refusedBody("sessions out of order", "{'v':1,'type':'SessionsRenewal','sessions':"
                    + "[{'session':8,'lowestWanted':1},{'session':" + second + ",'lowestWanted':1}]}",
                    "{'session':" + second);
        }
        refusedBody("unknown field 'extra'", "{'v':1,'type':'SessionsRenewal','sessions':"
                + "[{'session':8,'lowestWanted':1,'extra':9}]}", "9}");
        refusedBody("no record is called 'Session'", "{'v':1,'type':'Session','session':1}", "{");
    }

    private static String opening(String timeoutMs, String window, String sessionsMax) {
        return "{'v':1,'type':'SessionOpening','nonce':'00000000-0000-0001-0000-000000000002','timeoutMs':" + timeoutMs
                + ",'window':" + window + ",'resultBytesMax':0,'sessionsMax':" + sessionsMax
                + ",'allResultsMax':0}";
    }

    private static void refusedBody(String message, String json, String part) {
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        refused(message, json, part, () -> Serializers.byName("json")
                .decodeRecord(new UnsafeBuffer(bytes), 0, bytes.length));
    }

    private static void refused(String message, String json, String part) {
        refused(message, json, part, () -> decode(json.replace('\'', '"')));
    }

    // The offending part is given by the text it begins with; quotes are single for the eye.
    private static void refused(String message, String json, String part, Executable decoding) {
        MalformedException e = assertThrows(MalformedException.class, decoding);
        assertEquals(json.lastIndexOf(part), e.position(), e.getMessage());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    private static Message decode(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return Serializers.byName("json").decode(new UnsafeBuffer(bytes), 0, bytes.length, Bytes.EMPTY);
    }
}
