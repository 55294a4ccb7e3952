package io.driftless.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Tries every state of the one-way links between three servers. A cluster works; then some of its six links no longer
 * carry anything, although their connections stand; then it is observed who leads and whether anything is committed.
 * Where two servers hear each other, a commit must follow within {@value #ELECTION_TIMEOUTS} of the longest election
 * timeouts, and no leader may change after it. Elsewhere nothing may be committed. Pure.
 */
public final class Links {

    /** The number of longest election timeouts within which two servers that hear each other must commit. */
    public static final int ELECTION_TIMEOUTS = 10;

    private static final int SERVERS = 3;
    private static final int[][] LINKS = {{0, 1}, {1, 0}, {0, 2}, {2, 0}, {1, 2}, {2, 1}};
    private static final long MS = 1_000_000;
    private static final long ELECTION_TIMEOUT_MS = 600;
    private static final long WARM_MS = 2_500;
    /** What was on its way has arrived by then, and nothing can have been decided anew. */
    private static final long SETTLE_MS = 30;
    private static final long WATCH_MS = 10_000;
    private static final String PLAN = """
            driftless-sim 1
            seed %d
            VOTERS 7
            OUTGOING 0
            LEARNERS 0
            FORMED 1
            CLIENTS 2
            KEYS 2
            PHASE_MS 0
            LATENCY_MIN_US 50
            LATENCY_MAX_US 500
            NOTICE_MAX_MS 1
            DISK_MIN_US 50
            DISK_MAX_US 500
            DISK_BATCH_ENTRIES 4096
            APPLY_MAX_US 50
            SPARED_PERCENT 50
            BATCH_ENTRIES 16
            WINDOW_ENTRIES 64
            THINK_MAX_MS 20
            TIMEOUT_MS 300
            DRIFT_PERMILLE 0
            KEEPS_STATE 0
            LOST_PERMILLE 0
            """;

    /**
     * The outcome of one state. Immutable.
     *
     * @param links         which links carry something: a bit for each
     * @param ledBefore     who led before the links changed
     * @param leads         who led at the end
     * @param commitMs      how long it took until a command was committed, in milliseconds; -1 if none was
     * @param leaderChanges how often another leader appeared after that
     */
    public record Row(int links, String ledBefore, String leads, long commitMs, int leaderChanges) {

        /** Whether two servers hear each other in both directions. */
        public boolean hasPair() {
            return IntStream.of(0, 2, 4).anyMatch(link -> (links >> link & 3) == 3);
        }

        /** Whether the outcome is as it must be. */
        public boolean isRight() {
            return hasPair() ? commitMs >= 0 && commitMs <= ELECTION_TIMEOUTS * ELECTION_TIMEOUT_MS
                    && leaderChanges == 0 : commitMs < 0;
        }

        /** As a line of {@link #table}. */
        String line() {
            StringBuilder carried = new StringBuilder();
            for (int link = 0; link < LINKS.length; link++) {
                carried.append((links >> link & 1) == 1 ? (LINKS[link][0] + 1) + "→" + (LINKS[link][1] + 1) : "·")
                        .append(' ');
            }
            return "| " + carried.toString().strip() + " | " + (hasPair() ? "yes" : "no") + " | " + ledBefore + " | "
                    + leads + " | " + (commitMs < 0 ? "none" : commitMs + " ms") + " | "
                    + (commitMs < 0 ? "" : leaderChanges) + " |";
        }
    }

    private Links() { }

    /** The outcomes of all 64 states. Chance comes from {@code seed}. */
    public static List<Row> all(long seed) {
        List<Row> rows = new ArrayList<>();
        for (int links = 0; links < 1 << LINKS.length; links++) {
            rows.add(run(links, seed));
        }
        return rows;
    }

    /** The rows as a table in Markdown. */
    public static String table(List<Row> rows) {
        StringBuilder text = new StringBuilder("| links that carry | a pair hears each other | led before | leads | a"
                + " commit after | leader changes after it |\n|---|---|---|---|---|---|\n");
        rows.forEach(row -> text.append(row.line()).append('\n'));
        return text.toString();
    }

    /** A cluster of three to which nothing happens but what its runner does. */
    static Plan plan(long seed) {
        return Plan.parse(String.format(Locale.ROOT, PLAN, seed));
    }

    private static Row run(int links, long seed) {
        Watch watch = new Watch(false);
        Universe universe = new Universe(plan(seed * (1 << LINKS.length) + links), watch);
        LogMatching log = new LogMatching(universe);
        CommitDurability commits = new CommitDurability(universe, log);
        Leaders leaders = new Leaders();
        List.of(log, commits, new ElectionSafety(), leaders).forEach(watch::add);
        universe.begin();
        run(universe, WARM_MS);
        String before = leader(universe);
        for (int link = 0; link < LINKS.length; link++) {
            if ((links >> link & 1) == 0) {
                universe.network.hold(LINKS[link][0], LINKS[link][1]);
            }
        }
        watch.add(new Campaigns(universe));
        long beganNs = universe.timeline.nowNs();
        run(universe, SETTLE_MS);
        long count = commits.count();
        long untilNs = beganNs + WATCH_MS * MS;
        while (commits.count() == count && universe.timeline.next(untilNs)) {
            continue;
        }
        long commitMs = commits.count() == count ? -1 : (universe.timeline.nowNs() - beganNs) / MS;
        int known = leaders.terms.size();
        run(universe, WATCH_MS);
        watch.violation().ifPresent(violation -> {
            throw new IllegalStateException(violation.toString());
        });
        return new Row(links, before, leader(universe), commitMs, leaders.terms.size() - known);
    }

    /** Lets {@code ms} of simulated time go by. */
    static void run(Universe universe, long ms) {
        long untilNs = universe.timeline.nowNs() + ms * MS;
        while (universe.timeline.next(untilNs)) {
            continue;
        }
    }

    private static String leader(Universe universe) {
        StringBuilder text = new StringBuilder();
        for (int number = 0; number < SERVERS; number++) {
            Life life = universe.node(number).life();
            if (life != null && life.status() != null && life.status().role().equals("leader")) {
                text.append(text.isEmpty() ? "" : ", ").append(universe.node(number).id);
            }
        }
        return text.isEmpty() ? "nobody" : text.toString();
    }

    /** In which terms somebody has led. */
    private static final class Leaders implements Checker {

        private final SortedSet<Long> terms = new TreeSet<>();

        @Override
        public String property() {
            return "who leads";
        }

        @Override
        public void saw(Happening happening) {
            Leading leading = Leading.in(happening);
            if (leading != null) {
                terms.add(leading.term());
            }
        }
    }
}
