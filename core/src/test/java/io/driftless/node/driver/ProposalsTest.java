package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.LogEntry;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The room of a command is given back once, when its entry is done with, whether or not its client still waits. */
class ProposalsTest {

    private static final long TERM = 3;
    private static final long DEADLINE_NS = 1_000;
    private static final Bytes COMMAND = Bytes.wrap(new byte[100]);

    private final List<Outcome> outcomes = new ArrayList<>();
    /** How many took room when each was answered. */
    private final List<Integer> inFlightThen = new ArrayList<>();
    private final ClientConnection session = new ClientConnection() {
        @Override
        public void reply(ClientReply reply) {
            outcomes.add(((ClientReply.CommandAnswered) reply).outcome());
            inFlightThen.add(proposals.inFlight());
        }

        @Override
        public void flush() { }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public String description() {
            return "a client";
        }
    };
    private final Replies replies = new Replies();
    private final Admission admission = new Admission(3, 1 << 20);
    private final Proposals proposals = new Proposals(admission);

    /** Three are placed, at indexes 11 to 13; there is no room for a fourth. */
    private void place() {
        for (long index = 11; index <= 13; index++) {
            assertTrue(proposals.admit(COMMAND));
            proposals.place(index, TERM, Pending.command(session, index, DEADLINE_NS, COMMAND), replies);
        }
        assertFull();
    }

    private void expire() {
        proposals.expire(DEADLINE_NS - 1, replies);
        assertEquals(List.of(), outcomes);
        assertFalse(proposals.nobodyWaits());
        proposals.expire(DEADLINE_NS, replies);
        proposals.expire(DEADLINE_NS + 1, replies);
        assertEquals(List.of(unknown(Outcome.Why.TIMEOUT), unknown(Outcome.Why.TIMEOUT),
                unknown(Outcome.Why.TIMEOUT)), outcomes, "each client is answered once");
        assertTrue(proposals.nobodyWaits());
        assertEquals(0, proposals.unanswered());
        assertFull();
    }

    private void apply(long index, long term) {
        proposals.applied(LogEntry.command(index, term, 0, COMMAND), new Answer.Executed(index, Result.ok()),
                replies);
    }

    private void assertFull() {
        assertEquals(3, proposals.inFlight());
        assertFalse(proposals.admit(COMMAND), "the entries still wait for the disk");
    }

    /** Exactly as much room as at the start: nothing leaked, and nothing was given back twice. */
    private void assertAllRoomIsBack() {
        assertEquals(0, proposals.inFlight());
        assertEquals(0, proposals.unanswered());
        assertTrue(proposals.nobodyWaits());
        assertEquals("0 bytes of cs are in flight", admission.refusal("c"));
    }

    private static Outcome unknown(Outcome.Why why) {
        return new Outcome.Unknown(why);
    }

    @Test
    void appliedGivesTheRoomBack() {
        place();
        apply(11, TERM);
        apply(12, TERM + 1);
        assertEquals(1, proposals.inFlight());
        apply(13, TERM);
        assertEquals(unknown(Outcome.Why.LEADERSHIP_LOST), outcomes.get(1));
        assertEquals(3, outcomes.size());
        assertAllRoomIsBack();
    }

    /** Whoever flushes its connection sends the answer at once, and the client the next command. */
    @Test
    void theRoomIsFreeWhenItsClientIsAnswered() {
        place();
        apply(11, TERM);
        proposals.unknownFrom(13, replies);
        proposals.closed(replies);
        assertEquals(List.of(2, 1, 0), inFlightThen);
        assertAllRoomIsBack();
    }

    @Test
    void overwrittenGivesTheRoomBack() {
        place();
        proposals.unknownFrom(12, replies);
        assertEquals(1, proposals.inFlight());
        proposals.unknownFrom(11, replies);
        proposals.unknownFrom(1, replies);
        assertEquals(3, outcomes.size());
        assertAllRoomIsBack();
    }

    @Test
    void expiredTakesRoomUntilApplied() {
        place();
        expire();
        apply(11, TERM);
        assertEquals(2, proposals.inFlight());
        apply(13, TERM);
        assertEquals(3, outcomes.size(), "nobody is answered twice");
        assertAllRoomIsBack();
    }

    @Test
    void expiredTakesRoomUntilOverwritten() {
        place();
        expire();
        proposals.unknownFrom(12, replies);
        assertEquals(1, proposals.inFlight());
        proposals.unknownFrom(11, replies);
        assertEquals(3, outcomes.size(), "nobody is answered twice");
        assertAllRoomIsBack();
    }

    @Test
    void closedGivesTheRoomBackAlsoOfWhatComesLater() {
        place();
        proposals.closed(replies);
        assertEquals(unknown(Outcome.Why.CLOSED), outcomes.get(2));
        assertTrue(proposals.admit(COMMAND));
        proposals.place(14, TERM, Pending.command(session, 14, DEADLINE_NS, COMMAND), replies);
        apply(14, TERM);
        assertEquals(4, outcomes.size());
        assertAllRoomIsBack();
    }

    @Test
    void expiredThenClosedGivesTheRoomBack() {
        place();
        expire();
        proposals.closed(replies);
        assertEquals(3, outcomes.size(), "nobody is answered twice");
        assertAllRoomIsBack();
    }

    @Test
    void someExpireAndTheOthersAreAnsweredWhenTheyAreApplied() {
        assertTrue(proposals.admit(COMMAND));
        proposals.place(1, TERM, Pending.command(session, 1, DEADLINE_NS, COMMAND), replies);
        assertTrue(proposals.admit(COMMAND));
        proposals.place(2, TERM, Pending.command(session, 2, 2 * DEADLINE_NS, COMMAND), replies);
        proposals.expire(DEADLINE_NS, replies);
        assertEquals(1, outcomes.size());
        assertEquals(1, proposals.unanswered());
        assertFalse(proposals.nobodyWaits());
        apply(1, TERM);
        apply(2, TERM);
        assertEquals(2, outcomes.size());
        assertAllRoomIsBack();
    }

    @Test
    void whatIsRejectedBeforeItHasAnIndexGivesTheRoomBack() {
        assertTrue(proposals.admit(COMMAND));
        assertEquals(1, proposals.unanswered());
        proposals.dismiss(COMMAND);
        assertAllRoomIsBack();
    }

    private final NamedSession named = new NamedSession(1, new UUID(1, 2));

    /** The same command of a session, as it comes with each request. */
    private Pending again(long id, byte[] command) {
        Bytes payload = Bytes.wrap(command);
        assertTrue(proposals.admit(payload));
        return new Pending(session, id, DEADLINE_NS, Pending.Want.COMMAND, named, 1, 1, payload);
    }

    @Test
    void whoJoinsACommandUnderWayIsAnsweredWithIt() {
        proposals.place(11, TERM, again(1, new byte[100]), replies);
        for (long id = 2; id <= 100; id++) {
            assertTrue(proposals.join(named, again(id, new byte[100])));
            assertEquals(1, proposals.inFlight());
        }
        apply(11, TERM);
        assertEquals(100, outcomes.size());
        assertAllRoomIsBack();
    }

    /** It takes no room, so it must hold none: a command of 1 MiB may come again often while the disk hangs. */
    @Test
    void whoJoinsACommandUnderWayHoldsNoSecondCopyOfIt() {
        proposals.place(11, TERM, again(1, new byte[1 << 10]), replies);
        List<WeakReference<byte[]>> copies = new ArrayList<>();
        for (long id = 2; id <= 100; id++) {
            byte[] copy = new byte[1 << 10];
            copies.add(new WeakReference<>(copy));
            assertTrue(proposals.join(named, again(id, copy)));
            copy = null;
        }
        System.gc();
        assertEquals(0, copies.stream().filter(copy -> copy.get() != null).count());
    }

    @Test
    void whoseConnectionIsGoneIsForgottenOnceOthersJoin() {
        List<Object> repliesToThem = new ArrayList<>();
        proposals.place(11, TERM, again(1, new byte[100]), replies);
        for (long id = 2; id <= 100; id++) {
            ClientConnection gone = StandIn.of(ClientConnection.class, (proxy, method, arguments) ->
                    method.getName().equals("isOpen") ? false : repliesToThem.add(method));
            assertTrue(proposals.admit(COMMAND));
            assertTrue(proposals.join(named, new Pending(gone, id, DEADLINE_NS, Pending.Want.COMMAND, named, 1, 1,
                    COMMAND)));
        }
        assertTrue(proposals.join(named, again(101, new byte[100])));
        apply(11, TERM);
        assertEquals(2, outcomes.size());
        assertEquals(0, repliesToThem.size());
        assertAllRoomIsBack();
    }
}
