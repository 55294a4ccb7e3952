package io.driftless.client;

import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.QueryOutcome.Reason;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The queries of a client that are under way. The thread that asks waits, and keeps its own deadline. Thread safe. */
final class Queries {

    /** With the commands' share, well below what a connection queues before it breaks; no member takes more at once. */
    private static final int BYTES_MAX = 16 << 20;

    private final Router router;
    private final Watch watch;
    private final Room room;
    private final Set<Read> reads = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Queries(Router router, Watch watch, int max) {
        this.router = router;
        this.watch = watch;
        this.room = new Room(max, BYTES_MAX, "query", "queries");
    }

    /** Asks and waits, until the deadline at the latest. */
    QueryOutcome ask(Bytes query, Consistency consistency, long deadlineNs) {
        if (query.length() > BYTES_MAX) {
            return new QueryOutcome.Failed(Reason.TOO_LARGE, "the query has " + query.length() + " bytes, "
                    + BYTES_MAX + " are sent at most");
        }
        String full = room.take(query.length());
        if (!full.isEmpty()) {
            return new QueryOutcome.Failed(Reason.OVERLOADED, "this client has " + full);
        }
        Read read = new Read(query, consistency, deadlineNs, Thread.currentThread(), router.reads());
        reads.add(read);
        try {
            watch.attend();
            router.reads().ask(read);
            // Whoever closed may have walked the queries before this one was there.
            if (closed) {
                read.finish(closed());
            }
            return Parking.await(this, read::outcome, deadlineNs, () -> read.overdue(router.reads()::failure),
                    () -> read.finish(interrupted()));
        } finally {
            reads.remove(read);
            room.release(query.length());
        }
    }

    boolean isEmpty() {
        return reads.isEmpty();
    }

    /** Ends all. */
    void close() {
        closed = true;
        reads.forEach(read -> read.finish(closed()));
    }

    static QueryOutcome interrupted() {
        return new QueryOutcome.Failed(Reason.INTERRUPTED, "the calling thread was interrupted");
    }

    private static QueryOutcome closed() {
        return new QueryOutcome.Failed(Reason.CLOSED, "the client is closed");
    }
}
