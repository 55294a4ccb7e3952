package io.driftless.session;

import io.driftless.codec.RecordBody.SessionOpening;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One session: how far its commands are executed, and the newest results in a ring. What is kept is immutable, so that
 * a copy of the table needs references only. Confined.
 */
final class Session {

    private static final int FIRST_SLOTS = 1;
    /** A ring of so many slots or fewer never shrinks. */
    private static final int SMALL_SLOTS = 8;
    /**
     * What a kept result counts beside its value. It takes at most so much of the heap: 72 bytes for three objects, up
     * to 7 to fill the last one, and less than 16 for its share of a ring that is more than a quarter full.
     */
    private static final long KEPT_BYTES = 96;

    private final long id;
    private final SessionOpening limits;
    /** The highest serial that was executed or given up. */
    private long floor;
    /** When it was last heard of, by the log's clock. */
    private long seenMs;
    /** Kept results by serial, each at {@code serial & length - 1}; those from {@link #lowest} to the floor, if any. */
    private Judgement.@Nullable Kept[] ring = new Judgement.Kept[FIRST_SLOTS];
    /** No result below this serial is kept. */
    private long lowest = 1;
    private long resultBytes;

    Session(long id, SessionOpening limits, long seenMs) {
        this.id = id;
        this.limits = limits;
        this.seenMs = seenMs;
    }

    long id() {
        return id;
    }

    SessionOpening limits() {
        return limits;
    }

    long floor() {
        return floor;
    }

    long seenMs() {
        return seenMs;
    }

    /** The log's time at which it expires if nothing is heard of it. */
    long expiresAtMs() {
        return seenMs + limits.timeoutMs();
    }

    /** What its results count. */
    long resultBytes() {
        return resultBytes;
    }

    void seen(long stampMs) {
        seenMs = stampMs;
    }

    /** What a command with this serial is, as of now. */
    Judgement judge(long serial) {
        if (serial > floor) {
            return serial == floor + 1 ? Judgement.Next.NEXT : new Judgement.TooEarly(floor + 1);
        }
        Judgement.Kept kept = kept(serial);
        return kept == null ? Judgement.NotKept.NOT_KEPT : kept;
    }

    /** The client wants nothing below {@code serial} any more; {@code dropped} is told each result that goes. */
    void wantsFrom(long serial, LongConsumer dropped) {
        dropBelow(serial, dropped);
        floor = Math.max(floor, serial - 1);
    }

    /** The next command was executed. */
    void executed(Judgement.Kept kept, LongConsumer dropped) {
        floor = kept.serial();
        dropBelow(floor - limits.window() + 1, dropped);
        keep(kept);
        while (resultBytes > limits.resultBytesMax() && lowest <= floor) {
            dropBelow(lowest + 1, dropped);
        }
    }

    /** Drops the oldest result that is kept. */
    void dropOldest(LongConsumer dropped) {
        dropBelow(lowest + 1, dropped);
    }

    /** Takes back what another table held of it. */
    void restore(long restoredFloor, Iterable<Judgement.Kept> results) {
        floor = restoredFloor;
        lowest = restoredFloor + 1;
        for (Judgement.Kept kept : results) {
            lowest = Math.min(lowest, kept.serial());
        }
        results.forEach(this::keep);
    }

    private void keep(Judgement.Kept kept) {
        int slots = ring.length;
        while (floor - lowest >= slots) {
            slots *= 2;
        }
        resize(slots);
        ring[slot(kept.serial(), ring.length)] = kept;
        resultBytes += counted(kept);
    }

    private static long counted(Judgement.Kept kept) {
        return KEPT_BYTES + kept.result().value().length;
    }

    private void resize(int slots) {
        if (slots != ring.length) {
            Judgement.@Nullable Kept[] other = new Judgement.Kept[slots];
            for (Judgement.Kept each : ring) {
                if (each != null) {
                    other[slot(each.serial(), slots)] = each;
                }
            }
            ring = other;
        }
    }

    /** The result of this serial; null if it is not kept. */
    Judgement.@Nullable Kept kept(long serial) {
        Judgement.Kept found = serial < lowest || serial > floor ? null : ring[slot(serial, ring.length)];
        return found == null || found.serial() != serial ? null : found;
    }

    /** What is kept, lowest serial first. */
    List<Judgement.Kept> allKept() {
        List<Judgement.Kept> all = new ArrayList<>((int) (floor - lowest + 1));
        for (long serial = lowest; serial <= floor; serial++) {
            Judgement.Kept kept = kept(serial);
            if (kept != null) {
                all.add(kept);
            }
        }
        return all;
    }

    private void dropBelow(long serial, LongConsumer dropped) {
        for (long each = lowest; each < serial && each <= floor; each++) {
            Judgement.Kept kept = kept(each);
            if (kept != null) {
                ring[slot(each, ring.length)] = null;
                resultBytes -= counted(kept);
                dropped.accept(each);
            }
        }
        lowest = Math.max(lowest, serial);
        shrink();
    }

    /** A ring that is mostly empty gives room back; twice of what it needs stays, or more. */
    private void shrink() {
        int slots = ring.length;
        while (slots > SMALL_SLOTS && floor - lowest < slots / 4) {
            slots /= 2;
        }
        resize(slots);
    }

    private static int slot(long serial, int slots) {
        return (int) (serial & slots - 1);
    }
}
