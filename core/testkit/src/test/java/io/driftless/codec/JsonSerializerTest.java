package io.driftless.codec;

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
import java.util.Map;
import java.util.stream.Collectors;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The serializer {@code json}. */
class JsonSerializerTest extends SerializerContract {

    private static final Map<String, String> GOLDEN = Map.of(
            "PreVote", """
                    {"v":1,"type":"PreVote","term":8,"candidateId":"n1","lastLogIndex":1003,"lastLogTerm":5}""",
            "PreVoteReply", """
                    {"v":1,"type":"PreVoteReply","term":7,"requestTerm":8,"voteGranted":true}""",
            "RequestVote", """
                    {"v":1,"type":"RequestVote","term":8,"candidateId":"node-2.b_C","lastLogIndex":1003,\
                    "lastLogTerm":5,\
                    "leadershipTransfer":true}""",
            "RequestVoteReply", """
                    {"v":1,"type":"RequestVoteReply","term":8,"requestTerm":8,"voteGranted":false}""",
            "AppendEntries", """
                    {"v":1,"type":"AppendEntries","term":5,"leaderId":"n1","prevLogIndex":1000,\
                    "prevLogTerm":2,"leaderCommit":999,\
                    "acknowledgedIndex":998,"catchUpIndex":996,\
                    "runs":[{"term":3,"count":2},{"term":5,"count":1}],"entries":[\
                    {"type":"COMMAND","timeMs":1700000000000,"session":700,"serial":12,"length":7},\
                    {"type":"COMMAND","timeMs":1700000000001,"session":700,"serial":13,"length":0},\
                    {"type":"NOOP","timeMs":1700000000000,"session":0,"serial":0,"length":0}]}""",
            "AppendEntriesReply", """
                    {"v":1,"type":"AppendEntriesReply","term":5,"requestTerm":5,"success":false,\
                    "matchIndex":0,"prevLogIndex":1000,\
                    "conflictIndex":990,"conflictTerm":2,"writeUnderWay":true}""",
            "ConfigurationBody", """
                    {"v":1,"type":"Configuration","voters":["n1","n2"],"outgoing":["n2","n3"],\
                    "learners":["n4"],"members":[\
                    {"id":"n1","incarnation":"01234567-89ab-4def-8000-000000000001"},\
                    {"id":"n2","incarnation":"01234567-89ab-4def-8000-000000000002"},\
                    {"id":"n3","incarnation":"01234567-89ab-4def-8000-000000000003"},\
                    {"id":"n4","incarnation":"01234567-89ab-4def-8000-000000000004"}]}""");

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

    // The offending part is given by the text it begins with; quotes are single for the eye.
    private static void refused(String message, String json, String part) {
        MalformedException e = assertThrows(MalformedException.class, () -> decode(json.replace('\'', '"')));
        assertEquals(json.lastIndexOf(part), e.position(), e.getMessage());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    private static Message decode(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return Serializers.byName("json").decode(new UnsafeBuffer(bytes), 0, bytes.length, Bytes.EMPTY);
    }
}
