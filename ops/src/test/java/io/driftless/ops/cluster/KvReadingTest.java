package io.driftless.ops.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.ops.kv.KeyValueMachine;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KvReadingTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final KvCommand GET = new KvCommand.Get(Bytes.utf8("k"));

    private final MachineClient machine = new MachineClient();
    private final KvClient client = KvClient.over(machine);

    @Test
    void whatIsReadHasNoIndexOfItsOwn() {
        KvExchange put = client.execute(new KvCommand.Put(Bytes.utf8("k"), Bytes.utf8("v")), TIMEOUT);
        assertEquals(OptionalLong.of(1), put.index());
        for (int i = 0; i < 3; i++) {
            KvResult got = client.run(GET, TIMEOUT);
            assertEquals(Optional.of(new KvReply.Found(1, Bytes.utf8("v"))), got.reply());
            assertEquals(OptionalLong.of(1), got.index());
            assertEquals(Optional.empty(), got.reason());
            assertTrue(got.isDone() && !got.isRefused());
        }
        assertEquals(Optional.of(new KvReply.Usage(1, KeyValueMachine.countedBytes(1, 1),
                KeyValueMachine.DEFAULT_QUOTA_BYTES)), client.run(new KvCommand.Usage(), TIMEOUT).reply());
    }

    @Test
    void whatWritesIsNoQuery() {
        KvCommand delete = new KvCommand.Delete(Bytes.utf8("k"));
        assertEquals("a delete is no query: it writes", assertThrows(IllegalArgumentException.class, () ->
                client.read(delete, Consistency.STALE, TIMEOUT)).getMessage());
        assertTrue(client.run(delete, TIMEOUT) instanceof KvExchange exchange
                && exchange.outcome() instanceof Outcome.Committed);
    }

    @Test
    void whatHasNoAnswerSaysWhy() {
        KvReading nobody = reading(new QueryOutcome.Failed(QueryOutcome.Reason.NO_LEADER, "nobody leads"));
        assertEquals("failed", nobody.word());
        assertEquals(Optional.of("no_leader: nobody leads"), nobody.reason());
        assertEquals(OptionalLong.empty(), nobody.index());
        assertFalse(nobody.isDone() || nobody.isRefused());
        assertEquals(Optional.of("failed_1: not a key-value query"),
                reading(answered(Result.failed(KeyValueMachine.MALFORMED, "not a key-value query"))).reason());
        for (byte[] other : List.of(new byte[] {99}, new KvAnswer.Page(List.of(), false).encode())) {
            KvReading refused = reading(answered(Result.ok(other)));
            assertEquals(Optional.of("not_key_value: the cluster runs another state machine"), refused.reason());
            assertTrue(refused.isRefused() && !refused.isDone());
        }
    }

    @Test
    void aScanOfAnotherMachineSaysSo() {
        assertEquals("failed_1: n1: not a key-value query", scanned(Result.failed(KeyValueMachine.MALFORMED,
                "not a key-value query")).reason());
        for (byte[] other : List.of(new byte[] {99}, new KvAnswer.Said(new KvReply.Absent()).encode())) {
            String reason = scanned(Result.ok(other)).reason();
            assertTrue(reason.startsWith("not_key_value: "), reason);
        }
    }

    private static ReadFailedException scanned(Result result) {
        return assertThrows(ReadFailedException.class, () -> NodeProbe.Answered.of("n1",
                new QueryOutcome.Answered(7, result, Optional.empty())).rows());
    }

    /** Six pages; the state grows between them. */
    @Test
    void aLinearizableScanNeverGoesBack() throws Exception {
        for (int i = 0; i < 5_500; i++) {
            put("row/%04d".formatted(i));
        }
        List<String> keys = new ArrayList<>();
        LocalScan.End end = client.scan(Bytes.utf8("row/"), Bytes.EMPTY, Long.MAX_VALUE, row -> {
            keys.add(row.key().utf8());
            if (keys.size() == 1_000) {
                put("row/0000-behind-it");
                put("row/9999");
            }
        }, TIMEOUT);
        assertEquals(5_501, end.rows());
        assertEquals(keys.stream().sorted().distinct().toList(), keys);
        assertEquals("linearizable, index=5502 (5500 at the beginning), 5,501 rows", end.words());
        assertEquals(List.of(Consistency.LINEARIZABLE, Consistency.atLeast(5_500), Consistency.atLeast(5_502),
                Consistency.atLeast(5_502), Consistency.atLeast(5_502), Consistency.atLeast(5_502)), machine.asked());
    }

    private void put(String key) {
        assertTrue(client.execute(new KvCommand.Put(Bytes.utf8(key), Bytes.utf8("v")), TIMEOUT).isDone());
    }

    private static KvReading reading(QueryOutcome outcome) {
        return new KvReading(GET, outcome, 0);
    }

    private static QueryOutcome answered(Result result) {
        return new QueryOutcome.Answered(7, result, Optional.empty());
    }
}
