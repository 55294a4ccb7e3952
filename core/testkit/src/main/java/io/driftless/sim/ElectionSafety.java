package io.driftless.sim;

import java.util.SortedMap;
import java.util.TreeMap;

/** Election safety (Raft figure 3, §5.2): at most one leader in a term. */
final class ElectionSafety implements Checker {

    private final SortedMap<Long, Integer> leaders = new TreeMap<>();

    @Override
    public String property() {
        return "election safety (Raft §5.2)";
    }

    @Override
    public void saw(Happening happening) {
        Leading leading = Leading.in(happening);
        if (leading != null) {
            Integer other = leaders.putIfAbsent(leading.term(), leading.node());
            Checker.require(other == null || other == leading.node(), () -> "servers " + other + " and "
                    + leading.node() + " lead term " + leading.term());
        }
    }
}
