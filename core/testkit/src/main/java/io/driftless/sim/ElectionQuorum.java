package io.driftless.sim;

import io.driftless.raft.HardState;
import io.driftless.raft.Message;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A leader has the votes of a quorum (Raft §5.2, §6; R17): of each half of a joint configuration, each voter once, its
 * own vote durable, and none from a server that has lost its data.
 */
final class ElectionQuorum implements Checker {

    private record Election(long term, int candidate) implements Comparable<Election> {
        @Override
        public int compareTo(Election other) {
            return term != other.term ? Long.compare(term, other.term) : Integer.compare(candidate, other.candidate);
        }
    }

    private final Universe universe;
    private final UUID[] incarnations;
    private final SortedMap<Election, SortedSet<Integer>> votes = new TreeMap<>();
    private final SortedSet<Election> won = new TreeSet<>();

    ElectionQuorum(Universe universe) {
        this.universe = universe;
        this.incarnations = new UUID[universe.plan.servers()];
    }

    @Override
    public String property() {
        return "votes of a quorum (Raft §5.2, §6)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Started started) {
            incarnations[started.node()] = started.incarnation();
        } else if (happening instanceof Happening.Sent sent
                && sent.message() instanceof Message.RequestVoteReply reply && reply.voteGranted()
                && universe.hasFormedWith(sent.from(), incarnations[sent.from()])) {
            votes.computeIfAbsent(new Election(reply.requestTerm(), sent.to()), none -> new TreeSet<>()).add(
                    sent.from());
        }
        Leading leading = Leading.in(happening);
        if (leading != null && won.add(new Election(leading.term(), leading.node()))) {
            check(leading);
        }
    }

    private void check(Leading leading) {
        SortedSet<Integer> granted = votes.getOrDefault(new Election(leading.term(), leading.node()), new TreeSet<>());
        HardState own = universe.node(leading.node()).view().hardState();
        boolean ownVote = own.equals(new HardState(leading.term(), SimulatedNode.nameOf(leading.node())));
        boolean isElected = universe.isQuorum(voter -> voter == leading.node() ? ownVote : granted.contains(voter));
        Checker.require(isElected, () -> "server " + leading.node() + " leads term " + leading.term()
                + " with the votes of " + granted + (ownVote ? " and its own" : ", its own not being durable"));
    }
}
