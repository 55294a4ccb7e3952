package io.driftless.ops.bank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.errors.MalformedException;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The bytes of the bank, and what its types and its client make of them. */
class BankSerializerTest {

    private static final String LONGEST = "x".repeat(40);

    @Test
    void theBytesInALogAreThese() {
        assertEquals("b10101" + "61", hex(new BankCommand.Open("a")));
        assertEquals("b10201" + "61" + "0000000000000100", hex(new BankCommand.Deposit("a", 256)));
        assertEquals("b10301" + "61" + "02" + "622d" + "0000000000000001", hex(new BankCommand.Transfer("a", "b-", 1)));
    }

    @Test
    void whatWasWrittenIsRead() {
        for (BankCommand command : List.of(new BankCommand.Open("A.z_0-9"), new BankCommand.Open(LONGEST),
                new BankCommand.Deposit("a", Long.MAX_VALUE), new BankCommand.Transfer(LONGEST, "y" + LONGEST
                        .substring(1), Long.MAX_VALUE))) {
            ByteBuffer payload = ByteBuffer.wrap(BankSerializer.encode(command));
            assertEquals(command, BankSerializer.decodeCommand(payload));
            assertEquals(0, payload.position());
        }
        for (BankQuery query : List.of(new BankQuery.Account("a"), new BankQuery.Whole())) {
            assertEquals(query, BankSerializer.decodeQuery(ByteBuffer.wrap(BankSerializer.encode(query))));
        }
    }

    @Test
    void whatIsCutShortOrTooLongIsMalformed() {
        for (BankCommand command : List.of(new BankCommand.Open("abc"), new BankCommand.Deposit("abc", 1),
                new BankCommand.Transfer("abc", "d", 1))) {
            byte[] bytes = BankSerializer.encode(command);
            for (int length = 0; length < bytes.length; length++) {
                assertMalformed("ends early", Arrays.copyOf(bytes, length));
            }
            assertMalformed("2 bytes too many", Arrays.copyOf(bytes, bytes.length + 2));
        }
    }

    @Test
    void whatTheTypesRefuseIsMalformed() {
        assertMalformed("form 0xb2, not 0xb1", "b2010161");
        assertMalformed("no such kind of command", "b1040161");
        assertMalformed("'' is no name of an account", "b10100");
        assertMalformed("'a b' is no name of an account", "b10103612062");
        assertMalformed("'\u00e9' is no name of an account", "b10101e9");
        assertMalformed("an amount of 0", "b1020161" + "0000000000000000");
        assertMalformed("an amount of -1", "b1020161" + "ffffffffffffffff");
        assertMalformed("a transfer from a to itself", "b1030161" + "0161" + "0000000000000001");
        assertThrows(IllegalArgumentException.class, () -> new BankCommand.Open(LONGEST + "x"));
        assertThrows(IllegalArgumentException.class, () -> new BankQuery.Account(LONGEST + "x"));
        assertThrows(MalformedException.class, () -> BankSerializer.decodeQuery(ByteBuffer.wrap(new byte[] {1})));
        assertThrows(MalformedException.class, () -> BankSerializer.statement(new byte[15]));
        assertThrows(MalformedException.class, () -> BankSerializer.books(new byte[17]));
    }

    @Test
    void theClientSaysEachOutcomeInItsOwnType() {
        assertEquals(new BankOutcome.Done(7, 90), outcome(
                new Outcome.Committed(7, Result.ok(BankSerializer.encode(90)))));
        assertEquals(new BankOutcome.Refused(7, BankMachine.OVERDRAFT, "too little"), outcome(
                new Outcome.Committed(7, Result.failed(BankMachine.OVERDRAFT, "too little"))));
        assertEquals(new BankOutcome.NotExecuted(Outcome.Reason.NO_LEADER, "nobody"), outcome(
                new Outcome.Rejected(Outcome.Reason.NO_LEADER, "nobody", Duration.ZERO)));
        assertEquals(new BankOutcome.Unknown(Outcome.Why.TIMEOUT), outcome(
                new Outcome.Unknown(Outcome.Why.TIMEOUT)));
        assertThrows(MalformedException.class, () -> outcome(new Outcome.Committed(7, Result.ok("another machine"))));
    }

    private static BankOutcome outcome(Outcome told) {
        BankCommand command = new BankCommand.Open("a");
        RaftClient answering = new RaftClient() {
            @Override
            public Outcome execute(byte[] bytes, Duration timeout) {
                assertArrayEquals(BankSerializer.encode(command), bytes);
                return told;
            }

            @Override
            public CompletableFuture<Outcome> submit(byte[] bytes, Duration timeout) {
                return CompletableFuture.completedFuture(execute(bytes, timeout));
            }

            @Override
            public void close() { }
        };
        try (BankClient client = new BankClient(answering)) {
            BankOutcome outcome = client.execute(command, Duration.ofSeconds(1));
            assertEquals(outcome, client.submit(command, Duration.ofSeconds(1)).join());
            return outcome;
        }
    }

    private static String hex(BankCommand command) {
        return HexFormat.of().formatHex(BankSerializer.encode(command));
    }

    private static void assertMalformed(String what, String hex) {
        assertMalformed(what, HexFormat.of().parseHex(hex));
    }

    private static void assertMalformed(String what, byte[] bytes) {
        String message = String.valueOf(assertThrows(MalformedException.class,
                () -> BankSerializer.decodeCommand(ByteBuffer.wrap(bytes))).getMessage());
        assertTrue(message.startsWith(what + " at byte "), message);
    }
}
