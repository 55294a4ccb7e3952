package io.driftless.sim;

import io.driftless.log.LogEntry;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Over all servers and restarts each command of a session is executed at one index, in the order of their serials, none
 * that was given up before, and just those that the log says (R21, R24).
 */
final class ExecutedOnce implements Checker {

    private final CommittedLog log;
    private final SessionTwin twin;
    /** Where each serial was executed, by session. */
    private final Map<Long, TreeMap<Long, Long>> executed = new HashMap<>();

    ExecutedOnce(CommittedLog log, SessionTwin twin) {
        this.log = log;
        this.twin = twin;
    }

    @Override
    public String property() {
        return "a session's commands are executed once and in order (thesis §6.3; R21)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Applied applied && applied.index() <= log.count()) {
            LogEntry entry = log.entry(applied.index());
            if (entry.session() != 0) {
                check(applied, entry);
            }
        }
    }

    private void check(Happening.Applied applied, LogEntry entry) {
        TreeMap<Long, Long> serials = executed.computeIfAbsent(entry.session(), id -> new TreeMap<>());
        Long before = serials.putIfAbsent(entry.serial(), entry.index());
        Checker.require(before == null || before == entry.index(), () -> "serial " + entry.serial() + " of session "
                + entry.session() + " is executed at " + before + " and at " + entry.index());
        Map.Entry<Long, Long> lower = serials.lowerEntry(entry.serial());
        Map.Entry<Long, Long> higher = serials.higherEntry(entry.serial());
        Checker.require(lower == null || lower.getValue() < entry.index(), () -> applied + ", serial " + entry.serial()
                + ", and the lower one at " + lower);
        Checker.require(higher == null || higher.getValue() > entry.index(), () -> applied + ", serial "
                + entry.serial() + ", and the higher one at " + higher);
        twin.goOnTo(entry.index());
        Checker.require(twin.isExecutedAt(entry.index()), () -> applied + ", serial " + entry.serial() + " of session "
                + entry.session() + ", which was given up or executed before, is too early, or has no session any "
                + "more");
    }
}
