package io.driftless.session;

import io.driftless.codec.RecordBody.SessionOpening;
import io.driftless.log.LogOpenException;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows.Row;
import io.driftless.machine.SessionRows;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The rows of a table, byte by byte, big-endian; each begins with the version, 1. No state.
 *
 * <pre>
 *   session 0, part 0   version 1, index 8, log's clock in ms 8, bytes of results of all sessions 8
 *   session, part 0     version 1, nonce 16, time-out in ms 8, window 4, bytes of results 8, sessions 4, bytes of
 *                       results of all sessions 8, floor 8, last seen in ms 8
 *   session, serial     version 1, index 8, code 4, the result's bytes
 * </pre>
 */
final class RowCodec {

    /** The part of a session's own row; the others are serials. */
    static final long HEAD = 0;

    private static final byte VERSION = 1;
    private static final int PLACE_BYTES = 25;
    private static final int HEAD_BYTES = 65;
    private static final int RESULT_BYTES = 13;

    private RowCodec() { }

    /** Takes index, clock, and the limit of all results. */
    interface Place {
        void at(long index, long clockMs, long resultBytesMax);
    }

    static Row place(long index, long clockMs, long resultBytesMax) {
        return new Row(0, HEAD, ByteBuffer.allocate(PLACE_BYTES).put(VERSION).putLong(index).putLong(clockMs)
                .putLong(resultBytesMax).array());
    }

    static Row head(Session session) {
        SessionOpening limits = session.limits();
        return new Row(session.id(), HEAD, ByteBuffer.allocate(HEAD_BYTES).put(VERSION)
                .putLong(limits.nonce().getMostSignificantBits()).putLong(limits.nonce().getLeastSignificantBits())
                .putLong(limits.timeoutMs()).putInt(limits.window()).putLong(limits.resultBytesMax())
                .putInt(limits.sessionsMax()).putLong(limits.allResultsMax())
                .putLong(session.floor()).putLong(session.seenMs()).array());
    }

    static Row result(long session, Judgement.Kept kept) {
        byte[] value = kept.result().value();
        return new Row(session, kept.serial(), ByteBuffer.allocate(RESULT_BYTES + value.length).put(VERSION)
                .putLong(kept.index()).putInt(kept.result().code()).put(value).array());
    }

    static Row removed(long session, long part) {
        return new Row(session, part, new byte[0]);
    }

    /**
     * Reads the rows of a table, in any order.
     *
     * @throws IllegalArgumentException if one is wrong, and names it
     * @throws LogOpenException         if another version wrote them: nothing is wrong with the bytes
     */
    static void read(SessionRows rows, Place place, Consumer<Session> sessions) {
        Map<Long, TreeMap<Long, Row>> bySession = new TreeMap<>();
        for (Row row : rows.rows()) {
            if (bySession.computeIfAbsent(row.session(), id -> new TreeMap<>()).put(row.part(), row) != null) {
                throw malformed(row, "is there twice");
            }
        }
        TreeMap<Long, Row> first = bySession.remove(0L);
        if (first == null || !first.containsKey(HEAD)) {
            throw new IllegalArgumentException("the row (0,0), index and clock, is missing");
        }
        reading(first.get(HEAD), in -> {
            place.at(in.getLong(), in.getLong(), in.getLong());
            return in;
        });
        bySession.values().forEach(parts -> sessions.accept(session(parts)));
    }

    private static Session session(TreeMap<Long, Row> parts) {
        Row head = parts.remove(HEAD);
        if (head == null) {
            throw malformed(parts.firstEntry().getValue(), "has no row of its session");
        }
        List<Judgement.Kept> results = new ArrayList<>(parts.size());
        for (Row row : parts.values()) {
            results.add(reading(row, in -> kept(row.part(), in)));
        }
        return reading(head, in -> {
            SessionOpening limits = new SessionOpening(new UUID(in.getLong(), in.getLong()), in.getLong(), in.getInt(),
                    in.getLong(), in.getInt(), in.getLong());
            long floor = in.getLong();
            Session session = new Session(head.session(), limits, in.getLong());
            if (floor < 0 || floor > SessionTable.SERIAL_MAX) {
                throw malformed(head, "says that the serials up to " + floor + " are done with");
            }
            long lowest = Math.max(1, floor - limits.window() + 1);
            if (!parts.isEmpty() && (parts.firstKey() < lowest || parts.lastKey() > floor)) {
                throw malformed(head, "has a result outside of " + lowest + " to " + floor);
            }
            session.restore(floor, results);
            return session;
        });
    }

    private static Judgement.Kept kept(long serial, ByteBuffer in) {
        long index = in.getLong();
        int code = in.getInt();
        byte[] value = new byte[in.remaining()];
        in.get(value);
        return new Judgement.Kept(serial, index, code == 0 ? Result.ok(value)
                : Result.failed(code, new String(value, StandardCharsets.UTF_8)));
    }

    private static <T> T reading(Row row, Function<ByteBuffer, T> body) {
        ByteBuffer in = ByteBuffer.wrap(row.value());
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw LogOpenException.ofVersion(name(row) + " of the session table", version, VERSION);
            }
            return body.apply(in);
        } catch (BufferUnderflowException e) {
            throw malformed(row, "ends too early");
        }
    }

    private static IllegalArgumentException malformed(Row row, String what) {
        return new IllegalArgumentException(name(row) + " " + what);
    }

    private static String name(Row row) {
        return "the row (" + row.session() + "," + row.part() + ")";
    }
}
