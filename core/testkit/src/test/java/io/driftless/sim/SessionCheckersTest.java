package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Each checker of sessions finds a history that breaks its promise, and lets the same history pass that does not. */
class SessionCheckersTest {

    private static final UUID NONCE = new UUID(1, 2);

    private final List<LogEntry> entries = new ArrayList<>();
    private final CommittedLog log = new CommittedLog() {
        @Override
        public long count() {
            return entries.size();
        }

        @Override
        public LogEntry entry(long index) {
            return entries.get((int) index - 1);
        }
    };
    private final SessionTwin twin = new SessionTwin(log);
    private final List<Checker> checkers = new ArrayList<>(List.of(new ExecutedOnce(log, twin),
            new TablesAgree(log, twin), new AttemptsAreTrue(log)));
    private long appliedByAll;
    private long led;
    private long copies;

    SessionCheckersTest() {
        checkers.add(new SessionAnswers(new SeenServers() {
            @Override
            public long applied(int node) {
                return appliedByAll;
            }

            @Override
            public long led(int node) {
                return led;
            }

            @Override
            public long countedMs(int node, long stepMs) {
                return 0;
            }

            @Override
            public long wallMs(int node) {
                return 0;
            }
        }, log, twin));
    }

    // ---- The log

    /** A session of 1,000 ms that keeps four results of 8 bytes each. */
    private long opening(long timeMs, int sessionsMax) {
        return append(timeMs, EntryType.SESSION, 0, 0, 0, RecordBodies.encode(new KryoSerializer(),
                new RecordBody.SessionOpening(NONCE, 1_000, 10, 4 * SessionTwin.RESULT_BYTES, sessionsMax, 1 << 20)));
    }

    private long renewal(long timeMs, long session, long lowestWanted) {
        return append(timeMs, EntryType.SESSION, 0, 0, 0, RecordBodies.encode(new KryoSerializer(),
                new RecordBody.SessionsRenewal(new TreeMap<>(java.util.Map.of(session, lowestWanted)))));
    }

    private long command(long timeMs, long session, long serial, long lowestWanted) {
        return append(timeMs, EntryType.COMMAND, session, serial, lowestWanted, Bytes.EMPTY);
    }

    private long append(long timeMs, EntryType type, long session, long serial, long lowestWanted, Bytes payload) {
        entries.add(new LogEntry(entries.size() + 1, 1, timeMs, type, session, serial, (int) (serial - lowestWanted),
                payload));
        return entries.size();
    }

    // ---- What is seen

    private void saw(Happening happening) {
        checkers.forEach(checker -> checker.saw(happening));
    }

    private void applies(long index) {
        saw(new Happening.Applied(0, index, 1, index, 7));
    }

    private void table(int node, long index, long digest, SortedMap<Long, List<Long>> kept) {
        saw(new Happening.TableSeen(node, index, false, digest, kept));
    }

    private Inquiry asks(long session, long serial, long lowestWanted) {
        Inquiry inquiry = new Inquiry(0, ++copies, NONCE, session, false, new ClientRequest.ExecuteInSession(copies, 1,
                serial, lowestWanted, Bytes.EMPTY));
        saw(new Happening.Asked(0, inquiry));
        return inquiry;
    }

    private void told(Inquiry inquiry, Outcome outcome) {
        tells(inquiry, new ClientReply.CommandAnswered(inquiry.request().id(), outcome, ""));
    }

    private void tells(Inquiry inquiry, ClientReply reply) {
        appliedByAll = entries.size();
        saw(new Happening.Told(0, inquiry, true, reply));
    }

    private static Outcome committed(long index, long result) {
        return new Outcome.Committed(index, Result.ok(ByteBuffer.allocate(Long.BYTES).putLong(result).array()));
    }

    private static Outcome rejected(Outcome.Reason reason) {
        return new Outcome.Rejected(reason, "", Duration.ZERO);
    }

    private static final Outcome NOT_KEPT = new Outcome.Unknown(Outcome.Why.RESULT_NOT_KEPT);

    private static void finds(String part, Runnable wrong) {
        String said = assertThrows(Checker.Broken.class, wrong::run).getMessage();
        assertTrue(said.contains(part), said);
    }

    /** Serials 1 and 2 are executed in session 1, at 2 and 3. */
    private void twoCommands() {
        opening(100, 10);
        asks(1, 1, 1);
        asks(1, 2, 1);
        applies(command(110, 1, 1, 1));
        applies(command(120, 1, 2, 1));
    }

    // ---- Executed once

    @Test
    void whatIsExecutedTwiceIsFound() {
        twoCommands();
        applies(2);
        applies(3);
        long again = command(130, 1, 2, 1);
        finds("serial 2 of session 1 is executed at 3 and at 4", () -> applies(again));
    }

    @Test
    void whatIsExecutedOutOfOrderIsFound() {
        opening(100, 10);
        asks(1, 2, 1);
        long second = command(110, 1, 2, 1);
        finds("is too early", () -> applies(second));
    }

    @Test
    void aGivenUpSerialThatIsExecutedIsFound() {
        twoCommands();
        asks(1, 3, 3);
        renewal(130, 1, 4);
        long late = command(140, 1, 3, 3);
        finds("which was given up", () -> applies(late));
    }

    @Test
    void whatIsExecutedInAnExpiredSessionIsFound() {
        twoCommands();
        asks(1, 3, 1);
        long late = command(1_121, 1, 3, 1);
        finds("has no session any more", () -> applies(late));
    }

    @Test
    void whatIsExecutedAtTheLastMomentIsRight() {
        twoCommands();
        asks(1, 3, 1);
        applies(command(1_120, 1, 3, 1));
    }

    // ---- Tables

    @Test
    void tablesThatDifferAreFound() {
        twoCommands();
        SortedMap<Long, List<Long>> kept = new TreeMap<>(java.util.Map.of(1L, List.of(1L, 2L)));
        table(0, 3, 42, kept);
        table(1, 3, 42, kept);
        finds("and elsewhere", () -> table(1, 3, 43, kept));
    }

    @Test
    void whoExpiresTooEarlyOrTooLateIsFound() {
        twoCommands();
        append(1_120, EntryType.NOOP, 0, 0, 0, Bytes.EMPTY);
        append(1_121, EntryType.NOOP, 0, 0, 0, Bytes.EMPTY);
        finds("by the log it is {1=[1, 2]}", () -> table(0, 4, 1, new TreeMap<>()));
        finds("by the log it is {}", () -> table(0, 5, 2, new TreeMap<>(java.util.Map.of(1L, List.of(1L, 2L)))));
        table(1, 5, 2, new TreeMap<>());
    }

    @Test
    void aSecondSessionForOneNonceIsFound() {
        opening(100, 10);
        long again = opening(200, 10);
        finds("by the log it is {1=[]}", () -> table(0, again, 1, new TreeMap<>(java.util.Map.of(1L, List.of(), 2L,
                List.of()))));
    }

    @Test
    void resultsBeyondTheSessionsBytesAreFound() {
        twoCommands();
        for (long serial = 3; serial <= 5; serial++) {
            asks(1, serial, 1);
            applies(command(130, 1, serial, 1));
        }
        finds("by the log it is {1=[2, 3, 4, 5]}", () -> table(0, 6, 1, new TreeMap<>(java.util.Map.of(1L, List.of(1L,
                2L, 3L, 4L, 5L)))));
    }

    // ---- Attempts

    @Test
    void whatWasRejectedAndIsExecutedIsFound() {
        opening(100, 10);
        Inquiry first = asks(1, 1, 1);
        Inquiry again = asks(1, 1, 1);
        told(first, rejected(Outcome.Reason.NOT_LEADER));
        told(again, rejected(Outcome.Reason.NOT_LEADER));
        long index = command(110, 1, 1, 1);
        finds("of which every attempt was rejected", () -> applies(index));
    }

    @Test
    void whatWasExecutedAndIsRejectedLastIsFound() {
        opening(100, 10);
        Inquiry first = asks(1, 1, 1);
        applies(command(110, 1, 1, 1));
        finds("is the last attempt", () -> told(first, rejected(Outcome.Reason.NOT_LEADER)));
    }

    @Test
    void oneAttemptOfTwoMayBeRejected() {
        opening(100, 10);
        Inquiry first = asks(1, 1, 1);
        asks(1, 1, 1);
        applies(command(110, 1, 1, 1));
        told(first, rejected(Outcome.Reason.NOT_LEADER));
    }

    // ---- Answers

    @Test
    void anotherIndexOrResultIsFound() {
        twoCommands();
        told(asks(1, 2, 1), committed(3, 7));
        finds("and it was executed at 3", () -> told(asks(1, 2, 1), committed(2, 7)));
        finds("and its execution came to 7", () -> told(asks(1, 2, 1), committed(3, 8)));
    }

    @Test
    void aResultThatIsSaidToBeGoneAndIsNotIsFound() {
        twoCommands();
        finds("neither executed nor given up", () -> told(asks(1, 2, 1), NOT_KEPT));
    }

    @Test
    void aResultThatNobodyWantsIsGone() {
        twoCommands();
        renewal(130, 1, 3);
        told(asks(1, 2, 1), NOT_KEPT);
    }

    @Test
    void aLivingSessionThatIsSaidToBeOverIsFound() {
        twoCommands();
        finds("and the session lives", () -> told(asks(1, 3, 1), rejected(Outcome.Reason.EXPIRED)));
    }

    @Test
    void anEndedSessionIsOver() {
        twoCommands();
        append(1_121, EntryType.NOOP, 0, 0, 0, Bytes.EMPTY);
        told(asks(1, 3, 1), rejected(Outcome.Reason.EXPIRED));
    }

    @Test
    void aCommandThatIsNotTooEarlyIsFound() {
        twoCommands();
        tells(asks(1, 5, 1), new ClientReply.OutOfOrder(copies, 3));
        finds("and those up to 2 are done with", () -> tells(asks(1, 5, 1), new ClientReply.OutOfOrder(copies, 2)));
        finds("names no earlier one", () -> tells(asks(1, 3, 1), new ClientReply.OutOfOrder(copies, 3)));
    }

    @Test
    void aSessionThatWasNotOpenedIsFound() {
        opening(100, 10);
        Inquiry inquiry = new Inquiry(0, 1, NONCE, 0, false, new ClientRequest.OpenSession(1, 1, NONCE, 1, 1, 1));
        tells(inquiry, new ClientReply.SessionNamed(1, 1));
        finds("no session was opened so", () -> tells(inquiry, new ClientReply.SessionNamed(1, 2)));
        finds("no session was opened so", () -> tells(new Inquiry(0, 1, new UUID(3, 4), 0, false, inquiry.request()),
                new ClientReply.SessionNamed(1, 1)));
    }

    @Test
    void aLeaderThatJudgesBeforeItsFirstEntryIsFound() {
        twoCommands();
        led = 2;
        saw(new Happening.LogWritten(0, List.of(new LogEntry(4, 2, 130, EntryType.NOOP, 0, 0, Bytes.EMPTY)), false));
        finds("before the first entry of the term was applied", () -> told(asks(1, 2, 1), committed(3, 7)));
        entries.add(new LogEntry(4, 2, 130, EntryType.NOOP, 0, 0, Bytes.EMPTY));
        told(asks(1, 2, 1), committed(3, 7));
    }

    @Test
    void aRefusalOfWhatIsUnderWayIsFound() {
        twoCommands();
        led = 1;
        saw(new Happening.LogWritten(0, List.of(new LogEntry(1, 1, 90, EntryType.NOOP, 0, 0, Bytes.EMPTY),
                new LogEntry(4, 1, 130, EntryType.COMMAND, 1, 3, 0, Bytes.EMPTY)), false));
        told(asks(1, 4, 1), rejected(Outcome.Reason.OVERLOADED));
        finds("and it is under way at 4", () -> told(asks(1, 3, 1), rejected(Outcome.Reason.OVERLOADED)));
    }

    @Test
    void theTwinCountsWhatHappened() {
        twoCommands();
        opening(130, 10);
        renewal(140, 1, 2);
        twin.goOnTo(5);
        assertEquals(1, twin.repeatedOpenings());
        assertEquals(1, twin.renewals());
        assertEquals(new TreeMap<>(java.util.Map.of(1L, List.of(2L))), twin.keptAt(5));
    }
}
