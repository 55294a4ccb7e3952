package io.driftless.sim;

import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.CommittedConfiguration;
import io.driftless.raft.Configuration;
import io.driftless.raft.Effects;
import io.driftless.raft.Event;
import io.driftless.raft.HardState;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Member;
import io.driftless.raft.MemberList;
import io.driftless.raft.Message;
import io.driftless.raft.RaftCore;
import io.driftless.raft.RaftSettings;
import io.driftless.raft.Recovered;
import io.driftless.raft.ServerId;
import io.driftless.raft.TermRuns;
import io.driftless.testkit.mutants.Mutant;
import java.util.SortedMap;
import java.util.TreeMap;
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
        SortedMap<ServerId, Member> members = new TreeMap<>();
        SortedMap<ServerId, String> addresses = new TreeMap<>();
        for (ServerId id : new ServerId[] {SELF, CANDIDATE, OTHER}) {
            addresses.put(id, id + ":1");
            members.put(id, new Member(new UUID(0, members.size() + 1), id + ":1", Member.PRIORITY_DEFAULT));
        }
        Configuration configuration = Configuration.of(members.keySet());
        ClusterConfiguration formed = new ClusterConfiguration(configuration, members, 0);
        RaftCore core = new RaftCore(introduction(SELF, formed), new MemberList(configuration, addresses),
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

    private static Introduction introduction(ServerId id, ClusterConfiguration formed) {
        UUID incarnation = formed.members().get(id).incarnation();
        return new Introduction(id, incarnation, 1, incarnation, formed.configuration().toString(),
                RaftSettings.defaults().electionTimeoutMinNs()).withCommitted(new CommittedConfiguration(0, formed));
    }

    private static void receive(RaftCore core, long nowNs, ServerId from, ClusterConfiguration formed,
            Message message) {
        UUID incarnation = formed.members().get(from).incarnation();
        core.step(nowNs, new Event.Received(from, incarnation, incarnation, Lane.CONTROL, message, nowNs));
    }
}
