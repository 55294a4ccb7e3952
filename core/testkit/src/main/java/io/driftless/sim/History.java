package io.driftless.sim;

import io.driftless.sim.history.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes down what the clients saw, for the linearizability checker. */
final class History implements Checker {

    private final SortedMap<Long, Call> open = new TreeMap<>();
    private final List<Call> closed = new ArrayList<>();
    private long acknowledged;

    @Override
    public String property() {
        return "history";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Invoked invoked) {
            open.put(invoked.operation().serial(), Call.begun(invoked.operation(), invoked.atNs()));
        } else if (happening instanceof Happening.Committed committed) {
            acknowledged++;
            Call call = open.remove(committed.operation().serial());
            // An answer after the client gave up is no end of the operation, but it tells what it saw.
            if (call != null) {
                closed.add(call.answered(committed.atNs(), committed.result()));
            }
        } else if (happening instanceof Happening.ReadTold told && told.query().isLinearizable()) {
            closed.add(Call.begun(told.query().read(), told.begunNs()).answered(told.atNs(), told.value()));
        } else if (happening instanceof Happening.GaveUp gaveUp && gaveUp.isKnown()) {
            open.remove(gaveUp.operation().serial());
        }
    }

    long acknowledged() {
        return acknowledged;
    }

    /** All operations that may have been executed; the answers of some are not known. */
    List<Call> calls() {
        List<Call> calls = new ArrayList<>(closed);
        calls.addAll(open.values());
        return calls;
    }
}
