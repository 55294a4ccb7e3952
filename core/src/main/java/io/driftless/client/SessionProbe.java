package io.driftless.client;

import io.driftless.machine.Outcome;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;

/**
 * Asks whether a server leads, by opening the session or naming it: so no command is at stake while the leader is
 * searched for. Immutable.
 */
record SessionProbe(SessionLane lane, Router router, Session session) implements Link.Question {

    @Override
    public ClientRequest request(long id) {
        return lane.probe(id, session);
    }

    @Override
    public void answered(Link link, ClientReply reply) {
        switch (reply) {
            case ClientReply.SessionNamed named -> lane.named(link, session, named.session());
            case ClientReply.CommandAnswered instead -> notNamed(link, instead);
            case ClientReply.OutOfOrder outOfOrder -> { }
            case ClientReply.QueryAnswered query -> { }
            case ClientReply.StatusAnswered status -> { }
            case ClientReply.SnapshotAnswered snapshot -> { }
            case ClientReply.TransferAnswered transfer -> { }
            case ClientReply.Goodbye goodbye -> { }
        }
    }

    private void notNamed(Link link, ClientReply.CommandAnswered answer) {
        switch (answer.outcome()) {
            case Outcome.Committed committed -> { }
            case Outcome.Unknown unknown -> {
                if (SessionLane.isLeft(unknown.why())) {
                    router.notLeading(link, answer.leaderAddress(), "");
                } else {
                    router.askAgain(link, SessionLane.RETRY_NS);
                }
            }
            case Outcome.Rejected rejected -> {
                switch (rejected.reason()) {
                    case NOT_LEADER, NO_LEADER, UNREACHABLE, CLOSED, INTERRUPTED ->
                        router.notLeading(link, answer.leaderAddress(), rejected.detail());
                    case EXPIRED -> lane.expired(link, session);
                    case OVERLOADED, TOO_LARGE, NO_TIME, NOT_DRIFTLESS, OTHER_CLUSTER -> {
                        lane.refused(rejected);
                        router.askAgain(link, SessionLane.pauseNs(rejected));
                    }
                }
            }
        }
    }
}
