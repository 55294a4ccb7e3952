package io.driftless.sim;

import java.util.EnumSet;
import java.util.Set;

/** Notes which rare branches a run has reached, as they show themselves outside. Promises nothing. */
abstract class Marks implements Checker {

    private final Set<Coverage.Mark> reached = EnumSet.noneOf(Coverage.Mark.class);

    @Override
    public final String property() {
        return "coverage";
    }

    /** What was reached; to be asked at the end. */
    Set<Coverage.Mark> reached() {
        return reached;
    }

    /** Notes the branch if it {@code isReached}. */
    final void mark(Coverage.Mark mark, boolean isReached) {
        if (isReached) {
            reached.add(mark);
        }
    }
}
