package io.driftless.sim;

import io.driftless.log.LogEntry;
import io.driftless.machine.Outcome;
import io.driftless.transport.ClientReply;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What was rejected at every attempt is never executed: somebody can still be told of each execution. */
final class AttemptsAreTrue implements Checker {

    private record Place(long session, long serial) { }

    private final CommittedLog log;
    /** The copies that reached a server and were not rejected there. */
    private final Map<Place, Set<Long>> open = new HashMap<>();
    private final Map<Place, Long> executed = new HashMap<>();

    AttemptsAreTrue(CommittedLog log) {
        this.log = log;
    }

    @Override
    public String property() {
        return "what was rejected at every attempt is not executed (thesis §6.3)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Asked asked && asked.inquiry().serial() > 0) {
            open.computeIfAbsent(place(asked.inquiry()), none -> new HashSet<>()).add(asked.inquiry().number());
        } else if (happening instanceof Happening.Told told && told.inquiry().serial() > 0
                && isRejection(told.reply())) {
            Set<Long> left = open.getOrDefault(place(told.inquiry()), new HashSet<>());
            left.remove(told.inquiry().number());
            Long at = executed.get(place(told.inquiry()));
            Checker.require(at == null || !left.isEmpty(), () -> told + " is the last attempt, and it was executed at "
                    + at);
        } else if (happening instanceof Happening.Applied applied && applied.index() <= log.count()) {
            LogEntry entry = log.entry(applied.index());
            Place place = new Place(entry.session(), entry.serial());
            if (entry.session() > 0 && executed.putIfAbsent(place, applied.index()) == null) {
                Set<Long> copies = open.get(place);
                Checker.require(copies != null && !copies.isEmpty(), () -> applied + " executes " + place
                        + ", of which every attempt was rejected");
            }
        }
    }

    private static Place place(Inquiry inquiry) {
        return new Place(inquiry.session(), inquiry.serial());
    }

    static boolean isRejection(ClientReply reply) {
        return reply instanceof ClientReply.OutOfOrder || reply instanceof ClientReply.CommandAnswered answered
                && answered.outcome() instanceof Outcome.Rejected;
    }
}
