package io.driftless.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.ops.cluster.KvExchange;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryCheckTest {

    private static final Bytes KEY = Bytes.utf8("k");

    private final List<Recorded> history = new ArrayList<>();

    @Test
    void aRightHistoryIsRight() {
        committed(1, 2, 1, put("a"), new KvReply.Written(1));
        committed(3, 8, 3, get(), new KvReply.Found(2, Bytes.utf8("b")));
        unknown(2, 4, put("b"));
        committed(9, 10, 4, new KvCommand.Cas(KEY, Bytes.utf8("b"), Bytes.utf8("c")), new KvReply.Written(3));
        committed(11, 12, 5, new KvCommand.Cas(KEY, Bytes.utf8("b"), Bytes.utf8("d")), new KvReply.NotWritten());
        rejected(11, 12, put("e"));
        unknown(12, 13, put("f"));
        assertEquals(List.of(), HistoryCheck.violations(history, end(3, "c")));
        assertEquals(List.of(), HistoryCheck.violations(history, end(4, "f")));
    }

    @Test
    void aLostCommandIsFound() {
        committed(1, 2, 1, put("a"), new KvReply.Written(1));
        committed(3, 4, 2, put("b"), new KvReply.Written(2));
        assertFound("not linearizable", end(1, "a"));
    }

    @Test
    void aVersionThatTwoCommandsWroteIsFound() {
        committed(1, 2, 1, put("a"), new KvReply.Written(1));
        committed(3, 4, 2, put("b"), new KvReply.Written(1));
        assertFound("is both", end(1, "b"));
    }

    @Test
    void aCommandThatWasExecutedTwiceIsFound() {
        committed(1, 2, 1, put("a"), new KvReply.Written(1));
        assertFound("executed twice", end(2, "a"));
        committed(3, 4, 3, put("b"), new KvReply.Written(3));
        assertFound("is nobody's", end(3, "b"));
    }

    @Test
    void aRejectedCommandThatWasExecutedIsFound() {
        rejected(1, 2, put("a"));
        assertFound("a rejected command was executed", end(1, "a"));
    }

    @Test
    void aStaleReadIsFound() {
        committed(1, 2, 1, put("a"), new KvReply.Written(1));
        committed(3, 4, 2, put("b"), new KvReply.Written(2));
        committed(5, 6, 3, get(), new KvReply.Found(1, Bytes.utf8("a")));
        assertFound("not linearizable", end(2, "b"));
        assertFound("a version goes back", end(2, "b"));
    }

    @Test
    void aReadOfWhatIsNotWrittenYetIsFound() {
        committed(1, 2, 2, get(), new KvReply.Found(1, Bytes.utf8("a")));
        committed(3, 4, 1, put("a"), new KvReply.Written(1));
        assertFound("not linearizable", end(1, "a"));
        assertFound("answered before one of a lower index was sent", end(1, "a"));
    }

    @Test
    void aValueFromNowhereIsFound() {
        assertFound("nobody wrote this", end(1, "a"));
    }

    @Test
    void twoCommandsAtOneIndexAreFound() {
        committed(1, 2, 7, put("a"), new KvReply.Written(1));
        committed(3, 4, 7, put("b"), new KvReply.Written(2));
        assertFound("two commands at index 7", end(2, "b"));
    }

    @Test
    void aWrongCompareAndSetIsFound() {
        committed(1, 2, 1, put("a"), new KvReply.Written(1));
        KvCommand cas = new KvCommand.Cas(KEY, Bytes.utf8("a"), Bytes.utf8("b"));
        committed(3, 4, 2, cas, new KvReply.NotWritten());
        assertFound("what it expected stood there", end(1, "a"));
        assertFound("refused and yet executed", end(2, "b"));
        committed(5, 6, 3, put("c"), new KvReply.Written(2));
        committed(7, 8, 4, new KvCommand.Cas(KEY, Bytes.utf8("a"), Bytes.utf8("d")), new KvReply.Written(3));
        assertFound("set what it did not expect", end(3, "d"));
    }

    private void assertFound(String what, List<KvAnswer.Row> end) {
        List<String> violations = HistoryCheck.violations(history, end);
        assertTrue(violations.stream().anyMatch(each -> each.contains(what)), () -> what + " is not in " + violations);
    }

    private static KvCommand put(String value) {
        return new KvCommand.Put(KEY, Bytes.utf8(value));
    }

    private static KvCommand get() {
        return new KvCommand.Get(KEY);
    }

    private static List<KvAnswer.Row> end(long version, String value) {
        return List.of(new KvAnswer.Row(KEY, version, Bytes.utf8(value)));
    }

    private void committed(long begunNs, long endedNs, long index, KvCommand command, KvReply reply) {
        add(begunNs, endedNs, command, new Outcome.Committed(index, Result.ok(reply.encode())));
    }

    private void unknown(long begunNs, long endedNs, KvCommand command) {
        add(begunNs, endedNs, command, new Outcome.Unknown(Outcome.Why.TIMEOUT));
    }

    private void rejected(long begunNs, long endedNs, KvCommand command) {
        add(begunNs, endedNs, command, new Outcome.Rejected(Outcome.Reason.NO_LEADER, "", Duration.ZERO));
    }

    private void add(long begunNs, long endedNs, KvCommand command, Outcome outcome) {
        history.add(new Recorded(0, begunNs, endedNs, new KvExchange(command, outcome, endedNs - begunNs)));
    }
}
