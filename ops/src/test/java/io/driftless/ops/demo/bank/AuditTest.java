package io.driftless.ops.demo.bank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.ops.bank.BankCommand;
import io.driftless.ops.bank.BankMachine;
import io.driftless.ops.bank.BankOutcome;
import io.driftless.ops.bank.BankSerializer;
import io.driftless.ops.cluster.SentCommand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verdict over a bank: what the clients were told against what the books say. */
class AuditTest {

    private static final List<String> ACCOUNTS = List.of("a", "b", "c");
    private static final BankOutcome UNKNOWN = new BankOutcome.Unknown(Outcome.Why.TIMEOUT);
    private static final BankOutcome NOT_EXECUTED = new BankOutcome.NotExecuted(Outcome.Reason.NO_LEADER, "nobody");
    private static final BankOutcome OVERDRAFT = new BankOutcome.Refused(1, BankMachine.OVERDRAFT, "too little");

    private final BankMachine bank = new BankMachine();
    private final Ledger ledger = new Ledger();
    private long index;

    @BeforeEach
    void open() {
        for (String account : ACCOUNTS) {
            apply(new BankCommand.Open(account));
            apply(new BankCommand.Deposit(account, 100));
            ledger.opened(account, 100, index);
        }
        told(transfer("a", "b", 10), 1, new BankOutcome.Done(++index, 90));
    }

    @Test
    void booksThatAreWhatTheClientsWereToldAreVerified() throws IOException {
        told(transfer("b", "c", 500), 1, OVERDRAFT);
        told(transfer("b", "c", 20), 0, NOT_EXECUTED);
        BankReport report = report();
        assertTrue(report.isVerified(), report.table()::toString);
        assertTrue(report.json().startsWith("{\"transfers\":1,\"refused\":1,\"rejected\":1,\"unknown\":0,\"kills\":2,"
                + "\"totals_read\":9,\"deposited\":300,\"total\":300,\"lost\":0,\"duplicated\":0,\"p50_us\":"),
                report.json());
        assertTrue(report.json().endsWith(",\"nodes_agree\":true,\"verified\":true}"), report.json());
    }

    @Test
    void aTransferThatWasExecutedTwiceIsADuplicate() throws IOException {
        told(transfer("b", "c", 1), 2, new BankOutcome.Done(++index, 0));
        assertWrong(0, 1, "account b: 108 after 4 movements; it must have 109 after 3 movements");
    }

    @Test
    void anAcknowledgedTransferThatIsMissingIsLost() throws IOException {
        told(transfer("b", "c", 1), 0, new BankOutcome.Done(++index, 0));
        assertWrong(1, 0, "account c: 100 after 1 movements; it must have 101 after 2 movements");
    }

    @Test
    void aTransferThatWasToldAsNotDoneAndWasExecutedIsADuplicate() throws IOException {
        told(transfer("b", "c", 1), 1, OVERDRAFT);
        assertWrong(0, 1, "account c: 101 after 2 movements; it must have 100 after 1 movements");
    }

    @Test
    void aLostTransferAndADuplicateDoNotMakeUpForEachOther() throws IOException {
        told(transfer("b", "c", 1), 0, new BankOutcome.Done(++index, 0));
        told(transfer("b", "c", 2), 2, new BankOutcome.Done(++index, 0));
        assertWrong(0, 0, "account b: 106 after 4 movements; it must have 107 after 4 movements");
    }

    @Test
    void anUnknownOutcomeMakesAnIntervalOfTwoEnds() throws IOException {
        told(transfer("a", "c", 5), 1, UNKNOWN);
        told(transfer("b", "c", 7), 0, UNKNOWN);
        BankReport report = report();
        assertTrue(report.isVerified(), report.table()::toString);
        assertEquals("103 to 110 after 2 to 3 movements", report.ledger().accounts().get("b").toString());
        assertTrue(report.table().toString().contains("2 with unknown outcome (what their accounts must have is an "
                + "interval)"), report.table()::toString);
    }

    @Test
    void anUnknownTransferThatWasExecutedTwiceIsStillADuplicate() throws IOException {
        told(transfer("b", "c", 7), 2, UNKNOWN);
        assertWrong(0, 1, "account b: 96 after 4 movements; it must have 103 to 110 after 2 to 3 movements");
    }

    @Test
    void nodesThatDifferDoNotAgree() throws IOException {
        Audit.NodeBooks before = read("n1");
        apply(transfer("b", "c", 1));
        Audit audit = new Audit(List.of(before, read("n2")), ledger.tally());
        assertFalse(audit.nodesAgree());
        assertEquals("the nodes do not agree", audit.complaints().getFirst());
        assertEquals(1, audit.duplicated());
    }

    @Test
    void anAccountTooManyOrTooFewIsAComplaint() throws IOException {
        apply(new BankCommand.Open("d"));
        assertWrong(0, 0, "n1 has 4 accounts; opened were 3");
        ledger.opened("e", 1, index);
        assertWrong(1, 0, "account e: absent; it must have 1 after 1 movements");
    }

    @Test
    void moneyFromNowhereIsAComplaint() throws IOException {
        apply(new BankCommand.Deposit("a", 1));
        assertWrong(0, 1, "n1 has 301 on its accounts, and tells a total of 301; deposited were 300");
    }

    @Test
    void aRefusalThatIsNoOverdraftIsAComplaint() throws IOException {
        told(transfer("a", "b", 1), 0, new BankOutcome.Refused(1, BankMachine.NO_ACCOUNT, "there is no account a"));
        assertWrong(0, 0, "a transfer was refused with code 2: there is no account a");
    }

    @Test
    void withoutAnAuditOrAfterAWrongTotalNothingIsVerified() throws IOException {
        BankReport cut = new BankReport(ledger.tally(), new BankReport.Story(0, 0, ""), Optional.empty());
        assertFalse(cut.isVerified());
        assertTrue(cut.json().contains("\"total\":null,\"lost\":null,\"duplicated\":null,"), cut.json());
        BankReport wrong = new BankReport(ledger.tally(), new BankReport.Story(1, 1, "n1 had 299 in all"),
                report().audit());
        assertFalse(wrong.isVerified());
        assertTrue(wrong.table().contains("total               n1 had 299 in all"), wrong.table()::toString);
    }

    @Test
    void whoWaitsForTransfersIsToldOfThemOrThatNoneCome() throws Exception {
        assertEquals("only 0 transfers were done in 0 s", assertThrows(IOException.class,
                () -> ledger.awaitMoreDone(1, Duration.ofMillis(1))).getMessage());
        Thread client = Thread.ofPlatform().start(() -> ledger.settled(transfer("a", "b", 1),
                new BankOutcome.Done(9, 1), 1));
        client.join();
        ledger.awaitMoreDone(0, Duration.ofMinutes(1));
        assertEquals(2, ledger.tally().done());
    }

    private static BankCommand.Transfer transfer(String from, String to, long amount) {
        return new BankCommand.Transfer(from, to, amount);
    }

    /** The bank executes a transfer so many times, and its client is told this. */
    private void told(BankCommand.Transfer transfer, int times, BankOutcome outcome) {
        for (int i = 0; i < times; i++) {
            apply(transfer);
        }
        ledger.settled(transfer, outcome, 1000);
    }

    private Result apply(BankCommand command) {
        return bank.apply(new SentCommand(++index, BankSerializer.encode(command)));
    }

    private Audit.NodeBooks read(String node) throws IOException {
        return Audit.read(node, query -> new QueryOutcome.Answered(index, bank.query(
                ByteBuffer.wrap(BankSerializer.encode(query)), index), Optional.empty()),
                ledger.tally().accounts().keySet());
    }

    private BankReport report() throws IOException {
        Audit audit = new Audit(List.of(read("n1"), read("n2")), ledger.tally());
        return new BankReport(ledger.tally(), new BankReport.Story(2, 9, ""), Optional.of(audit));
    }

    private void assertWrong(long lost, long duplicated, String complaint) throws IOException {
        BankReport report = report();
        assertFalse(report.isVerified());
        Audit audit = report.audit().orElseThrow();
        assertEquals(lost, audit.lost(), audit.complaints()::toString);
        assertEquals(duplicated, audit.duplicated(), audit.complaints()::toString);
        assertTrue(audit.complaints().stream().anyMatch(line -> line.endsWith(complaint)),
                audit.complaints()::toString);
    }
}
