package io.driftless.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.MachineClient;
import io.driftless.ops.cluster.MachineClient.Fate;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.StateHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class DemoVerdictTest {

    private static final DemoInput INPUT = DemoInput.of("t",
            "one\n\ntwo\none\n\u00fc".getBytes(StandardCharsets.ISO_8859_1));

    private final MachineClient machine = new MachineClient();

    @Test
    void everyLineOnceIsVerified() throws Exception {
        DemoReport report = replicate(attempt -> Fate.COMMITTED);
        assertTrue(report.isVerified(), report.table().toString());
        assertTrue(report.table().contains("rejected            0"), report.table().toString());
        assertTrue(report.json().startsWith("{\"acknowledged\":5,\"lost\":0,\"duplicated\":0,\"p50_us\":"),
                report.json());
        assertTrue(report.json().endsWith(",\"failover_ms\":null,\"nodes_agree\":true,\"verified\":true}"),
                report.json());
    }

    @Test
    void whatIsRejectedIsCountedAndSubmittedAgain() throws Exception {
        DemoReport report = replicate(attempt -> attempt == 4 ? Fate.REJECTED : Fate.COMMITTED);
        assertTrue(report.isVerified(), report.table().toString());
        assertEquals(1, report.tally().rejected());
        assertTrue(report.table().contains("rejected            1, and submitted again"), report.table().toString());
        assertEquals(0, report.verification().orElseThrow().duplicated());
    }

    @Test
    void aLineWhoseOutcomeStaysUnknownIsNotSentAgain() {
        IOException failed = assertThrows(IOException.class, () -> replicate(attempt -> attempt == 2
                ? Fate.UNKNOWN_LOST : Fate.COMMITTED));
        assertEquals("line 2: its outcome is unknown (TIMEOUT)", failed.getMessage());
    }

    @Test
    void aDuplicateThatNothingExplainsIsNotVerified() throws Exception {
        put("3", "two");
        DemoReport report = replicate(attempt -> Fate.COMMITTED);
        assertEquals(1, report.verification().orElseThrow().duplicated());
        assertFalse(report.isVerified());
    }

    @Test
    void anAcknowledgedLineThatIsAbsentIsLost() throws Exception {
        DemoReport report = replicate(attempt -> attempt == 4 ? Fate.LIED : Fate.COMMITTED);
        assertEquals("{4}", lost(report));
        assertFalse(report.isVerified());
        assertTrue(report.json().contains("\"lost\":1"), report.json());
    }

    @Test
    void anAcknowledgedLineThatIsDifferentIsLostAndARowOfNoLineIsWrong() throws Exception {
        DemoReport good = replicate(attempt -> Fate.COMMITTED);
        put("5", "u");
        put("6", "?");
        DemoReport bad = report(good.tally(), List.of(read("n1")));
        assertEquals("{5}", lost(bad));
        assertEquals(2, bad.verification().orElseThrow().nodes().getFirst().wrong());
        assertFalse(bad.isVerified());
    }

    @Test
    void aRowOfNoLineAloneIsNotVerified() throws Exception {
        DemoReport good = replicate(attempt -> Fate.COMMITTED);
        put("extra", "?");
        assertFalse(report(good.tally(), List.of(read("n1"))).isVerified());
    }

    @Test
    void nodesThatDifferDoNotAgree() throws Exception {
        DemoReport good = replicate(attempt -> Fate.COMMITTED);
        Verification.NodeState same = read("n1");
        MachineClient other = new MachineClient();
        other.execute(new KvCommand.Put(Bytes.utf8("1"), Bytes.utf8("one")).encode(), Duration.ZERO);
        Verification.NodeState behind = Verification.read("n2", other.probe(null), INPUT);
        DemoReport bad = report(good.tally(), List.of(same, behind));
        assertFalse(bad.verification().orElseThrow().nodesAgree());
        assertFalse(bad.verification().orElseThrow().isOfOneIndex());
        assertTrue(good.verification().orElseThrow().isOfOneIndex());
        assertEquals("{2, 3, 4, 5}", lost(bad));
        assertFalse(bad.isVerified());
    }

    @Test
    void aNodeThatTellsAHashWhichItsRowsDoNotHaveDoesNotAgree() throws Exception {
        DemoReport good = replicate(attempt -> Fate.COMMITTED);
        KvAnswer.Digest told = new KvAnswer.Digest(5, 5, new StateHash(1, 2));
        Verification.NodeState liar = Verification.read("n1", machine.probe(told), INPUT);
        DemoReport bad = report(good.tally(), List.of(liar, liar));
        assertFalse(bad.isVerified());
        assertTrue(bad.table().stream().anyMatch(line -> line.contains("n1 says that it holds")), bad.table()
                .toString());
    }

    @Test
    void withoutVerificationNothingIsVerified() throws Exception {
        DemoReport good = replicate(attempt -> Fate.COMMITTED);
        DemoReport cut = new DemoReport(5, good.tally(), Optional.empty());
        assertFalse(cut.isVerified());
        assertTrue(cut.json().contains("\"lost\":null,\"duplicated\":null"), cut.json());
        assertTrue(cut.json().endsWith("\"nodes_agree\":false,\"verified\":false}"), cut.json());
    }

    @Test
    void theRestIsHeldBackUntilTheLeaderWasKilled() throws Exception {
        AtomicLong acknowledged = new AtomicLong();
        LineReplication replication = new LineReplication(INPUT, KvClient.over(machine), 2, 3, acknowledged::set);
        Thread sender = Thread.ofPlatform().start(replication::run);
        replication.awaitAcknowledged(3);
        long killNs = System.nanoTime();
        replication.leaderKilled(killNs, killNs);
        assertEquals(3, replication.tally().count());
        assertEquals(-1, replication.tally().failoverNs());
        replication.sendAll();
        replication.awaitAcknowledged(5);
        sender.join();
        assertEquals(5, acknowledged.get());
        assertTrue(replication.tally().failoverNs() >= 0);
    }

    @Test
    void givingUpIsToldToWhoeverWaits() throws Exception {
        LineReplication replication = new LineReplication(INPUT, KvClient.over(machine), 2, 0, count -> { });
        Thread sender = Thread.ofPlatform().start(replication::run);
        replication.fail("the cluster burnt down");
        sender.join();
        assertEquals("the cluster burnt down", assertThrows(IOException.class, () -> replication.awaitAcknowledged(1))
                .getMessage());
    }

    private DemoReport replicate(LongFunction<Fate> fates) throws Exception {
        LineReplication replication = new LineReplication(INPUT, KvClient.over(machine.with(fates)), 3,
                Integer.MAX_VALUE, count -> { });
        replication.run();
        replication.awaitAcknowledged(INPUT.count());
        machine.with(attempt -> Fate.COMMITTED);
        Verification.NodeState state = read("n1");
        return report(replication.tally(), List.of(state, state, state));
    }

    private static DemoReport report(LineReplication.Tally tally, List<Verification.NodeState> states) {
        return new DemoReport(INPUT.count(), tally, Optional.of(Verification.of(states, tally.acknowledged())));
    }

    private Verification.NodeState read(String name) throws IOException {
        return Verification.read(name, machine.probe(null), INPUT);
    }

    private void put(String key, String value) {
        machine.execute(new KvCommand.Put(Bytes.utf8(key), Bytes.utf8(value)).encode(), Duration.ZERO);
    }

    private static String lost(DemoReport report) {
        BitSet lost = report.verification().orElseThrow().lost();
        return lost.toString();
    }
}
