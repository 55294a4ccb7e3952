package io.driftless.session;

import io.driftless.codec.RecordBody.SessionOpening;
import io.driftless.codec.RecordBody.SessionsRenewal;
import io.driftless.log.LogEntry;
import io.driftless.log.LogOpenException;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a cluster as of one index, and the log's clock there (R21 to R24). For every entry, first
 * {@link #advance}, then what its type asks for. Everything is decided by the entries alone, so every server decides
 * alike. Confined to whoever applies.
 */
public final class SessionTable {

    /** No client has a serial above this: what an entry says beyond it is as good as given up. */
    public static final long SERIAL_MAX = 1L << 62;

    /** Sessions by id, in order: those that expire together go in this order. */
    private final TreeMap<Long, Session> sessions = new TreeMap<>();
    private final Map<UUID, Session> byNonce = new HashMap<>();
    private final ResultRoom room = new ResultRoom();
    private final boolean tracksChanges;
    /** Rows that changed since {@link #takeChanged}: by session, the parts. */
    private final SortedMap<Long, TreeSet<Long>> changed = new TreeMap<>();
    private long index;
    private long clockMs;
    /** No session expires up to this time; perhaps none does later. */
    private long noneExpiresUntilMs = Long.MAX_VALUE;
    /** For all sessions together: what the newest opening said. */
    private long resultBytesMax = Long.MAX_VALUE;

    /** {@code tracksChanges}: whether {@link #takeChanged} will be asked. */
    public SessionTable(boolean tracksChanges) {
        this.tracksChanges = tracksChanges;
    }

    /** A table that goes on where another one was: at this index, with this time of the log's clock. */
    public void startAt(long appliedIndex, long logTimeMs) {
        index = appliedIndex;
        clockMs = logTimeMs;
    }

    /** The last index whose entry it has seen. */
    public long index() {
        return index;
    }

    /** The stamp of that entry. */
    public long clockMs() {
        return clockMs;
    }

    /** How many sessions there are. */
    public int size() {
        return sessions.size();
    }

    /** How many bytes the results count that are kept. */
    public long resultBytes() {
        return room.bytes();
    }

    /** The next entry is applied: what its stamp says is over expires first, in order of id (R24). */
    public void advance(long nextIndex, long stampMs) {
        index = nextIndex;
        clockMs = Math.max(clockMs, stampMs);
        if (clockMs > noneExpiresUntilMs) {
            expire();
        }
    }

    /**
     * Whether a session may be past its time at {@code nowMs}: an entry is wanted whose stamp says so, since sessions
     * expire by entries alone.
     */
    public boolean isExpiryDue(long nowMs) {
        return nowMs > noneExpiresUntilMs;
    }

    private void expire() {
        List<Session> over = new ArrayList<>();
        long next = Long.MAX_VALUE;
        for (Session session : sessions.values()) {
            if (clockMs > session.expiresAtMs()) {
                over.add(session);
            } else {
                next = Math.min(next, session.expiresAtMs());
            }
        }
        over.forEach(this::remove);
        noneExpiresUntilMs = next;
    }

    /**
     * Opens a session with the id of the present entry; with the nonce of a live one that one is meant (R24).
     *
     * @return its id, or 0 if there are as many as the opening allows: a live session is never evicted
     */
    public long open(SessionOpening opening) {
        Session known = byNonce.get(opening.nonce());
        if (known != null) {
            seen(known);
            return known.id();
        }
        if (sessions.size() >= opening.sessionsMax()) {
            return 0;
        }
        put(new Session(index, opening, clockMs));
        resultBytesMax = opening.allResultsMax();
        touch(index, RowCodec.HEAD);
        return index;
    }

    /** Closes a session; false if there is none. */
    public boolean close(long id) {
        Session session = sessions.get(id);
        if (session == null) {
            return false;
        }
        remove(session);
        return true;
    }

    /** The clients of these sessions were there (R21): each lives on, and drops what its client does not want. */
    public void renew(SessionsRenewal renewal) {
        renewal.lowestWanted().forEach((id, lowestWanted) -> {
            Session session = sessions.get(id);
            if (session != null && lowestWanted <= SERIAL_MAX) {
                seen(session);
                wantsFrom(session, lowestWanted);
            }
        });
    }

    /**
     * Judges the command of the present entry. If it is the next one of its session, it has to be executed, and
     * {@link #executed} to be told.
     */
    public Judgement judge(LogEntry entry) {
        Session session = sessions.get(entry.session());
        if (session == null) {
            return Judgement.Expired.EXPIRED;
        }
        seen(session);
        if (entry.lowestWanted() < 1 || entry.serial() > SERIAL_MAX) {
            return Judgement.NotKept.NOT_KEPT;
        }
        wantsFrom(session, entry.lowestWanted());
        return session.judge(entry.serial());
    }

    /** The command of the present entry, which was the next one of its session, was executed. */
    public void executed(LogEntry entry, Result result) {
        Session session = sessions.get(entry.session());
        if (session == null) {
            throw new IllegalStateException("no session " + entry.session() + " at index " + entry.index());
        }
        room.leave(session);
        session.executed(new Judgement.Kept(entry.serial(), entry.index(), result), serial -> touch(session.id(),
                serial));
        room.enter(session);
        touch(session.id(), entry.serial());
        room.fit(resultBytesMax, sessions.values(), this::touch);
    }

    /** What a command is as of now; nothing changes. */
    public Judgement peek(long id, UUID nonce, long serial) {
        Session session = find(id, nonce);
        return session == null ? Judgement.Expired.EXPIRED : session.judge(serial);
    }

    /** Whether this is a live session. */
    public boolean holds(long id, UUID nonce) {
        return find(id, nonce) != null;
    }

    /** The live session with this nonce; 0 if there is none. */
    public long idOf(UUID nonce) {
        Session session = byNonce.get(nonce);
        return session == null ? 0 : session.id();
    }

    /** The highest serial of this session that was executed or given up; 0 if there is none, or no such session. */
    public long floor(long id) {
        Session session = sessions.get(id);
        return session == null ? 0 : session.floor();
    }

    /**
     * For how much longer than a third of its time-out nothing was heard of this session, at {@code nowMs}, if entries
     * that renew it follow with stamps up to {@code appendedMs}; negative if it wants no renewal yet, or is not there.
     */
    public long renewalOverdueMs(long id, long appendedMs, long nowMs) {
        Session session = sessions.get(id);
        return session == null ? -1 : nowMs - Math.max(session.seenMs(), appendedMs) - session.limits().timeoutMs() / 3;
    }

    private @Nullable Session find(long id, UUID nonce) {
        Session session = sessions.get(id);
        return session == null || !session.limits().nonce().equals(nonce) ? null : session;
    }

    private void seen(Session session) {
        session.seen(clockMs);
        touch(session.id(), RowCodec.HEAD);
    }

    private void wantsFrom(Session session, long serial) {
        room.leave(session);
        session.wantsFrom(serial, dropped -> touch(session.id(), dropped));
        room.enter(session);
    }

    private void put(Session session) {
        sessions.put(session.id(), session);
        byNonce.put(session.limits().nonce(), session);
        room.enter(session);
        noneExpiresUntilMs = Math.min(noneExpiresUntilMs, session.expiresAtMs());
    }

    private void remove(Session session) {
        sessions.remove(session.id());
        byNonce.remove(session.limits().nonce());
        room.leave(session);
        session.allKept().forEach(kept -> touch(session.id(), kept.serial()));
        touch(session.id(), RowCodec.HEAD);
    }

    // ---- Rows

    private void touch(long session, long part) {
        if (tracksChanges) {
            changed.computeIfAbsent(session, id -> new TreeSet<>()).add(part);
        }
    }

    /** The rows that changed since the last call, the one of index and clock among them, in order. */
    public SessionRows takeChanged() {
        List<SessionRows.Row> rows = new ArrayList<>();
        rows.add(RowCodec.place(index, clockMs, resultBytesMax));
        changed.forEach((id, parts) -> {
            Session session = sessions.get(id);
            for (long part : parts) {
                rows.add(session == null ? RowCodec.removed(id, part) : row(session, part));
            }
        });
        changed.clear();
        return new SessionRows(rows);
    }

    private static SessionRows.Row row(Session session, long part) {
        if (part == RowCodec.HEAD) {
            return RowCodec.head(session);
        }
        Judgement.Kept kept = session.kept(part);
        return kept == null ? RowCodec.removed(session.id(), part) : RowCodec.result(session.id(), kept);
    }

    /** All rows, in order. */
    public SessionRows rows() {
        return copy().get();
    }

    /** All rows as they are now, to be asked for later, on any thread: results are shared, not copied. */
    public Supplier<SessionRows> copy() {
        SessionRows.Row place = RowCodec.place(index, clockMs, resultBytesMax);
        List<Shared> shared = new ArrayList<>(sessions.size());
        for (Session session : sessions.values()) {
            shared.add(new Shared(RowCodec.head(session), session.allKept()));
        }
        return () -> {
            List<SessionRows.Row> rows = new ArrayList<>();
            rows.add(place);
            for (Shared session : shared) {
                rows.add(session.head());
                for (Judgement.Kept kept : session.results()) {
                    rows.add(RowCodec.result(session.head().session(), kept));
                }
            }
            return new SessionRows(rows);
        };
    }

    /** A session as it was, with its results, which never change. */
    private record Shared(SessionRows.Row head, List<Judgement.Kept> results) { }

    /**
     * The table that the rows are of.
     *
     * @throws IllegalArgumentException if they are not all the rows of one table
     * @throws LogOpenException         if another version wrote them
     */
    public static SessionTable of(SessionRows rows, boolean tracksChanges) {
        SessionTable table = new SessionTable(tracksChanges);
        RowCodec.read(rows, (place, clock, bytesMax) -> {
            table.startAt(place, clock);
            table.resultBytesMax = bytesMax;
        }, session -> {
            if (table.byNonce.containsKey(session.limits().nonce())) {
                throw new IllegalArgumentException("two sessions have the nonce " + session.limits().nonce());
            }
            table.put(session);
        });
        return table;
    }
}
