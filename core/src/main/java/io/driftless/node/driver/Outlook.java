package io.driftless.node.driver;

import io.driftless.raft.Configuration;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Quorum;
import io.driftless.raft.ServerId;
import io.driftless.transport.Unreachable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * How things look from one server: which of the others it can count on, and in words what keeps the cluster from
 * working as seen from here. Immutable.
 *
 * @param condition what is the matter
 * @param text      the same for a person, one line; empty if nothing is the matter
 * @param cause     the text without what only time changes
 * @param problems  why others cannot be counted on, in a few words; whoever is not in it can
 */
record Outlook(Condition condition, String text, String cause, SortedMap<ServerId, String> problems) {

    /** What can be the matter. */
    enum Condition {
        /** Nothing. */
        WELL,
        /** The cluster has not met for the first time yet. */
        FORMING,
        /** This server's data directory is not one of those that formed the cluster. */
        STRANGER,
        /** It knows no leader, and too few voters can be reached to elect one. */
        NO_QUORUM,
        /** It knows no leader, although enough voters can be reached; perhaps they have one that cannot reach it. */
        NO_LEADER
    }

    /** Without a leader in sight although a quorum is there: told after this many times {@code patienceNs}. */
    private static final int ELECTIONS = 5;

    /**
     * What there is to go by.
     *
     * @param self        this server
     * @param members     where the members are
     * @param core        the core as it is
     * @param unreachable what the transport knows
     * @param heardNs     when a member was last heard
     * @param nowNs       the time
     * @param patienceNs  how long an answer, or an election, may take
     */
    record Sight(ServerId self, Map<ServerId, String> members, CoreStatus core,
            Map<ServerId, Unreachable> unreachable, ToLongFunction<ServerId> heardNs, long nowNs, long patienceNs) {

        Outlook outlook() {
            SortedMap<ServerId, String> problems = problems();
            CoreStatus.Neighbours seen = core.neighbours();
            if (core.blocked().equals("failed")) {
                return new Outlook(Condition.WELL, "", "", problems);
            }
            if (isStranger(seen)) {
                String text = "not a member by its data: the cluster of " + names(seen.strangerTo())
                        + " formed with another incarnation of " + self + " (this data directory is new, or of another"
                        + " time); it takes no part, and comes back only by a membership change";
                return new Outlook(Condition.STRANGER, text, text, problems);
            }
            if (!core.waitingFor().isEmpty()) {
                String text = "forming: waiting for " + withReasons(core.waitingFor(), problems);
                return new Outlook(Condition.FORMING, text, text, problems);
            }
            return seen.formed() && core.leaderId().isNone() ? leaderless(problems)
                    : new Outlook(Condition.WELL, "", "", problems);
        }

        /** Whoever formed is one only to a quorum of others: a single one may be wrong itself. */
        private boolean isStranger(CoreStatus.Neighbours seen) {
            return seen.formed() ? core.leaderId().isNone()
                    && Quorum.holds(seen.configuration(), seen.strangerTo()::contains) : !seen.strangerTo().isEmpty();
        }

        private Outlook leaderless(SortedMap<ServerId, String> problems) {
            long sinceNs = nowNs - core.neighbours().leaderSinceNs();
            Configuration configuration = core.neighbours().configuration();
            SortedSet<ServerId> voters = new TreeSet<>(configuration.voters());
            voters.addAll(configuration.outgoing());
            List<ServerId> missing = voters.stream().filter(problems::containsKey).toList();
            int reachable = voters.size() - missing.size();
            String duration = " for " + text(sinceNs);
            if (!Quorum.holds(configuration, voter -> !problems.containsKey(voter))) {
                return sinceNs < patienceNs ? new Outlook(Condition.WELL, "", "", problems)
                        : of(Condition.NO_QUORUM, "no quorum: " + reachable + " of " + voters.size() + " reachable",
                        duration, ", missing " + withReasons(missing, problems), problems);
            }
            return sinceNs < patienceNs * ELECTIONS ? new Outlook(Condition.WELL, "", "", problems)
                    : of(Condition.NO_LEADER, "knows no leader", duration, ", although " + reachable + " of "
                    + voters.size() + " are reachable"
                    + (missing.isEmpty() ? "" : ", missing " + withReasons(missing, problems)),
                    problems);
        }

        private static Outlook of(Condition condition, String what, String duration, String why,
                SortedMap<ServerId, String> problems) {
            return new Outlook(condition, what + duration + why, what + why, problems);
        }

        private SortedMap<ServerId, String> problems() {
            SortedMap<ServerId, String> problems = new TreeMap<>(core.neighbours().problems());
            SortedSet<ServerId> connected = core.neighbours().connected();
            for (ServerId member : members.keySet()) {
                if (member.equals(self) || problems.containsKey(member)) {
                    continue;
                }
                if (!connected.contains(member)) {
                    Unreachable why = unreachable.get(member);
                    problems.put(member, why == null ? "not connected" : why.toString());
                } else if (asksAll() && nowNs - Math.max(heardNs.applyAsLong(member),
                        core.neighbours().leaderSinceNs()) > patienceNs) {
                    // The connections of a process that stands still stay as they are.
                    problems.put(member, Unreachable.Kind.SILENT.words());
                }
            }
            return problems;
        }

        /** Whether this server asks all others for an answer again and again. */
        private boolean asksAll() {
            boolean leads = core.leaderId().equals(self);
            boolean campaigns = core.leaderId().isNone() && !core.learner() && core.blocked().isEmpty();
            return core.neighbours().formed() && (leads || campaigns);
        }
    }

    /** {@code n2 (refused), n3 (silent)}. */
    private static String withReasons(List<ServerId> members, Map<ServerId, String> problems) {
        List<String> parts = new ArrayList<>();
        members.forEach(member -> parts.add(member + (problems.containsKey(member) ? " (" + problems.get(member) + ")"
                : "")));
        return String.join(", ", parts);
    }

    private static String names(List<ServerId> members) {
        return String.join(", ", members.stream().map(ServerId::value).toList());
    }

    /** A duration for a person: {@code 12 s}, {@code 3 min}, {@code 2 h 5 min}. */
    static String text(long ns) {
        long seconds = ns / 1_000_000_000L;
        if (seconds < 120) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        return minutes < 120 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }
}
