package io.driftless.sim;

import io.driftless.machine.Outcome;
import io.driftless.sim.history.Operation;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A client in a session: it has several commands under way, and whatever it does not know the outcome of it sends again
 * in the session, until it gives the serial up. {@link SessionWhims} has it do what few clients do. Written apart from
 * the client that users have.
 */
final class SessionClient implements SessionLine.Client {

    private static final long BACK_OFF_MAX_MS = 40;

    final int number;
    private final Universe universe;
    private final SplittableRandom chance;
    private final SessionWhims whims;
    private final SortedMap<Long, SessionCall> calls = new TreeMap<>();
    private final Later connecting;
    private final Later pause;
    private UUID nonce;
    /** 0 while it is not known to be open. */
    private long session;
    private long nextSerial = 1;
    /** Whom it thinks the leader. */
    private int hint;
    private @Nullable SessionLine line;
    private final Asides asides = new Asides();
    /** Whether the leader at the other end has confirmed the session on this connection. */
    private boolean isNamed;
    private boolean isClosing;
    private long idleUntilNs;
    private long awayUntilNs;
    private long lastSeen;
    private boolean ended;

    SessionClient(int number, Universe universe) {
        this.number = number;
        this.universe = universe;
        this.chance = universe.plan.chance("sessions", number);
        this.nonce = newNonce();
        this.connecting = new Later(universe.timeline, this::connect);
        this.pause = new Later(universe.timeline, this::goOn);
        this.whims = new SessionWhims(this, universe, universe.plan.chance("whims", number));
    }

    private UUID newNonce() {
        return new UUID(chance.nextLong(), chance.nextLong());
    }

    private long now() {
        return universe.timeline.nowNs();
    }

    /** Begins. */
    void begin() {
        think();
        goOn();
    }

    /** No new operation begins; once all are settled it hangs up. */
    void end() {
        ended = true;
        idleUntilNs = 0;
        awayUntilNs = 0;
        goOn();
    }

    private void think() {
        universe.timeline.in(1_000_000 * chance.nextLong(1, universe.plan.knob(Knob.THINK_MAX_MS) + 1), () -> {
            if (!ended) {
                whims.thought();
                if (hasRoom() && idleUntilNs <= now()) {
                    newCall();
                    goOn();
                }
                think();
            }
        });
    }

    private boolean hasRoom() {
        long window = universe.plan.knob(Knob.SESSION_WINDOW);
        return !isClosing && (calls.isEmpty() || nextSerial - calls.firstKey() < window);
    }

    private SessionCall newCall() {
        long own = universe.newSerial();
        Operation.Kind kind = Operation.Kind.values()[chance.nextInt(3)];
        Operation operation = new Operation(own, number, kind, chance.nextInt((int) universe.plan.knob(Knob.KEYS)),
                own, lastSeen);
        universe.saw(new Happening.Invoked(operation, now()));
        long deadlineNs = now() + 1_000_000 * universe.plan.knob(Knob.TIMEOUT_MS);
        SessionCall call = new SessionCall(operation, deadlineNs, nextSerial++);
        calls.put(call.serial(), call);
        universe.timeline.at(call.deadlineNs, () -> givesUp(call));
        return call;
    }

    // ---- Connection and session

    /** Does what can be done now. */
    private void goOn() {
        SessionLine present = line;
        if (ended && calls.isEmpty()) {
            hangUp();
            asides.leave();
        } else if (awayUntilNs <= now()) {
            if (present == null) {
                connecting.in(1_000 * universe.plan.knob(Knob.LATENCY_MAX_US) + 1);
            } else if (isNamed) {
                sendWhatWaits(present);
            }
        }
    }

    /** One pause at a time: were each answer to end in a pause of its own, a window sent again would send another. */
    private void goOnLater() {
        pause.in(1_000_000 * chance.nextLong(1, BACK_OFF_MAX_MS));
    }

    private void connect() {
        Life life = universe.node(hint).life();
        if (life == null || !life.isListening()) {
            turnsTo(-1);
            goOnLater();
        } else if (line == null && awayUntilNs <= now()) {
            SessionLine fresh = new SessionLine(universe, life, this, "client " + number, chance.split());
            line = fresh;
            introduce(fresh);
        }
    }

    private void introduce(SessionLine fresh) {
        fresh.send(List.of(session == 0 ? opening(fresh) : naming(fresh)), 0);
        if (session == 0 && whims.repeatsOpening()) {
            universe.timeline.in(whims.lateNs() / 20, () -> {
                if (line == fresh && session == 0) {
                    fresh.send(List.of(opening(fresh)), 0);
                }
            });
        }
        SessionLine other = session == 0 && whims.opensElsewhereToo() ? aside() : null;
        if (other != null) {
            other.send(List.of(opening(other)), 0);
        }
        universe.timeline.in(1_000_000 * universe.plan.knob(Knob.TIMEOUT_MS) / 2, () -> {
            if (line == fresh && !isNamed) {
                drop(-1);
            }
        });
    }

    private Inquiry opening(SessionLine on) {
        return inquiry(0, false, new ClientRequest.OpenSession(on.nextId(), universe.plan.knob(Knob.TIMEOUT_MS), nonce,
                universe.plan.knob(Knob.SESSION_TIMEOUT_MS), (int) universe.plan.knob(Knob.SESSION_WINDOW),
                SessionTwin.limit(universe.plan.knob(Knob.SESSION_RESULT_BYTES))));
    }

    private Inquiry naming(SessionLine on) {
        return inquiry(session, false, new ClientRequest.NameSession(on.nextId(), session, nonce));
    }

    private Inquiry inquiry(long about, boolean isLate, ClientRequest request) {
        return new Inquiry(number, universe.newInquiry(), nonce, about, isLate, request);
    }

    /** Another connection to any server, beside its own; null if it is not there. */
    private @Nullable SessionLine aside() {
        Life life = universe.node(chance.nextInt(universe.plan.servers())).life();
        return life == null || !life.isListening() ? null : asides.with(
                new SessionLine(universe, life, this, "client " + number + ", aside", chance.split()));
    }

    private void turnsTo(int leader) {
        hint = leader >= 0 ? leader : chance.nextInt(universe.plan.servers());
    }

    private void hangUp() {
        SessionLine present = line;
        line = null;
        isNamed = false;
        if (present != null) {
            present.leave();
        }
    }

    private void drop(int leader) {
        hangUp();
        turnsTo(leader);
        goOnLater();
    }

    @Override
    public void lost(SessionLine gone) {
        if (line == gone) {
            drop(-1);
        }
    }

    /** A process has ended. */
    void died(Life ended) {
        SessionLine present = line;
        if (present != null && present.leadsTo(ended)) {
            present.breaks();
        }
    }

    /** Its session is over, or is given up: what cannot have been executed goes on in another one. */
    private void renewSession() {
        nonce = newNonce();
        session = 0;
        isNamed = false;
        isClosing = false;
        nextSerial = 1;
        List<SessionCall> all = new ArrayList<>(calls.values());
        calls.clear();
        for (SessionCall call : all) {
            if (call.mayBeExecuted()) {
                universe.saw(new Happening.GaveUp(call.operation, now(), false));
            } else {
                call.renumbered(nextSerial++);
                calls.put(call.serial(), call);
            }
        }
        whims.forgets();
        SessionLine present = line;
        if (present != null) {
            introduce(present);
        }
    }

    // ---- Commands

    private void sendWhatWaits(SessionLine present) {
        List<Inquiry> together = new ArrayList<>();
        for (SessionCall call : calls.values()) {
            if (!call.isSentOn(present)) {
                Inquiry copy = command(present, call, false);
                call.sent(present, copy.number());
                together.add(copy);
                watch(present, call);
                if (whims.sendsTwice()) {
                    Inquiry again = command(present, call, false);
                    call.copied(again.number());
                    together.add(again);
                }
                if (whims.sendsAside()) {
                    sendAside(call, false, whims.lateNs());
                }
            }
        }
        if (!together.isEmpty()) {
            present.send(together, 0);
        }
    }

    /** A leader that says nothing for long is left. */
    private void watch(SessionLine present, SessionCall call) {
        universe.timeline.in(1_000_000 * whims.patienceMs(), () -> {
            if (line == present && calls.get(call.serial()) == call && call.isSentOn(present)) {
                drop(-1);
            }
        });
    }

    private Inquiry command(SessionLine on, SessionCall call, boolean isLate) {
        long lowest = calls.isEmpty() ? call.serial() : Math.min(call.serial(), calls.firstKey());
        return inquiry(session, isLate, new ClientRequest.ExecuteInSession(on.nextId(), Math.max(0,
                (call.deadlineNs - now()) / 1_000_000), call.serial(), lowest, call.operation.encoded()));
    }

    /** A copy on a connection of its own, which reads it late. */
    void sendAside(SessionCall call, boolean isLate, long lateNs) {
        SessionLine other = session == 0 ? null : aside();
        if (other != null) {
            Inquiry name = naming(other);
            Inquiry copy = command(other, call, isLate);
            call.copied(copy.number());
            other.send(List.of(name, copy), lateNs);
        }
    }

    private void givesUp(SessionCall call) {
        if (calls.get(call.serial()) == call) {
            calls.remove(call.serial());
            universe.saw(new Happening.GaveUp(call.operation, now(), !call.mayBeExecuted()));
            if (call.mayBeExecuted()) {
                whims.settled(call);
            }
            // What comes after it has to say that nobody wants it any more.
            calls.tailMap(call.serial()).values().forEach(SessionCall::wanted);
            goOnLater();
        }
    }

    // ---- Answers

    @Override
    public void told(SessionLine from, Inquiry inquiry, ClientReply reply) {
        switch (reply) {
            case ClientReply.SessionNamed named -> named(from, inquiry, named);
            case ClientReply.OutOfOrder early -> tooEarly(inquiry);
            case ClientReply.CommandAnswered answered -> {
                switch (inquiry.request()) {
                    case ClientRequest.ExecuteInSession execute -> executed(from, inquiry, answered);
                    case ClientRequest.CloseSession close -> closed(inquiry);
                    case ClientRequest.OpenSession open -> notNamed(from, inquiry, answered);
                    case ClientRequest.NameSession name -> notNamed(from, inquiry, answered);
                    case ClientRequest.Execute other -> throw new IllegalStateException("never sent: " + other);
                    case ClientRequest.Query other -> throw new IllegalStateException("never sent: " + other);
                    case ClientRequest.Status other -> throw new IllegalStateException("never sent: " + other);
                    case ClientRequest.TransferLeadership it -> throw new IllegalStateException("never sent: " + it);
                    case ClientRequest.TakeSnapshot other -> throw new IllegalStateException("never sent: " + other);
                }
            }
            case ClientReply.Goodbye goodbye -> lost(from);
            case ClientReply.QueryAnswered other -> throw new IllegalStateException("never asked: " + other);
            case ClientReply.StatusAnswered other -> throw new IllegalStateException("never asked: " + other);
            case ClientReply.TransferAnswered other -> throw new IllegalStateException("never asked: " + other);
            case ClientReply.SnapshotAnswered other -> throw new IllegalStateException("never asked: " + other);
        }
    }

    private void named(SessionLine from, Inquiry inquiry, ClientReply.SessionNamed named) {
        if (inquiry.nonce().equals(nonce)) {
            session = named.session();
            if (from == line) {
                isNamed = true;
                goOn();
            }
        }
    }

    private void notNamed(SessionLine from, Inquiry inquiry, ClientReply.CommandAnswered answered) {
        if (from == line && inquiry.nonce().equals(nonce)) {
            if (isExpired(answered)) {
                renewSession();
            } else if (!isNamed) {
                drop(leaderIn(answered));
            }
        }
    }

    private static boolean isExpired(ClientReply.CommandAnswered answered) {
        return answered.outcome() instanceof Outcome.Rejected rejected && rejected.reason() == Outcome.Reason.EXPIRED;
    }

    private int leaderIn(ClientReply.CommandAnswered answered) {
        boolean isElsewhere = answered.outcome() instanceof Outcome.Rejected rejected
                && rejected.reason() == Outcome.Reason.NOT_LEADER;
        return isElsewhere ? universe.numberOfAddress(answered.leaderAddress()) : hint;
    }

    private @Nullable SessionCall callOf(Inquiry inquiry) {
        return inquiry.nonce().equals(nonce) ? calls.get(inquiry.serial()) : null;
    }

    private void executed(SessionLine from, Inquiry inquiry, ClientReply.CommandAnswered answered) {
        SessionCall call = callOf(inquiry);
        switch (answered.outcome()) {
            case Outcome.Committed committed -> committed(inquiry, committed, call);
            case Outcome.Rejected rejected -> {
                if (call != null) {
                    call.rejected(inquiry.number());
                    call.wanted();
                }
                if (rejected.reason() == Outcome.Reason.EXPIRED) {
                    if (inquiry.nonce().equals(nonce)) {
                        renewSession();
                    }
                } else if (from == line && rejected.reason() == Outcome.Reason.NOT_LEADER) {
                    drop(leaderIn(answered));
                } else {
                    goOnLater();
                }
            }
            case Outcome.Unknown unknown -> {
                if (call != null && unknown.why() == Outcome.Why.RESULT_NOT_KEPT) {
                    givesUp(call);
                } else if (call != null) {
                    call.wanted();
                    goOnLater();
                }
            }
        }
    }

    private void committed(Inquiry inquiry, Outcome.Committed committed, @Nullable SessionCall call) {
        Operation operation = Operation.decode(((ClientRequest.ExecuteInSession) inquiry.request()).command()
                .asByteBuffer());
        long result = ByteBuffer.wrap(committed.result().value()).getLong();
        universe.saw(new Happening.Committed(operation, now(), committed.index(), result));
        if (call != null) {
            calls.remove(call.serial());
            lastSeen = operation.after(result);
            whims.settled(call);
            goOn();
        }
    }

    private void tooEarly(Inquiry inquiry) {
        SessionCall call = callOf(inquiry);
        if (call != null) {
            call.rejected(inquiry.number());
            calls.values().forEach(SessionCall::wanted);
            goOnLater();
        }
    }

    private void closed(Inquiry inquiry) {
        if (isClosing && inquiry.nonce().equals(nonce)) {
            renewSession();
        }
    }

    // ---- Whims

    /** A new operation begins only after so long, and the connection stays. */
    void idles(long ms) {
        idleUntilNs = now() + 1_000_000 * ms;
    }

    /** The same, and it hangs up. */
    void leaves(long ms) {
        idles(ms);
        awayUntilNs = idleUntilNs;
        hangUp();
        universe.timeline.at(awayUntilNs, this::goOn);
    }

    /** It gives up a serial that is under way. */
    void losesInterest() {
        if (!calls.isEmpty()) {
            List<SessionCall> all = new ArrayList<>(calls.values());
            SessionCall call = all.get(chance.nextInt(all.size()));
            givesUp(call);
            if (call.mayBeExecuted()) {
                sendAside(call, true, whims.lateNs());
            }
        }
    }

    /** It gives a serial up as soon as a copy is on its way, which is read late, or never. */
    void regrets() {
        if (isNamed && hasRoom()) {
            SessionCall call = newCall();
            sendAside(call, true, whims.lateNs());
            givesUp(call);
        }
    }

    /** It forgets everything, also that it had a session. */
    void crashes() {
        calls.values().forEach(call -> universe.saw(new Happening.GaveUp(call.operation, now(),
                !call.mayBeExecuted())));
        calls.clear();
        hangUp();
        lastSeen = 0;
        renewSession();
        turnsTo(-1);
        goOnLater();
    }

    /** It ends its session, once nothing is under way. */
    void closes() {
        SessionLine present = line;
        if (present != null && isNamed && calls.isEmpty() && !isClosing) {
            isClosing = true;
            present.send(List.of(inquiry(session, false, new ClientRequest.CloseSession(present.nextId(),
                    universe.plan.knob(Knob.TIMEOUT_MS)))), 0);
            UUID closing = nonce;
            universe.timeline.in(1_000_000 * universe.plan.knob(Knob.TIMEOUT_MS), () -> {
                if (isClosing && nonce.equals(closing)) {
                    renewSession();
                }
            });
        }
    }
}
