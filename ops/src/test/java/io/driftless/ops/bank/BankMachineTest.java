package io.driftless.ops.bank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.MalformedException;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Result;
import io.driftless.ops.cluster.SentCommand;
import io.driftless.sim.MachineUnderTest;
import io.driftless.sim.Simulation;
import io.driftless.tck.StateMachineContract;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bank keeps the contract of state machines, and its own rules. */
class BankMachineTest extends StateMachineContract<BankMachine> {

    private final BankMachine bank = new BankMachine();
    private long index;

    @Override
    protected BankMachine machine(Path directory) {
        return new BankMachine();
    }

    @Override
    protected byte[] command(Random random) {
        String one = "a" + random.nextInt(5);
        String other = "b" + random.nextInt(5);
        return BankSerializer.encode(switch (random.nextInt(6)) {
            case 0 -> new BankCommand.Open(one);
            case 1 -> new BankCommand.Open(other);
            case 2 -> new BankCommand.Deposit(one, 1 + random.nextInt(100));
            case 3 -> new BankCommand.Deposit(one, Long.MAX_VALUE / 3);
            case 4 -> new BankCommand.Transfer(other, one, 1 + random.nextInt(30));
            default -> new BankCommand.Transfer(one, other, 1 + random.nextInt(30));
        });
    }

    @Override
    protected Object state(BankMachine machine) {
        return machine.statements();
    }

    @Override
    protected List<byte[]> queries() {
        return List.of(BankSerializer.encode(new BankQuery.Whole()),
                BankSerializer.encode(new BankQuery.Account("a1")));
    }

    @Test
    void serversOfSimulatedClustersHaveTheSameBooks() {
        Simulation.check(new MachineUnderTest<BankMachine>() {
            @Override
            public BankMachine machine(Path directory) {
                return new BankMachine();
            }

            @Override
            public byte[] command(Random random) {
                return BankMachineTest.this.command(random);
            }

            @Override
            public Object state(BankMachine machine) {
                return machine.statements();
            }
        }, 5);
    }

    @Test
    void aTransferMovesMoneyAndNothingElse() {
        open("alice", 100);
        open("bob", 5);
        assertEquals(70, done(new BankCommand.Transfer("alice", "bob", 30)));
        assertEquals(new BankQuery.Statement(70, 2), statement("alice"));
        assertEquals(new BankQuery.Statement(35, 2), statement("bob"));
        assertEquals(new BankQuery.Books(2, 105), books());
        assertEquals(Map.of("accounts", 2L, "total", 105L), bank.gauges());
    }

    @Test
    void whatIsRefusedHasItsCodeAndChangesNothing() {
        open("alice", 100);
        open("bob", 0);
        Map<String, BankQuery.Statement> before = bank.statements();
        assertRefused(BankMachine.OVERDRAFT, "alice has 100, less than 101",
                new BankCommand.Transfer("alice", "bob", 101));
        assertRefused(BankMachine.OVERDRAFT, "bob has 0, less than 1", new BankCommand.Transfer("bob", "alice", 1));
        assertRefused(BankMachine.NO_ACCOUNT, "there is no account carol",
                new BankCommand.Transfer("alice", "carol", 1));
        assertRefused(BankMachine.NO_ACCOUNT, "there is no account carol",
                new BankCommand.Transfer("carol", "alice", 1));
        assertRefused(BankMachine.NO_ACCOUNT, "there is no account carol", new BankCommand.Deposit("carol", 1));
        assertRefused(BankMachine.ACCOUNT_EXISTS, "alice is open already", new BankCommand.Open("alice"));
        Result malformed = bank.apply(new SentCommand(++index, new byte[] {1, 2, 3}));
        assertEquals(BankMachine.MALFORMED, malformed.code());
        assertEquals("no command of the bank: form 0x01, not 0xb1 at byte 1", malformed.text());
        assertEquals(BankMachine.MALFORMED, bank.query(ByteBuffer.wrap(new byte[] {7}), index).code());
        assertEquals(BankMachine.NO_ACCOUNT,
                bank.query(ByteBuffer.wrap(BankSerializer.encode(new BankQuery.Account("carol"))), index).code());
        assertEquals(before, bank.statements());
        assertEquals(new BankQuery.Books(2, 100), books());
    }

    @Test
    void aTransferOfEverythingIsNoOverdraft() {
        open("alice", 100);
        open("bob", 0);
        assertEquals(0, done(new BankCommand.Transfer("alice", "bob", 100)));
        assertEquals(100, done(new BankCommand.Deposit("alice", 100)));
    }

    @Test
    void noSumOverflows() {
        open("alice", Long.MAX_VALUE - 1);
        open("bob", 0);
        assertRefused(BankMachine.FULL, "there are 9223372036854775806 in the bank, and no room for 2 more",
                new BankCommand.Deposit("bob", 2));
        assertEquals(1, done(new BankCommand.Deposit("bob", 1)));
        assertEquals(0, done(new BankCommand.Transfer("bob", "alice", 1)));
        assertEquals(new BankQuery.Statement(Long.MAX_VALUE, 2), statement("alice"));
        assertEquals(new BankQuery.Books(2, Long.MAX_VALUE), books());
    }

    @Test
    void aTransferThatIsExecutedTwiceShows() {
        open("alice", 100);
        open("bob", 0);
        BankCommand transfer = new BankCommand.Transfer("alice", "bob", 10);
        assertEquals(90, done(transfer));
        assertEquals(80, done(transfer));
        assertEquals(new BankQuery.Statement(20, 2), statement("bob"));
    }

    @Test
    void aSnapshotHasTheFormatThatIsWrittenDown() throws Exception {
        open("alice", 100);
        byte[] expected = ByteBuffer.allocate(40).put((byte) 0xB1).put((byte) 5)
                .put("alice".getBytes(StandardCharsets.US_ASCII)).putLong(100).putLong(1).put((byte) 0).putLong(1)
                .putLong(100).array();
        assertEquals(HexFormat.of().formatHex(expected), HexFormat.of().formatHex(written(bank.snapshot())));
    }

    @Test
    void aSnapshotThatIsCutOrChangedIsRefusedAndChangesNothing() throws Exception {
        open("alice", 100);
        open("bob", 7);
        byte[] whole = written(bank.snapshot());
        Map<String, BankQuery.Statement> before = bank.statements();
        for (int length = 0; length < whole.length; length++) {
            assertEquals("ends early at byte " + length, refused(Arrays.copyOf(whole, length))
                    .replaceFirst("at byte \\d+", "at byte " + length));
        }
        assertEquals("goes on behind its end at byte " + whole.length,
                refused(Arrays.copyOf(whole, whole.length + 1)));
        assertEquals("a snapshot of the bank of version 1, not 177 at byte 1", refused(with(whole, 0, 1)));
        assertEquals("a name that is none, or is out of order at byte 7", refused(with(whole, 2, 'z' + 1)));
        assertEquals("a name that is none, or is out of order at byte 27", refused(with(whole, 2, 'z')));
        assertEquals("a balance of -9223372036854775708 where there are 0 on other accounts at byte 23",
                refused(with(whole, 7, 0x80)));
        assertEquals("balances of 108 in all where they should be 107 at byte " + whole.length,
                refused(with(whole, 14, 101)));
        assertEquals("2 accounts where there should be 3 at byte " + (whole.length - Long.BYTES),
                refused(with(whole, whole.length - Long.BYTES - 1, 3)));
        assertEquals(before, bank.statements());
        assertEquals(Map.of("accounts", 2L, "total", 107L), bank.gauges());
    }

    private String refused(byte[] stream) {
        return String.valueOf(assertThrows(MalformedException.class,
                () -> bank.restore(new ByteArrayInputStream(stream), 1)).getMessage());
    }

    private static byte[] with(byte[] stream, int at, int value) {
        byte[] changed = stream.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static byte[] written(MachineSnapshot snapshot) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        snapshot.writeTo(out);
        return out.toByteArray();
    }

    private void open(String account, long amount) {
        done(new BankCommand.Open(account));
        if (amount > 0) {
            done(new BankCommand.Deposit(account, amount));
        }
    }

    private long done(BankCommand command) {
        Result result = bank.apply(new SentCommand(++index, BankSerializer.encode(command)));
        assertTrue(result.isOk(), result::toString);
        return BankSerializer.balance(result.value());
    }

    private void assertRefused(int code, String text, BankCommand command) {
        assertEquals(Result.failed(code, text), bank.apply(new SentCommand(++index, BankSerializer.encode(command))));
    }

    private BankQuery.Statement statement(String account) {
        return BankSerializer.statement(ask(new BankQuery.Account(account)));
    }

    private BankQuery.Books books() {
        return BankSerializer.books(ask(new BankQuery.Whole()));
    }

    private byte[] ask(BankQuery query) {
        Result answer = bank.query(ByteBuffer.wrap(BankSerializer.encode(query)), index);
        assertTrue(answer.isOk(), answer::toString);
        return answer.value();
    }
}
