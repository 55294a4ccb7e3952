package io.driftless.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The forming of a cluster (R17). An empty server takes no part in anything until every member has shown the same
 * member list and is empty too, or already formed with this very incarnation; then members and incarnations are synced
 * as the configuration of index 0. Without this, a server whose data were wiped could vote a second time in a term it
 * has voted in. Confined to the core's owner.
 */
final class Forming {

    private final ServerState state;
    private final String members;
    private final MemberList list;
    private final SortedMap<ServerId, Introduction> shown = new TreeMap<>();
    private final SortedMap<ServerId, String> reported = new TreeMap<>();
    private boolean persisting;

    /**
     * An empty server's, or that of one that has formed.
     *
     * @param members what every member must have shown, in canonical form
     * @param list    the same as a value, with the addresses that this server was told
     */
    Forming(ServerState state, String members, MemberList list) {
        this.state = state;
        this.members = members;
        this.list = list;
    }

    /** A member has shown itself, perhaps anew. */
    void introduced(Introduction peer) {
        if (!state.configuration.members().contains(peer.id())) {
            return;
        }
        shown.put(peer.id(), peer);
        String problem = problemOf(peer);
        if (!problem.equals(reported.getOrDefault(peer.id(), ""))) {
            reported.put(peer.id(), problem);
            if (!problem.isEmpty()) {
                state.effects.add(new Effect.Report(problem));
            }
        }
        formIfAllAgree();
    }

    /** Forms the cluster as soon as everyone agrees; a single member does at once. */
    void formIfAllAgree() {
        if (state.formation != null || persisting || !waitingFor().isEmpty()) {
            return;
        }
        SortedMap<ServerId, UUID> incarnations = new TreeMap<>();
        incarnations.put(state.self, state.incarnation);
        shown.forEach((id, peer) -> incarnations.put(id, peer.incarnation()));
        // Whoever has formed already knows best: its incarnations hold for all, also for a member that was wiped since.
        for (Introduction peer : shown.values()) {
            peer.committed().ifPresent(known -> known.cluster().members()
                    .forEach((id, member) -> incarnations.put(id, member.incarnation())));
        }
        incarnations.keySet().retainAll(state.configuration.members());
        persisting = true;
        pending = list.formedWith(incarnations);
        state.effects.add(new Effect.PersistFormation(pending));
    }

    private @org.jspecify.annotations.Nullable ClusterConfiguration pending;

    /** The configuration is durable: from now on this server takes part. */
    void persisted() {
        if (pending == null) {
            throw new IllegalStateException("a formation was persisted that was not asked for");
        }
        state.formation = pending;
        state.configuration = pending.configuration();
        // Before, there could be no leader.
        state.leaderSinceNs = state.nowNs;
        state.resetElectionTimer();
        state.effects.add(new Effect.RoleChanged(state.role.name(), state.currentTerm(), state.leaderId,
                "cluster formed: " + members));
        if (state.isInDoubt()) {
            state.noteDoubt("in doubt since before the cluster formed");
        }
    }

    /** The members that have not shown themselves as they must, in order; empty once formed. */
    List<ServerId> waitingFor() {
        List<ServerId> waiting = new ArrayList<>();
        if (state.formation == null) {
            for (ServerId member : state.configuration.members()) {
                if (!member.equals(state.self) && (!shown.containsKey(member) || !problemOf(shown.get(member))
                        .isEmpty())) {
                    waiting.add(member);
                }
            }
        }
        return waiting;
    }

    /** What it has seen of the others. */
    CoreStatus.Neighbours neighbours() {
        SortedMap<ServerId, String> problems = new TreeMap<>();
        SortedSet<ServerId> notCounted = new TreeSet<>();
        List<ServerId> strangerTo = new ArrayList<>();
        shown.forEach((id, peer) -> {
            String problem = inShort(peer);
            if (!problem.isEmpty() && state.connected.containsKey(id)) {
                problems.put(id, problem);
            }
            if (!isCounted(peer)) {
                notCounted.add(id);
            }
            if (isStrangerTo(peer)) {
                strangerTo.add(id);
            }
        });
        return new CoreStatus.Neighbours(state.configuration, state.formation != null,
                new TreeSet<>(state.connected.keySet()), problems, notCounted, strangerTo, state.leaderSinceNs,
                state.silence.longestNs(state.currentTerm()));
    }

    /** Whether the peer's data are those that the cluster formed with; before it has formed, everybody counts. */
    private boolean isCounted(Introduction peer) {
        return state.formation == null || state.formation.names(peer.id(), peer.incarnation());
    }

    /** Whether the peer's cluster formed without this server's data directory. */
    private boolean isStrangerTo(Introduction peer) {
        return peer.isFormed() && !peer.names(state.self, state.incarnation);
    }

    private String problemOf(Introduction peer) {
        if (state.formation == null && !peer.members().equals(members)) {
            return "member lists disagree: " + state.self + " has " + members + ", " + peer.id() + " has "
                    + peer.members();
        }
        if (state.formation == null && isStrangerTo(peer)) {
            return peer.id() + " belongs to a cluster that formed with another incarnation of " + state.self
                    + ": a server that lost its data comes back only by a membership change";
        }
        if (!isCounted(peer)) {
            return isStrangerTo(peer) ? peer.id() + " belongs to a cluster of the same name that formed apart from this"
                    + " one: it is not counted" : peer.id()
                    + " has lost its data: the cluster formed with another incarnation of it, so it is not counted";
        }
        return "";
    }

    /** The same in a few words, to stand behind the peer's name. */
    private String inShort(Introduction peer) {
        if (state.formation == null && !peer.members().equals(members)) {
            return "member lists differ: it has " + peer.members();
        }
        if (state.formation == null && isStrangerTo(peer)) {
            return "formed with another incarnation of " + state.self;
        }
        if (!isCounted(peer)) {
            return isStrangerTo(peer) ? "formed apart from this server: not counted"
                    : "has lost its data: not counted";
        }
        return "";
    }
}
