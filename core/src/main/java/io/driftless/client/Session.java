package io.driftless.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/**
 * One session as its client sees it: the serials that were given, and the calls that are not finished. Guarded by the
 * lane's lock, but for the nonce.
 */
final class Session {

    private final UUID nonce = UUID.randomUUID();
    /** 0 until the cluster has told it. */
    private long id;
    private long nextSerial = 1;
    /** By serial, without a gap, from the lowest unfinished one on. */
    private final Deque<Place> places = new ArrayDeque<>();
    private boolean over;

    UUID nonce() {
        return nonce;
    }

    long id() {
        return id;
    }

    void opened(long told) {
        id = told;
    }

    /** Whether the cluster holds it no more; for good. */
    boolean isOver() {
        return over;
    }

    void end() {
        over = true;
    }

    /** Gives a call the next serial. */
    Place add(Call call) {
        Place place = new Place(this, nextSerial, call);
        nextSerial++;
        places.addLast(place);
        return place;
    }

    /** The lowest serial whose result is still wanted. Never falls. */
    long lowestWanted() {
        for (Place first = places.peekFirst(); first != null; first = places.peekFirst()) {
            if (!first.call().isDone()) {
                return first.serial();
            }
            places.removeFirst();
        }
        return nextSerial;
    }

    /** How many serials there are from the lowest wanted one to the last that was given. */
    long span() {
        return nextSerial - lowestWanted();
    }

    /** By serial; some of the calls may be finished. */
    Iterable<Place> places() {
        return places;
    }

    /** The place of a call in its session, and what is known of its attempts. */
    static final class Place {
        private final Session session;
        private final long serial;
        private final Call call;
        /** Attempts of which nothing is known yet. */
        private int outstanding;
        /** Whether there was an attempt of which nothing will be known. */
        private boolean isInDoubt;
        /** What the last attempt said of the lowest wanted serial. */
        private long lowestSaid;

        private Place(Session session, long serial, Call call) {
            this.session = session;
            this.serial = serial;
            this.call = call;
        }

        Session session() {
            return session;
        }

        long serial() {
            return serial;
        }

        Call call() {
            return call;
        }

        long lowestSaid() {
            return lowestSaid;
        }

        void attempted(long lowestWanted) {
            outstanding++;
            lowestSaid = lowestWanted;
        }

        /** An attempt ended; {@code isKnown}: it was certainly not appended. */
        void ended(boolean isKnown) {
            outstanding--;
            isInDoubt |= !isKnown;
        }

        /** Whether every attempt was certainly not appended. */
        boolean isClean() {
            return outstanding == 0 && !isInDoubt;
        }

        boolean isOutstanding() {
            return outstanding > 0;
        }
    }
}
