package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.session.SessionTable;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A door of a leader over a real table, and a client in front of it; the log is what the test says. */
abstract class DoorSetting {

    static final UUID NONCE = new UUID(1, 2);
    static final long TERM = 3;
    static final long NOW_MS = 1_000_000;
    static final long TIMEOUT_MS = 9_000;
    static final Bytes COMMAND = Bytes.utf8("x");

    final List<ClientReply> replies = new ArrayList<>();
    final Admission admission = new Admission(100, 1 << 20);
    final Proposals proposals = new Proposals(admission);
    final Replies round = new Replies();
    final SessionTable table = new SessionTable(false);
    final StateMachine machine = StandIn.of(StateMachine.class,
            (proxy, method, arguments) -> Result.ok("done"));
    final ReplicatedState state = new ReplicatedState(new MachineCalls(machine, System::nanoTime), table,
            new KryoSerializer(), session -> { });
    final Client client = new Client();
    long applied;
    long last;
    long nextId;
    long lookNs;
    final List<LogEntry> underWay = new ArrayList<>();
    final SessionDoor door = new SessionDoor(state, proposals, () -> applied, new KryoSerializer());

    final class Client implements ClientConnection {
        boolean isOpen = true;

        @Override
        public void reply(ClientReply reply) {
            replies.add(reply);
        }

        @Override
        public void flush() { }

        @Override
        public boolean isOpen() {
            return isOpen;
        }

        @Override
        public String description() {
            return "a client";
        }
    }

    void lead() {
        door.leadershipChanged();
        door.noopAppended(++last);
    }

    /** All that has an index is applied. */
    void applyAll(List<LogEntry> entries) {
        for (LogEntry entry : entries) {
            Answer answer = state.apply(entry);
            applied = entry.index();
            proposals.applied(entry, answer, round);
        }
        applied = last;
    }

    NamedSession open() {
        lead();
        applied = last;
        long id = ++last;
        applyAll(List.of(new LogEntry(id, TERM, NOW_MS, EntryType.SESSION, 0, 0,
                RecordBodies.encode(new KryoSerializer(), new RecordBody.SessionOpening(NONCE, TIMEOUT_MS, 10, 1_000,
                        10, 1 << 20)))));
        return door.name(client, id, NONCE);
    }

    Pending pending(Pending.Want want, NamedSession session, long serial, long lowestWanted) {
        Bytes payload = want == Pending.Want.COMMAND ? COMMAND : Bytes.EMPTY;
        proposals.admit(payload);
        return new Pending(client, ++nextId, Long.MAX_VALUE, want, session, serial, lowestWanted, payload);
    }

    SessionDoor.Verdict judge(NamedSession session, long serial, long lowestWanted) {
        return door.judge(pending(Pending.Want.COMMAND, session, serial, lowestWanted), round);
    }

    /** Judged as to be proposed, and placed. */
    LogEntry propose(NamedSession session, long serial, long lowestWanted) {
        Pending pending = pending(Pending.Want.COMMAND, session, serial, lowestWanted);
        assertEquals(SessionDoor.Verdict.PROPOSE, door.judge(pending, round));
        proposals.place(++last, TERM, pending, round);
        door.placed(pending, last, NOW_MS);
        door.proposed();
        return pending.entry(last, TERM, NOW_MS);
    }

    Outcome.Rejected rejected() {
        return (Outcome.Rejected) ((ClientReply.CommandAnswered) replies.getLast()).outcome();
    }

    Outcome outcome() {
        return ((ClientReply.CommandAnswered) replies.getLast()).outcome();
    }

    /** The sessions that a look at this time of the log's clock renews, if any; the entry is placed, not applied. */
    Map<Long, Long> renewed(long logTimeMs) {
        lookNs += 1_000_000_000;
        Pending renewal = door.renewal(lookNs, logTimeMs);
        if (renewal == null) {
            return Map.of();
        }
        place(renewal, logTimeMs);
        return ((RecordBody.SessionsRenewal) RecordBodies.decode(renewal.payload())).lowestWanted();
    }

    void place(Pending pending, long stampMs) {
        proposals.place(++last, TERM, pending, round);
        door.placed(pending, last, stampMs);
        underWay.add(pending.entry(last, TERM, stampMs));
    }

    void applyThoseUnderWay() {
        applyAll(List.copyOf(underWay));
        underWay.clear();
    }
}
