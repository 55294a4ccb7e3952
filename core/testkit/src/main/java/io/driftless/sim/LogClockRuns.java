package io.driftless.sim;

import io.driftless.log.LogEntry;
import io.driftless.node.NodeConfig;
import io.driftless.raft.Message;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The log's clock runs only while a leader leads, no faster than that leader's own clock, and of a time for which it
 * was suspended, or by which its clock jumped, it counts one step (R23). It begins at the first leader's wall clock.
 */
final class LogClockRuns implements Checker {

    /** From the making of an entry until it is seen clocks go on by no more than this, unless a disk hangs. */
    private static final long SLACK_MS = 100;
    private static final long STEP_MS = NodeConfig.builder().build().electionTimeoutMin().toMillis();

    /** Who began to lead a term, what its clocks showed, and what its log's clock may have shown before. */
    private record Beginning(int node, long countedMs, long wallMs, long ownMs) { }

    private final SeenServers servers;
    private final LogMatching log;
    private final Map<Long, Beginning> beginnings = new HashMap<>();
    /** The stamp that each term's leader went on from. */
    private final Map<Long, Long> from = new HashMap<>();
    /** What each server's own log's clock may show at most, since it led last and got no entry of others; or 0. */
    private final long[] own;
    private final long[] led;

    /** {@code count}: how many servers there are. */
    LogClockRuns(int count, SeenServers servers, LogMatching log) {
        this.servers = servers;
        this.log = log;
        this.own = new long[count];
        this.led = new long[count];
    }

    @Override
    public String property() {
        return "the log's clock runs with its leader's (R23)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Looked looked) {
            boolean leads = looked.status().role().equals("leader");
            if (leads) {
                begins(looked.status().term(), looked.node());
            } else if (led[looked.node()] > 0) {
                own[looked.node()] = boundMs(led[looked.node()]);
            }
            led[looked.node()] = leads ? looked.status().term() : 0;
        } else if (happening instanceof Happening.Sent sent && sent.message() instanceof Message.AppendEntries append) {
            // While it waits for its disk nobody looks at it.
            begins(append.term(), sent.from());
        } else if (happening instanceof Happening.Started started) {
            own[started.node()] = 0;
            led[started.node()] = 0;
        } else if (happening instanceof Happening.LogReset reset) {
            own[reset.node()] = 0;
        } else if (happening instanceof Happening.LogWritten written) {
            for (LogEntry entry : written.entries()) {
                // Nobody else can have an entry of the term before its leader was seen.
                begins(entry.term(), written.node());
                check(entry);
                if (beginnings.get(entry.term()).node() != written.node()) {
                    own[written.node()] = 0;
                }
            }
        }
    }

    private void begins(long term, int number) {
        beginnings.putIfAbsent(term, new Beginning(number, servers.countedMs(number, STEP_MS), servers.wallMs(
                number), own[number]));
    }

    private void check(LogEntry entry) {
        Beginning beginning = Objects.requireNonNull(beginnings.get(entry.term()));
        from.computeIfAbsent(entry.term(), term -> before(entry, beginning));
        Checker.require(entry.timeMs() <= boundMs(entry.term()), () -> "the log's clock has gone on by "
                + (entry.timeMs() - from.get(entry.term())) + " ms since server " + beginning.node() + " leads term "
                + entry.term() + ", by " + (entry.timeMs() - boundMs(entry.term())) + " ms more than its own, at "
                + entry);
    }

    /** What the log's clock of this term may show at most; anything if no entry of it was seen. */
    private long boundMs(long term) {
        Beginning beginning = Objects.requireNonNull(beginnings.get(term));
        Long start = from.get(term);
        return start == null ? Long.MAX_VALUE / 4 : start + servers.countedMs(beginning.node(), STEP_MS)
                - beginning.countedMs() + SLACK_MS;
    }

    private long before(LogEntry entry, Beginning beginning) {
        if (entry.index() > 1) {
            long term = log.termBelow(entry.index(), entry.term(), entry.index() - 1);
            return Math.max(beginning.ownMs(), Objects.requireNonNull(log.entry(entry.index() - 1, term)).timeMs());
        }
        Checker.require(Math.abs(entry.timeMs() - beginning.wallMs()) <= SLACK_MS, () -> "the log's clock begins at "
                + entry.timeMs() + ", and the wall clock of its first leader, server " + beginning.node()
                + ", was at " + beginning.wallMs());
        return entry.timeMs();
    }
}
