package io.driftless.raft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Watches a {@link Cluster} from outside for what Raft promises (figure 3) and for what may leave a server before it
 * is durable (R1, R3, R5). Knows the protocol only by its promises: it looks at disks, messages and applied entries,
 * never into a core.
 */
final class Safety {

    private record Place(long index, long term) { }

    private final Configuration configuration;
    private final SortedMap<ServerId, Server> servers;
    private final SortedMap<Long, ServerId> leaders = new TreeMap<>();
    /** The log of each term's leader at its election. */
    private final SortedMap<Long, List<Disk.Entry>> logsAtElection = new TreeMap<>();
    /** Whoever has an entry of this term at this index has this log up to it (log matching). */
    private final Map<Place, Long> chains = new HashMap<>();
    private final List<Disk.Entry> committed = new ArrayList<>();
    /** The term in which each of them was committed. */
    private final List<Long> committedTerms = new ArrayList<>();
    private final SortedMap<ServerId, Long> commits = new TreeMap<>();

    Safety(Configuration configuration, SortedMap<ServerId, Server> servers) {
        this.configuration = configuration;
        this.servers = servers;
    }

    private static void require(boolean holds, String promise) {
        if (!holds) {
            throw new AssertionError(promise);
        }
    }

    /** Before a server carries out an effect. */
    void carriesOut(Server server, Effect effect) {
        switch (effect) {
            case Effect.Send send -> sends(server, send.to(), send.message());
            case Effect.RoleChanged changed when changed.role().equals("leader") -> elected(server, changed.term());
            case Effect.Apply apply -> applies(server, apply.upToIndex());
            case Effect.Fail fail -> require(fail.failure() == Effect.Failure.WRITE_FAILED, server.id + " fails: "
                    + fail.detail());
            case Effect.RoleChanged other -> { }
            case Effect.Append append -> { }
            case Effect.PersistHardState persist -> { }
            case Effect.NoteDoubt doubt -> { }
            case Effect.SettleDoubt settle -> { }
            case Effect.PersistFormation persist -> { }
            case Effect.ProposalsRejected rejected -> { }
            case Effect.ProposalsUnknown unknown -> { }
            case Effect.Report report -> { }
            case Effect.ReadConfirmed other -> { }
            case Effect.ReadRefused other -> { }
            case Effect.HoldProposals other -> { }
            case Effect.TransferEnded other -> { }
            case Effect.BeginSnapshot other -> { }
            case Effect.WriteChunk other -> { }
            case Effect.DropSnapshot other -> { }
            case Effect.CommittedInEra other -> { }
            case Effect.DiscardSnapshot other -> { }
            case Effect.RestoreMachine other -> { }
            case Effect.TakeSnapshot other -> { }
            case Effect.HoldSnapshot other -> { }
            case Effect.ResetLog other -> { }
            case Effect.CompactLog other -> { }
        }
    }

    private void sends(Server from, ServerId to, Message message) {
        HardState durable = from.disk.durableState();
        switch (message) {
            case Message.PreVote request -> require(request.term() <= durable.currentTerm() + 1,
                    "PreVote ahead of a durable term");
            case Message.PreVoteReply reply -> require(reply.term() <= durable.currentTerm(),
                    "a reply of a term that is not durable (R1)");
            case Message.RequestVote request -> require(durable.equals(new HardState(request.term(), from.id)),
                    "RequestVote before the own vote is durable (R1): " + request + ", durable " + durable);
            case Message.RequestVoteReply reply -> {
                require(reply.term() <= durable.currentTerm(), "a reply of a term that is not durable (R1)");
                require(!reply.voteGranted() || durable.equals(new HardState(reply.requestTerm(), to)),
                        "a vote before it is durable (R1): " + reply + " to " + to + ", durable " + durable);
            }
            case Message.TimeoutNow request -> require(durable.equals(new HardState(request.term(), from.id)),
                    from.id + " leads before its term is durable");
            case Message.ReadIndex request -> require(request.term() <= durable.currentTerm(),
                    "asks in a term that is not durable (R1)");
            case Message.ReadIndexReply reply -> require(durable.equals(new HardState(reply.term(), from.id)),
                    "leads without a durable vote");
            case Message.AppendEntries request -> require(durable.equals(new HardState(request.term(), from.id)),
                    "leads without a durable vote");
            case Message.AppendEntriesReply reply -> {
                require(reply.term() <= durable.currentTerm(), "a reply of a term that is not durable (R1)");
                require(!reply.success() || from.disk.isDurable(reply.matchIndex(), leaderChain(reply.requestTerm(),
                        reply.matchIndex())),
                        from.id + " acknowledges what is not durable (R3): " + reply);
            }
            case Message.InstallSnapshot request -> require(durable.equals(new HardState(request.term(), from.id)),
                    "leads without a durable vote");
            case Message.InstallSnapshotReply reply -> require(reply.term() <= durable.currentTerm(),
                    "a reply of a term that is not durable (R1)");
        }
    }

    private long leaderChain(long term, long index) {
        Server leader = servers.get(leaders.get(term));
        List<Disk.Entry> log = leader.disk.log();
        if (index == 0) {
            return 0;
        }
        // A leader that is gone may have lost its tail since: then only log matching tells.
        if (index <= log.size() && leader.isUp() && leader.core().status().term() == term) {
            return log.get(Math.toIntExact(index - 1)).chain();
        }
        List<Disk.Entry> atElection = logsAtElection.get(term);
        return index <= atElection.size() ? atElection.get(Math.toIntExact(index - 1))
                .chain() : chains.getOrDefault(new Place(index, term), 0L);
    }

    private void elected(Server server, long term) {
        ServerId other = leaders.putIfAbsent(term, server.id);
        require(other == null, "election safety: two leaders in term " + term + ": " + other + " and " + server.id);
        List<Disk.Entry> log = List.copyOf(server.disk.log());
        logsAtElection.put(term, log);
        require(log.size() >= committed.size() || committedTerm(log.size()) > term, "leader completeness: " + server.id
                + " leads term " + term
                + " with " + log.size() + " entries, and " + committed.size() + " are committed");
        for (int i = 0; i < Math.min(log.size(), committed.size()); i++) {
            require(committedTerms.get(i) >= term || log.get(i).equals(committed.get(i)),
                    "leader completeness: entry " + (i + 1) + " of " + server.id + ", leader of term " + term
                    + ", is not the committed one");
        }
    }

    private long committedTerm(int position) {
        return committedTerms.get(position);
    }

    /** After a server has appended or overwritten entries. */
    void appended(Server server, long firstIndex) {
        List<Disk.Entry> log = server.disk.log();
        for (int i = Math.toIntExact(firstIndex - 1); i < log.size(); i++) {
            Disk.Entry entry = log.get(i);
            Long chain = chains.putIfAbsent(new Place(i + 1, entry.term()), entry.chain());
            require(chain == null || chain == entry.chain(), "log matching: " + server.id
                    + " has another log up to entry " + (i + 1) + " of term "
                    + entry.term());
            require(i == 0 || log.get(i - 1).term() <= entry.term(), "terms fall in the log of " + server.id);
        }
    }

    /** After a step: what has been committed by it. */
    void stepped(Server server) {
        CoreStatus status = server.core().status();
        long before = commits.getOrDefault(server.id, 0L);
        if (status.commit() > before) {
            commits.put(server.id, status.commit());
            if (status.role().equals("leader")) {
                leaderCommitted(server, status.commit(), status.term());
            }
            for (int i = Math.toIntExact(before); i < status.commit(); i++) {
                require(i < committed.size(), server.id + " knows entry " + (i + 1)
                        + " committed, and no leader committed it");
                require(server.disk.log().get(i).equals(committed.get(i)), "state machine safety: entry " + (i + 1)
                        + " of " + server.id);
            }
        }
    }

    private void leaderCommitted(Server leader, long index, long term) {
        long chain = leader.disk.chainAt(index);
        require(Quorum.holds(configuration, voter -> servers.get(voter).hasMadeDurable(index, chain)),
                leader.id + " commits " + index + " in term " + term + " without a durable quorum (R5)");
        for (int i = committed.size(); i < index; i++) {
            Disk.Entry entry = leader.disk.log().get(i);
            committed.add(entry);
            committedTerms.add(term);
            for (List<Disk.Entry> later : logsAtElection.tailMap(term + 1).values()) {
                require(i < later.size() && later.get(i).equals(entry), "leader completeness: entry " + (i + 1)
                        + " is committed in term " + term + ", and a later leader lacks it");
            }
        }
    }

    private void applies(Server server, long upToIndex) {
        require(upToIndex <= server.core().status().commit(), server.id + " applies what is not committed");
        require(server.disk.isDurable(upToIndex, server.disk.chainAt(upToIndex)), server.id
                + " applies what is not durable (R5)");
    }

    /** A server starts anew and has forgotten what is committed, but for what its state machine kept. */
    void started(Server server) {
        commits.put(server.id, server.applied);
    }

    long committedCount() {
        return committed.size();
    }
}
