package io.driftless.sim;

import io.driftless.raft.Configuration;
import io.driftless.raft.Effects;
import io.driftless.raft.Event;
import io.driftless.raft.HardState;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.RaftCore;
import io.driftless.raft.RaftSettings;
import io.driftless.raft.Recovered;
import io.driftless.raft.ServerId;
import io.driftless.raft.TermRuns;
import io.driftless.testkit.mutants.Mutant;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One server alone, which asks for pre-votes, gives its vote in the same term, and then hears that its own round would
 * be won: what {@link VoteEndsRound} watches for comes together too seldom to be left to seeds.
 */
final class VoteCheck {

    private static final ServerId SELF = new ServerId("n1");
    private static final ServerId CANDIDATE = new ServerId("n2");
    private static final ServerId OTHER = new ServerId("n3");
    private static final long TERM = 2;

    private VoteCheck() { }

    /** The process ends with {@link Mutant#FOUND} if the server campaigns on. */
    public static void main(String[] arguments) {
        SortedMap<ServerId, UUID> formed = new TreeMap<>();
        for (ServerId id : new ServerId[] {SELF, CANDIDATE, OTHER}) {
            formed.put(id, new UUID(0, formed.size() + 1));
        }
        RaftCore core = new RaftCore(introduction(SELF, formed), Configuration.of(new TreeSet<>(formed.keySet())),
                RaftSettings.defaults(), Long.parseLong(arguments[0]), 1, new Recovered(new HardState(TERM,
                ServerId.NONE), 0, TermRuns.empty(1), (from, to) -> 0, 0, 0), 0, new Effects());
        core.step(0, new Event.PeerConnected(introduction(CANDIDATE, formed)));
        core.step(0, new Event.PeerConnected(introduction(OTHER, formed)));
        long nowNs = core.nextDeadlineNs();
        core.step(nowNs, new Event.Tick());
        receive(core, nowNs, CANDIDATE, formed, new Message.RequestVote(TERM, CANDIDATE, 0, 0, false));
        receive(core, nowNs, OTHER, formed, new Message.PreVoteReply(TERM, TERM + 1, true));
        System.exit(core.status().term() == TERM ? 0 : Mutant.FOUND);
    }

    private static Introduction introduction(ServerId id, SortedMap<ServerId, UUID> formed) {
        return new Introduction(id, formed.get(id), 1, formed.get(id), formed.toString(), formed);
    }

    private static void receive(RaftCore core, long nowNs, ServerId from, SortedMap<ServerId, UUID> formed,
            Message message) {
        core.step(nowNs, new Event.Received(from, formed.get(from), formed.get(from), Lane.CONTROL, message,
                nowNs));
    }
}
