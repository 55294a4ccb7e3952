package io.driftless.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.RecordBody.SessionOpening;
import io.driftless.codec.RecordBody.SessionsRenewal;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.machine.Result;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** {@link SessionTable} beside a twin that does what R21 and R24 say and nothing else, over random entries. */
class SessionTwinTest {

    private static final int SEEDS = 300;
    private static final int STEPS = 400;

    /** What happens to commands, to see that each did. */
    private enum Met { EXECUTED, KEPT, NOT_KEPT, TOO_EARLY, EXPIRED, OPENED, KNOWN, FULL, SESSION_OVER,
        OWN_RESULT_GIVEN, OTHERS_RESULT_GIVEN }

    /** One session of the twin: everything that was ever executed in it. */
    private static final class Plain {
        private final SessionOpening limits;
        private final TreeMap<Long, Judgement.Kept> results = new TreeMap<>();
        private long floor;
        private long seenMs;

        Plain(SessionOpening limits, long seenMs) {
            this.limits = limits;
            this.seenMs = seenMs;
        }

        void wantsFrom(long serial) {
            floor = Math.max(floor, serial - 1);
            results.headMap(serial).clear();
        }

        void keep(Judgement.Kept kept) {
            floor = kept.serial();
            results.put(kept.serial(), kept);
            while (results.size() > limits.window() || bytes() > limits.resultBytesMax()) {
                results.pollFirstEntry();
            }
        }

        long bytes() {
            return results.values().stream().mapToLong(kept -> 96 + kept.result().value().length).sum();
        }
    }

    private final Map<Met, Integer> met = new EnumMap<>(Met.class);
    private Random random = new Random();
    private SessionTable table = new SessionTable(false);
    private TreeMap<Long, Plain> twin = new TreeMap<>();
    private long allResultsMax;
    private long index;
    private long nowMs;

    @Test
    void r21AndR24AsTheTwinDoesThem() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            random = new Random(seed);
            table = new SessionTable(false);
            twin = new TreeMap<>();
            index = 0;
            allResultsMax = Long.MAX_VALUE;
            nowMs = 1_000;
            try {
                for (int step = 0; step < STEPS; step++) {
                    step();
                }
            } catch (AssertionError failed) {
                throw new AssertionError("seed " + seed + ", index " + index, failed);
            }
        }
        for (Met each : Met.values()) {
            assertTrue(met.getOrDefault(each, 0) > 100, each + ": " + met);
        }
    }

    private void step() {
        nowMs += random.nextInt(8) == 0 ? random.nextInt(400) : random.nextInt(3);
        index++;
        table.advance(index, nowMs);
        int before = twin.size();
        twin.values().removeIf(plain -> nowMs > plain.seenMs + plain.limits.timeoutMs());
        count(Met.SESSION_OVER, before - twin.size());
        switch (random.nextInt(12)) {
            case 0 -> open();
            case 1 -> {
                long id = anyId();
                assertEquals(twin.remove(id) != null, table.close(id));
            }
            case 2 -> renew();
            default -> command();
        }
        List<List<Long>> parts = new ArrayList<>();
        twin.forEach((id, plain) -> {
            parts.add(List.of(id, RowCodec.HEAD));
            plain.results.keySet().forEach(serial -> parts.add(List.of(id, serial)));
        });
        assertEquals(parts, table.rows().rows().stream().skip(1).map(row -> List.of(row.session(), row.part()))
                .toList());
        assertEquals(allBytes(), table.resultBytes());
        if (random.nextInt(50) == 0) {
            table = SessionTable.of(table.rows(), false);
        }
    }

    private long allBytes() {
        return twin.values().stream().mapToLong(Plain::bytes).sum();
    }

    /** Who holds the most bytes; of several, the one with the lowest id. */
    private Plain most() {
        Plain most = twin.firstEntry().getValue();
        for (Plain plain : twin.values()) {
            most = plain.bytes() > most.bytes() ? plain : most;
        }
        return most;
    }

    private void open() {
        SessionOpening opening = new SessionOpening(new UUID(0, random.nextInt(6)), 50 + random.nextInt(500),
                1 + random.nextInt(6), random.nextInt(700), 1 + random.nextInt(4), random.nextInt(1_400));
        long known = twin.entrySet().stream().filter(entry -> entry.getValue().limits.nonce().equals(opening.nonce()))
                .map(Map.Entry::getKey).findAny().orElse(0L);
        long expected = known != 0 ? known : twin.size() < opening.sessionsMax() ? index : 0;
        count(known != 0 ? Met.KNOWN : expected == 0 ? Met.FULL : Met.OPENED, 1);
        if (known != 0) {
            twin.get(known).seenMs = nowMs;
        } else if (expected != 0) {
            twin.put(index, new Plain(opening, nowMs));
            allResultsMax = opening.allResultsMax();
        }
        assertEquals(expected, table.open(opening));
    }

    private void renew() {
        TreeMap<Long, Long> renewed = new TreeMap<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            long id = anyId();
            renewed.put(id, anySerial(id));
        }
        renewed.forEach((id, serial) -> {
            Plain plain = twin.get(id);
            if (plain != null) {
                plain.seenMs = nowMs;
                plain.wantsFrom(serial);
            }
        });
        table.renew(new SessionsRenewal(renewed));
    }

    private void command() {
        long id = anyId();
        long serial = anySerial(id);
        long lowestWanted = Math.max(1, serial - random.nextInt(5));
        Plain plain = twin.get(id);
        Judgement expected = Judgement.Expired.EXPIRED;
        if (plain != null) {
            plain.seenMs = nowMs;
            plain.wantsFrom(lowestWanted);
            Judgement.Kept kept = plain.results.get(serial);
            expected = serial == plain.floor + 1 ? Judgement.Next.NEXT
                    : serial > plain.floor ? new Judgement.TooEarly(plain.floor + 1)
                    : kept == null ? Judgement.NotKept.NOT_KEPT : kept;
        }
        LogEntry entry = new LogEntry(index, 1, nowMs, EntryType.COMMAND, id, serial, (int) (serial - lowestWanted),
                Bytes.EMPTY);
        assertEquals(expected, table.judge(entry));
        if (expected == Judgement.Next.NEXT && plain != null) {
            Result result = Result.ok("x".repeat(random.nextInt(20)));
            plain.keep(new Judgement.Kept(serial, index, result));
            while (allBytes() > allResultsMax) {
                Plain most = most();
                most.results.pollFirstEntry();
                count(most == plain ? Met.OWN_RESULT_GIVEN : Met.OTHERS_RESULT_GIVEN, 1);
            }
            table.executed(entry, result);
        }
        count(switch (expected) {
            case Judgement.Next next -> Met.EXECUTED;
            case Judgement.Kept kept -> Met.KEPT;
            case Judgement.NotKept notKept -> Met.NOT_KEPT;
            case Judgement.TooEarly early -> Met.TOO_EARLY;
            case Judgement.Expired expired -> Met.EXPIRED;
        }, 1);
    }

    /** Mostly one that is there. */
    private long anyId() {
        List<Long> ids = new ArrayList<>(twin.keySet());
        return ids.isEmpty() || random.nextInt(10) == 0 ? 1 + random.nextLong(index)
                : ids.get(random.nextInt(ids.size()));
    }

    /** Around the one that is next, and now and then far ahead. */
    private long anySerial(long id) {
        Plain plain = twin.get(id);
        long next = plain == null ? 1 : plain.floor + 1;
        return Math.max(1, random.nextInt(30) == 0 ? next + random.nextInt(100_000) : next + random.nextInt(7) - 4);
    }

    private void count(Met what, int times) {
        met.merge(what, times, Integer::sum);
    }
}
