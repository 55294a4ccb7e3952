package io.driftless.codec;

import io.driftless.log.LogEntry;
import io.driftless.raft.ClusterConfiguration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** What a log record other than a command holds. Immutable. */
public sealed interface RecordBody {

    /**
     * A configuration of the cluster.
     *
     * @param cluster the configuration
     */
    record ConfigurationBody(ClusterConfiguration cluster) implements RecordBody { }

    /**
     * A client asks for a session (thesis §6.3). Every limit that decides something on apply stands here, so that all
     * servers decide alike. The session's id is the index of this entry (R24).
     *
     * @param nonce          the client's, random
     * @param timeoutMs      the session expires when the log's clock has gone on for so long without a sign of it; at
     *                       least 1
     * @param window         how many results are kept at most; at least 1, at most {@link #WINDOW_MAX}
     * @param resultBytesMax how many bytes of results are kept at most; may be 0
     * @param sessionsMax    how many sessions there may be, at least 1; above, the opening is refused
     * @param allResultsMax  how many bytes of results are kept at most for all sessions together, from the next result
     *                       on; may be 0
     */
    record SessionOpening(UUID nonce, long timeoutMs, int window, long resultBytesMax, int sessionsMax,
            long allResultsMax)
            implements RecordBody {

        /** The largest window: an entry names its lowest wanted serial by a distance, which is no larger. */
        public static final int WINDOW_MAX = LogEntry.DISTANCE_MAX;

        /** Checks the limits. */
        public SessionOpening {
            if (timeoutMs < 1) {
                throw new IllegalArgumentException("a session that expires after " + timeoutMs
                        + " ms: it must be 1 ms or more");
            }
            if (window < 1 || window > WINDOW_MAX) {
                throw new IllegalArgumentException("a session with a window of " + window + ": it must be 1 to "
                        + WINDOW_MAX);
            }
            if (resultBytesMax < 0) {
                throw new IllegalArgumentException("a session with " + resultBytesMax
                        + " bytes of results: it must be 0 or more");
            }
            if (sessionsMax < 1) {
                throw new IllegalArgumentException("a limit of " + sessionsMax + " sessions: it must be 1 or more");
            }
            if (allResultsMax < 0) {
                throw new IllegalArgumentException("a limit of " + allResultsMax
                        + " bytes of results of all sessions: it must be 0 or more");
            }
        }
    }

    /**
     * A client ends its session.
     *
     * @param session which
     */
    record SessionClosing(long session) implements RecordBody {
        /** Checks the id. */
        public SessionClosing {
            requireSession(session);
        }
    }

    /**
     * The leader has seen clients that send nothing: their sessions live on.
     *
     * @param lowestWanted for each session, by id, the lowest serial that its client still wants a result of
     */
    record SessionsRenewal(SortedMap<Long, Long> lowestWanted) implements RecordBody {
        /** Copies the map and checks its numbers. */
        public SessionsRenewal {
            lowestWanted = Collections.unmodifiableSortedMap(new TreeMap<>(lowestWanted));
            lowestWanted.forEach((session, serial) -> {
                requireSession(session);
                if (serial < 0) {
                    throw new IllegalArgumentException("session " + session + " with a lowest wanted serial of "
                            + serial);
                }
            });
        }
    }

    private static void requireSession(long session) {
        if (session < 1) {
            throw new IllegalArgumentException("a session of id " + session + ": it must be 1 or more");
        }
    }
}
