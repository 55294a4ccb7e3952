package io.driftless.sim;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.log.LogEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the session table of every server has to be at each index, worked out from the committed entries by the letter
 * of R21 to R24, plainly and with everything remembered. The checkers compare with it.
 */
final class SessionTwin {

    /** What a result of {@link RegisterMachine} counts: its 8 bytes, and 96 more as each one does. */
    static final long RESULT_BYTES = Long.BYTES + 96;

    /** A session, living or not. */
    static final class Known {

        private final long id;
        private final RecordBody.SessionOpening limits;
        private long seenMs;
        private long endedAt;
        private boolean hasExpired;
        private long floor;
        /** The floor from each index on at which it rose. */
        private final TreeMap<Long, Long> floors = new TreeMap<>();
        private final SortedMap<Long, Long> executedAt = new TreeMap<>();
        private final TreeMap<Long, Long> kept = new TreeMap<>();
        /** Where results were dropped, by serial. */
        private final Map<Long, Long> droppedAt = new HashMap<>();
        /** Where a command was found too early, by serial. */
        private final Set<Long> early = new HashSet<>();

        Known(long id, RecordBody.SessionOpening limits, long seenMs) {
            this.id = id;
            this.limits = limits;
            this.seenMs = seenMs;
        }

        UUID nonce() {
            return limits.nonce();
        }

        /** Where it expired or was closed; 0 if it lives. */
        long endedAt() {
            return endedAt;
        }

        boolean hasExpired() {
            return hasExpired;
        }

        /** Whether a serial was done with that was never executed. */
        boolean hasPassed() {
            return executedAt.size() < floor;
        }

        /** Where this serial was executed; 0 if it was not. */
        long executedAt(long serial) {
            return executedAt.getOrDefault(serial, 0L);
        }

        /** The highest serial that is done with, as of an index. */
        long floorAt(long index) {
            Map.Entry<Long, Long> risen = floors.floorEntry(index);
            return risen == null ? 0 : risen.getValue();
        }

        /** Whether as of an index this serial is done with and has no result. */
        boolean isGone(long serial, long index) {
            boolean isDropped = executedAt(serial) == 0 || droppedAt.getOrDefault(serial, Long.MAX_VALUE) <= index;
            return floorAt(index) >= serial && isDropped;
        }

        /** Whether an entry with this serial came too early. */
        boolean wasEarly(long serial) {
            return early.contains(serial);
        }

        private void wantsFrom(long serial, long index) {
            drop(kept.headMap(serial), index);
            rise(serial - 1, index);
        }

        private void rise(long to, long index) {
            if (to > floor) {
                floor = to;
                floors.put(index, to);
            }
        }

        private void drop(SortedMap<Long, Long> some, long index) {
            some.keySet().forEach(serial -> droppedAt.put(serial, index));
            some.clear();
        }

        private void execute(long serial, long index) {
            executedAt.put(serial, index);
            rise(serial, index);
            drop(kept.headMap(serial - limits.window() + 1), index);
            kept.put(serial, index);
            while (kept.size() * RESULT_BYTES > limits.resultBytesMax()) {
                dropOldest(index);
            }
        }

        private void dropOldest(long index) {
            drop(kept.headMap(kept.firstKey() + 1), index);
        }
    }

    private final CommittedLog log;
    private final SortedMap<Long, Known> all = new TreeMap<>();
    private final SortedMap<Long, Known> living = new TreeMap<>();
    /** Commands that were to be executed, by index. */
    private final Set<Long> executed = new HashSet<>();
    /** What {@link #kept} was, from each index on at which it changed. */
    private final TreeMap<Long, SortedMap<Long, List<Long>>> views = new TreeMap<>();
    private long index;
    private long clockMs;
    private long allResultsMax = Long.MAX_VALUE;
    private boolean madeRoom;
    private long renewals;
    private long repeatedOpenings;
    private long closings;

    SessionTwin(CommittedLog log) {
        this.log = log;
        views.put(0L, new TreeMap<>());
    }

    /** The last index that it has seen. */
    long index() {
        return index;
    }

    /** Goes on up to an index, or to what is committed. */
    void goOnTo(long upTo) {
        while (index < Math.min(upTo, log.count())) {
            index++;
            take(log.entry(index));
            SortedMap<Long, List<Long>> now = kept();
            if (!now.equals(views.lastEntry().getValue())) {
                views.put(index, now);
            }
        }
    }

    private void take(LogEntry entry) {
        clockMs = Math.max(clockMs, entry.timeMs());
        for (Known session : List.copyOf(living.values())) {
            if (clockMs > session.seenMs + session.limits.timeoutMs()) {
                session.hasExpired = true;
                end(session);
            }
        }
        switch (entry.type()) {
            case COMMAND -> command(entry);
            case SESSION -> session(RecordBodies.decode(entry.payload()));
            case NOOP, CONFIGURATION -> { }
        }
    }

    private void end(Known session) {
        session.endedAt = index;
        living.remove(session.id);
    }

    private void command(LogEntry entry) {
        Known session = living.get(entry.session());
        if (entry.session() == 0) {
            executed.add(index);
        } else if (session != null) {
            session.seenMs = clockMs;
            session.wantsFrom(entry.lowestWanted(), index);
            if (entry.serial() == session.floor + 1) {
                executed.add(index);
                session.execute(entry.serial(), index);
                while (allBytes() > allResultsMax) {
                    most().dropOldest(index);
                    madeRoom = true;
                }
            } else if (entry.serial() > session.floor) {
                session.early.add(entry.serial());
            }
        }
    }

    /** The session that holds the most results; of several, the one with the lowest id. */
    private Known most() {
        Known most = living.get(living.firstKey());
        for (Known session : living.values()) {
            if (session.kept.size() > most.kept.size()) {
                most = session;
            }
        }
        return most;
    }

    /** The limit that keeps as many results as fit into {@code valueBytes} if only their values are counted. */
    static long limit(long valueBytes) {
        return valueBytes * RESULT_BYTES / Long.BYTES;
    }

    private long allBytes() {
        return living.values().stream().mapToLong(session -> session.kept.size() * RESULT_BYTES).sum();
    }

    private void session(RecordBody body) {
        switch (body) {
            case RecordBody.SessionOpening opening -> open(opening);
            case RecordBody.SessionClosing closing -> {
                Known session = living.get(closing.session());
                if (session != null) {
                    closings++;
                    end(session);
                }
            }
            case RecordBody.SessionsRenewal renewal -> renewal.lowestWanted().forEach((id, lowestWanted) -> {
                Known session = living.get(id);
                if (session != null) {
                    renewals++;
                    session.seenMs = clockMs;
                    session.wantsFrom(lowestWanted, index);
                }
            });
            case RecordBody.ConfigurationBody other -> throw new IllegalStateException("no session's: " + other);
        }
    }

    private void open(RecordBody.SessionOpening opening) {
        Known same = living.values().stream().filter(each -> each.nonce().equals(opening.nonce())).findFirst()
                .orElse(null);
        if (same != null) {
            repeatedOpenings++;
            same.seenMs = clockMs;
        } else if (living.size() < opening.sessionsMax()) {
            Known session = new Known(index, opening, clockMs);
            allResultsMax = opening.allResultsMax();
            all.put(index, session);
            living.put(index, session);
        }
    }

    /** The session with this id, living or not; null if none was opened there. */
    @Nullable Known session(long id) {
        return all.get(id);
    }

    /** All that there ever were. */
    Iterable<Known> sessions() {
        return all.values();
    }

    /** Whether the command there is to be executed. */
    boolean isExecutedAt(long at) {
        return executed.contains(at);
    }

    /** The serials whose results were kept as of an index that it has seen, by session. */
    SortedMap<Long, List<Long>> keptAt(long at) {
        return views.floorEntry(at).getValue();
    }

    private SortedMap<Long, List<Long>> kept() {
        SortedMap<Long, List<Long>> serials = new TreeMap<>();
        living.forEach((id, session) -> serials.put(id, new ArrayList<>(session.kept.keySet())));
        return serials;
    }

    /** Whether a result was dropped because all sessions had too many. */
    boolean hasMadeRoom() {
        return madeRoom;
    }

    /** How often a session was kept alive by its leader. */
    long renewals() {
        return renewals;
    }

    /** How often a session was to be opened that was open. */
    long repeatedOpenings() {
        return repeatedOpenings;
    }

    /** How many sessions were closed. */
    long closings() {
        return closings;
    }
}
