package io.driftless.sim;

import io.driftless.machine.TransferOutcome;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Message;
import java.util.SortedMap;
import java.util.TreeMap;

/** What has become of requests to hand leadership over. Promises nothing. */
final class TransferCoverage extends Marks {

    /** A server, as far as it is asked. */
    private static final class Server {
        /** How many requests are under way. */
        private int asked;
        /** Where the log ended when a command came in meanwhile, by its serial. */
        private final SortedMap<Long, Long> cameIn = new TreeMap<>();
        /** The term for which it campaigns because its leader has told it to. */
        private long campaign;
    }

    private final Universe universe;
    private final Server[] servers;

    TransferCoverage(Universe universe) {
        this.universe = universe;
        this.servers = new Server[universe.plan.servers()];
        for (int node = 0; node < servers.length; node++) {
            servers[node] = new Server();
        }
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.TransferAsked asked) {
            mark(Coverage.Mark.TRANSFER_ASKED, true);
            servers[asked.node()].asked++;
        } else if (happening instanceof Happening.TransferTold told) {
            told(servers[told.node()], told);
        } else if (happening instanceof Happening.Reached command) {
            if (servers[command.node()].asked > 0 && universe.led(command.node()) > 0) {
                servers[command.node()].cameIn.put(command.operation().serial(), last(command.node()));
            }
        } else if (happening instanceof Happening.Answered answered) {
            servers[answered.node()].cameIn.remove(answered.operation().serial());
        } else if (happening instanceof Happening.Ended ended) {
            servers[ended.node()] = new Server();
        } else if (happening instanceof Happening.Sent sent) {
            mark(Coverage.Mark.TIMEOUT_NOW_SENT, sent.message() instanceof Message.TimeoutNow);
            if (sent.message() instanceof Message.RequestVote request && request.leadershipTransfer()) {
                mark(Coverage.Mark.TIMEOUT_NOW_OBEYED, true);
                servers[sent.from()].campaign = request.term();
            }
        }
        Leading leading = Leading.in(happening);
        mark(Coverage.Mark.LEADERSHIP_MOVED, leading != null && servers[leading.node()].campaign == leading.term());
    }

    private void told(Server server, Happening.TransferTold told) {
        // What waits has moved nothing: while it leads, a server that holds nothing back appends at once.
        long last = last(told.node());
        mark(Coverage.Mark.PROPOSALS_HELD, server.cameIn.containsValue(last));
        if (told.outcome() instanceof TransferOutcome.NotTransferred not) {
            mark(Coverage.Mark.TRANSFER_NOT_IN_TIME, not.reason() == TransferOutcome.Reason.TIMEOUT);
            mark(Coverage.Mark.TRANSFER_BUSY, not.reason() == TransferOutcome.Reason.BUSY);
            mark(Coverage.Mark.PROPOSALS_HELD_AND_APPENDED, not.reason() == TransferOutcome.Reason.TIMEOUT
                    && server.cameIn.containsValue(last));
        }
        server.asked--;
        if (server.asked == 0) {
            server.cameIn.clear();
        }
    }

    private long last(int node) {
        Life life = universe.node(node).life();
        CoreStatus status = life == null ? null : life.status();
        return status == null ? -1 : status.last();
    }
}
