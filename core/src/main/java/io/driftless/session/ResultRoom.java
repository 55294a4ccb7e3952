package io.driftless.session;

import java.util.Collection;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The room that all sessions have for results together. If they have too many, the session that holds the most bytes
 * gives up its oldest result, until all fit (R21). So large results cost their own client a retry, and a client that is
 * idle keeps nobody out. Who holds the most is worked out from the sessions, and only while it matters. Confined.
 */
final class ResultRoom {

    /** The one that gives next; of several that hold the same, the lowest id. */
    private static final Comparator<Session> MOST_FIRST = Comparator.comparingLong(Session::resultBytes).reversed()
            .thenComparingLong(Session::id);

    private long bytes;
    /** The sessions that hold results; null while there was room for all of late. */
    private @Nullable TreeSet<Session> holders;
    /** How many results had room since the last one that had none. */
    private long fitting;

    /** Is told of each result that goes. */
    interface Dropped {
        void at(long session, long serial);
    }

    /** How many bytes of results all sessions hold. */
    long bytes() {
        return bytes;
    }

    /** What this session holds counts. */
    void enter(Session session) {
        bytes += session.resultBytes();
        if (holders != null && session.resultBytes() > 0) {
            holders.add(session);
        }
    }

    /** What it holds counts no more; so before each change of it. */
    void leave(Session session) {
        bytes -= session.resultBytes();
        if (holders != null) {
            holders.remove(session);
        }
    }

    /** A result was added: whoever holds the most gives, until all hold at most {@code bytesMax}. */
    void fit(long bytesMax, Collection<Session> sessions, Dropped dropped) {
        if (bytes <= bytesMax) {
            // Finding the holders takes a look at each session. This way that is less than one look for each result.
            if (holders != null && ++fitting > sessions.size()) {
                holders = null;
            }
            return;
        }
        fitting = 0;
        TreeSet<Session> giving = holders == null ? holders(sessions) : holders;
        holders = giving;
        while (bytes > bytesMax && !giving.isEmpty()) {
            Session most = giving.first();
            leave(most);
            most.dropOldest(serial -> dropped.at(most.id(), serial));
            enter(most);
        }
    }

    private static TreeSet<Session> holders(Collection<Session> sessions) {
        TreeSet<Session> found = new TreeSet<>(MOST_FIRST);
        for (Session session : sessions) {
            if (session.resultBytes() > 0) {
                found.add(session);
            }
        }
        return found;
    }
}
