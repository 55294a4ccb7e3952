package io.driftless.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * At one index all session tables are the same, also after restarts, and hold the sessions and results that the log
 * says: nobody expires whom its clock does not (R21 to R24).
 */
final class TablesAgree implements Checker {

    private final CommittedLog log;
    private final SessionTwin twin;
    private final Map<Long, Happening.TableSeen> first = new HashMap<>();
    /** Of an index that is not known to be committed yet. */
    private final Deque<Happening.TableSeen> waiting = new ArrayDeque<>();

    TablesAgree(CommittedLog log, SessionTwin twin) {
        this.log = log;
        this.twin = twin;
    }

    @Override
    public String property() {
        return "all session tables are the same (R21 to R24)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.TableSeen seen) {
            Happening.TableSeen before = first.putIfAbsent(seen.index(), seen);
            Checker.require(before == null || before.digest() == seen.digest(), () -> seen + ", and elsewhere "
                    + before);
            waiting.add(seen);
            for (int left = waiting.size(); left > 0; left--) {
                judge(waiting.remove());
            }
        }
    }

    private void judge(Happening.TableSeen seen) {
        if (seen.index() > log.count()) {
            waiting.add(seen);
            return;
        }
        twin.goOnTo(seen.index());
        Checker.require(twin.keptAt(seen.index()).equals(seen.kept()), () -> seen + ", and by the log it is "
                + twin.keptAt(seen.index()));
    }
}
