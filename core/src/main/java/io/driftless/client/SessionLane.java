package io.driftless.client;

import io.driftless.client.Call.Attempt;
import io.driftless.client.Session.Place;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.Outcome.Why;
import io.driftless.transport.ClientRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Commands in a session (thesis §6.3): each has a serial from the first time it is sent, and is sent to one leader
 * after the other until its outcome is known or its deadline passes. What may have been executed in one session is
 * never sent in another. No lock is taken by who submits, nor by an answer that settles a call. Never calls the router
 * under its own lock, while the router may call it under its. Thread safe.
 */
final class SessionLane implements Lane {

    /** Before what was refused without a time is sent again. */
    static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Router router;
    private final SessionLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    // All below: guarded by the lock, if not said otherwise.
    private Session session = new Session();
    /** The leader's connection, once it names the session; null while the leader is searched for. */
    private @Nullable Link attached;
    /** Has a serial and is to be sent, or sent again, on that connection. */
    private final TreeMap<Long, Place> due = new TreeMap<>();
    private final SessionPause pause = new SessionPause();
    /** What has this number or a lower one was sent before the last pause ended. */
    private long sentBeforePause;
    /** Whether the sender waits for a call to end; read without the lock. */
    private volatile boolean isStalled;
    /** Why the cluster gave no session; null once it did. Read without the lock. */
    private volatile Outcome.@Nullable Rejected refusal;

    SessionLane(Router router, SessionLimits limits) {
        this.router = router;
        this.limits = limits;
    }

    @Override
    public Link.Question question() {
        lock.lock();
        try {
            return new SessionProbe(this, router, session);
        } finally {
            lock.unlock();
        }
    }

    /** The request that opens a session, or names it if it is open. */
    ClientRequest probe(long id, Session about) {
        lock.lock();
        try {
            return about.id() == 0 ? limits.opening(id, about.nonce())
                    : new ClientRequest.NameSession(id, about.id(), about.nonce());
        } finally {
            lock.unlock();
        }
    }

    /** A server leads, and its connection names the session, whose id is told. */
    void named(Link link, Session about, long id) {
        long known;
        lock.lock();
        try {
            known = about.id();
            if (known == 0) {
                about.opened(id);
            }
        } finally {
            lock.unlock();
        }
        if (known == 0 || known == id) {
            router.attach(link, about);
        } else if (id > known) {
            // The nonce of a live session gives that session: the one that is known is none any more.
            expired(link, about);
        }
    }

    /** The cluster gave no session, for now. */
    void refused(Outcome.Rejected why) {
        refusal = why;
    }

    /** Everything that is not finished goes to this connection; false if it speaks for another session. */
    boolean attach(Link link, Session named) {
        lock.lock();
        try {
            if (named != session) {
                return false;
            }
            attached = link;
            due.clear();
            session.places().forEach(place -> due.put(place.serial(), place));
            pause.end();
            sentBeforePause = 0;
            refusal = null;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** This connection leads to the leader no more. */
    void detach(Link link) {
        lock.lock();
        try {
            if (attached == link) {
                detachLocked();
            }
        } finally {
            lock.unlock();
        }
    }

    private void detachLocked() {
        attached = null;
        due.clear();
        pause.end();
        isStalled = false;
    }

    /** Whether a call that has a serial is not finished. */
    boolean isOwed() {
        lock.lock();
        try {
            return session.span() > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of calls that have ended, for nothing may be sent for a long time. */
    void tend() {
        lock.lock();
        try {
            session.lowestWanted();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the cluster may hold the session. */
    boolean isOpen() {
        lock.lock();
        try {
            return session.id() != 0;
        } finally {
            lock.unlock();
        }
    }

    /** How long the pause still lasts; {@link Long#MAX_VALUE} if there is none. Ends it if its time has come. */
    long pauseNs(long nowNs) {
        lock.lock();
        try {
            long left = pause.leftNs(nowNs);
            if (left <= 0) {
                endPauseLocked();
            }
            return left;
        } finally {
            lock.unlock();
        }
    }

    private void endPauseLocked() {
        pause.end();
        sentBeforePause = attached == null ? 0 : attached.lastId();
    }

    /** What a call that waits was refused with; null without such an answer. */
    Outcome.@Nullable Rejected refusal(Call call) {
        Outcome.Rejected own = call.refusal();
        return own == null ? refusal : own;
    }

    /** Whether the sender waits for calls to end, one of which now has. */
    boolean isStalled() {
        return isStalled;
    }

    @Override
    public @Nullable Call next(Link link) {
        lock.lock();
        try {
            if (attached == link) {
                return nextLocked(link);
            }
        } finally {
            lock.unlock();
        }
        // Queued by somebody who took it for the leader's.
        List<Call> stray = link.takeQueued();
        if (!stray.isEmpty()) {
            router.requeue(stray);
        }
        return null;
    }

    private @Nullable Call nextLocked(Link link) {
        if (isHeldLocked()) {
            isStalled = true;
            // A call that ended before the mark stood did not wake anybody.
            if (isHeldLocked()) {
                return null;
            }
        }
        if (isStalled) {
            isStalled = false;
        }
        for (Map.Entry<Long, Place> next = due.pollFirstEntry(); next != null; next = due.pollFirstEntry()) {
            if (!next.getValue().call().isDone()) {
                return next.getValue().call();
            }
        }
        return session.span() < limits.window() ? placedLocked(link) : nextLocked(link);
    }

    /** The call that was queued first, with a serial from now on. What is not sent any more gets none: no gap. */
    private @Nullable Call placedLocked(Link link) {
        long nowNs = System.nanoTime();
        for (Call call = link.poll(); call != null; call = link.poll()) {
            if (!call.isDone() && call.deadlineNs() - nowNs > 0) {
                call.place(session.add(call));
                return call;
            }
        }
        return null;
    }

    private boolean isHeldLocked() {
        if (pause.isVain(session.lowestWanted())) {
            endPauseLocked();
        }
        return pause.isOn() || due.isEmpty() && session.span() >= limits.window();
    }

    @Override
    public @Nullable ClientRequest begin(Attempt attempt, long timeLeftMs) {
        Call call = attempt.call();
        lock.lock();
        try {
            Place place = call.place();
            // If the leader, or the session, is another one by now, the call is sent there.
            if (place == null || place.session() != session || attached != attempt.link()
                    || !call.beginAgain(attempt)) {
                return null;
            }
            // The call may have ended this moment.
            long lowestWanted = Math.min(session.lowestWanted(), place.serial());
            place.attempted(lowestWanted);
            return new ClientRequest.ExecuteInSession(attempt.id(), timeLeftMs, place.serial(), lowestWanted,
                    call.command());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean takeBack(Attempt attempt) {
        return ended(attempt, true);
    }

    @Override
    public void lost(Attempt attempt, Why why) {
        ended(attempt, false);
    }

    /** An attempt ended; whether its call goes on in another session. */
    private boolean ended(Attempt attempt, boolean isKnown) {
        Call call = attempt.call();
        boolean isDoomed;
        lock.lock();
        try {
            Place place = call.place();
            if (place == null) {
                return false;
            }
            place.ended(isKnown);
            if (place.isClean() && call.giveBackAll() && place.session().isOver()) {
                call.place(null);
                return true;
            }
            isDoomed = place.session().isOver() && !place.isOutstanding();
        } finally {
            lock.unlock();
        }
        if (isDoomed) {
            call.settle(new Outcome.Unknown(Why.EXPIRED));
        }
        return false;
    }

    @Override
    public Verdict answered(Attempt attempt, Outcome outcome, List<Call> toQueueAgain) {
        return switch (outcome) {
            case Outcome.Committed committed -> {
                attempt.call().settle(committed);
                yield Verdict.NONE;
            }
            case Outcome.Unknown unknown -> unknown(attempt, unknown);
            case Outcome.Rejected rejected -> {
                if (takeBack(attempt)) {
                    toQueueAgain.add(attempt.call());
                }
                yield rejected(attempt, rejected);
            }
        };
    }

    private Verdict unknown(Attempt attempt, Outcome.Unknown unknown) {
        if (unknown.why() == Why.RESULT_NOT_KEPT) {
            attempt.call().settle(unknown);
            return Verdict.NONE;
        }
        Session its = sessionOf(attempt);
        lost(attempt, unknown.why());
        if (unknown.why() == Why.EXPIRED && its != null) {
            expired(attempt.link(), its);
        } else if (!isLeft(unknown.why())) {
            sendAgain(attempt, RETRY_NS);
        }
        return isLeft(unknown.why()) ? Verdict.ELSEWHERE : Verdict.NONE;
    }

    /** Whether a server that answers so is not to be asked again at once. */
    static boolean isLeft(Why why) {
        return switch (why) {
            case DISCONNECTED, LEADERSHIP_LOST, CLOSED, INTERRUPTED, NOT_READ -> true;
            case TIMEOUT, RESULT_NOT_KEPT, EXPIRED -> false;
        };
    }

    private Verdict rejected(Attempt attempt, Outcome.Rejected rejected) {
        switch (rejected.reason()) {
            case NOT_LEADER, NO_LEADER, UNREACHABLE, CLOSED, INTERRUPTED -> {
                return Verdict.ELSEWHERE;
            }
            case TOO_LARGE, NO_TIME, NOT_DRIFTLESS, OTHER_CLUSTER ->
                attempt.call().finish(Call.Waiting.WAITING, rejected);
            case OVERLOADED -> {
                attempt.call().refused(rejected);
                sendAgain(attempt, pauseNs(rejected));
            }
            case EXPIRED -> {
                Session its = sessionOf(attempt);
                if (its != null) {
                    expired(attempt.link(), its);
                }
            }
        }
        return Verdict.NONE;
    }

    /** How long to wait before what was refused is sent again. */
    static long pauseNs(Outcome.Rejected rejected) {
        return Math.max(RETRY_NS, TimeUnit.NANOSECONDS.convert(rejected.retryAfter()));
    }

    private @Nullable Session sessionOf(Attempt attempt) {
        lock.lock();
        try {
            Place place = attempt.call().place();
            return place == null ? null : place.session();
        } finally {
            lock.unlock();
        }
    }

    private void sendAgain(Attempt attempt, long afterNs) {
        lock.lock();
        try {
            if (!isDueLocked(attempt)) {
                return;
            }
            pause.until(System.nanoTime() + afterNs);
        } finally {
            lock.unlock();
        }
        router.look();
    }

    @Override
    public void outOfOrder(Attempt attempt, long expected, List<Call> toQueueAgain) {
        if (takeBack(attempt)) {
            toQueueAgain.add(attempt.call());
            return;
        }
        lock.lock();
        try {
            if (!isDueLocked(attempt)) {
                return;
            }
            Call call = attempt.call();
            if (call.refusal() == null) {
                call.refused(new Outcome.Rejected(Reason.OVERLOADED, "a command before it was not taken yet",
                        Duration.ofNanos(RETRY_NS)));
            }
            Place place = due.get(call.place().serial());
            boolean isToldNow = place.lowestSaid() <= expected;
            // Else it goes again at once: behind what was sent again meanwhile, or with what the server did not know.
            if (attempt.id() > sentBeforePause && !(isToldNow && session.lowestWanted() > expected)) {
                pause.untilUnwanted(isToldNow ? expected : Long.MAX_VALUE, System.nanoTime() + RETRY_NS);
            }
        } finally {
            lock.unlock();
        }
        attempt.link().wake();
        router.look();
    }

    /** Marks a call as due, if it is still this connection's to send it again. */
    private boolean isDueLocked(Attempt attempt) {
        Place place = attempt.call().place();
        if (place == null || attached != attempt.link() || place.session() != session || place.call().isDone()) {
            return false;
        }
        due.put(place.serial(), place);
        return true;
    }

    /**
     * The cluster does not hold a session any more. What was certainly not appended goes on in a new one. What awaits
     * an answer of this connection is told by it; anything else of which not all is known ends.
     */
    void expired(Link link, Session ended) {
        List<Call> goOn = new ArrayList<>();
        List<Call> inDoubt = new ArrayList<>();
        lock.lock();
        try {
            if (ended.isOver()) {
                return;
            }
            ended.end();
            for (Place place : ended.places()) {
                Call call = place.call();
                if (place.isClean() && !call.isDone()) {
                    call.place(null);
                    goOn.add(call);
                } else if (!(place.isOutstanding() && call.stage() instanceof Attempt last && last.link() == link)) {
                    inDoubt.add(call);
                }
            }
            session = new Session();
            detachLocked();
        } finally {
            lock.unlock();
        }
        inDoubt.forEach(call -> call.settle(new Outcome.Unknown(Why.EXPIRED)));
        router.sessionOver(link, goOn);
    }
}
