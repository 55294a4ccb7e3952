package io.driftless.sim;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whoever has asked a server that goes on is answered in the end: no command that was held back while leadership was
 * handed over is lost, or held for ever, and whoever asked for the handing over hears of it (R26). No query is lost,
 * whatever becomes of the leader (R20). For commands outside sessions: one that comes again in its session is answered
 * on the connection that still stands.
 */
final class EveryoneIsAnswered implements Checker {

    /** What waits at each server, by what is asked, with the words for it. */
    private final SortedMap<Integer, SortedMap<String, Happening>> waiting = new TreeMap<>();

    @Override
    public String property() {
        return "whoever asks is answered (R20, R26)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Reached command) {
            at(command.node()).put("command " + command.operation().serial(), command);
        } else if (happening instanceof Happening.Answered command) {
            at(command.node()).remove("command " + command.operation().serial());
        } else if (happening instanceof Happening.QueryReached reached) {
            at(reached.node()).put("query " + reached.query().number(), reached);
        } else if (happening instanceof Happening.QueryTold told) {
            at(told.node()).remove("query " + told.query().number());
        } else if (happening instanceof Happening.TransferAsked transfer) {
            at(transfer.node()).put("transfer " + transfer.number(), transfer);
        } else if (happening instanceof Happening.TransferTold transfer) {
            at(transfer.node()).remove("transfer " + transfer.number());
        } else if (happening instanceof Happening.Ended ended) {
            waiting.remove(ended.node());
        }
    }

    private SortedMap<String, Happening> at(int node) {
        return waiting.computeIfAbsent(node, none -> new TreeMap<>());
    }

    /** What still waits; to be asked when all deadlines are over. Empty if nothing does. */
    String left() {
        return waiting.values().stream().flatMap(each -> each.values().stream()).map(Happening::toString).findFirst()
                .orElse("");
    }
}
