package io.driftless.sim;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What clients are told is true, at linear cost: serials are unique, so a command is executed at most once;
 * one that was acknowledged is executed where the answer says, with that result; one that was rejected for good never
 * is.
 */
final class ClientOracle implements Checker {

    private record Executed(long index, long result) { }

    private final Map<Long, Executed> executed = new HashMap<>();
    private final Set<Long> rejected = new HashSet<>();

    @Override
    public String property() {
        return "clients are told the truth (thesis §6.3)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Applied applied) {
            Executed before = executed.putIfAbsent(applied.serial(), new Executed(applied.index(), applied.result()));
            Checker.require(before == null || before.index() == applied.index(), () -> "command " + applied.serial()
                    + " is executed at " + before + " and at " + applied.index());
            Checker.require(!rejected.contains(applied.serial()), () -> "command " + applied.serial()
                    + " was rejected and is executed at " + applied.index());
        } else if (happening instanceof Happening.Committed committed) {
            Executed now = executed.get(committed.operation().serial());
            Checker.require(new Executed(committed.index(), committed.result()).equals(now), () -> committed
                    + " is acknowledged, and was executed at " + now);
        } else if (happening instanceof Happening.GaveUp gaveUp && gaveUp.isKnown()) {
            rejected.add(gaveUp.operation().serial());
            Checker.require(!executed.containsKey(gaveUp.operation().serial()), () -> gaveUp
                    + " was rejected and had been executed");
        }
    }
}
