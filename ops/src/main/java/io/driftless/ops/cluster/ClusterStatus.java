package io.driftless.ops.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.driftless.ops.console.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The members of a cluster as they see themselves at about the same time. Immutable.
 *
 * @param members in the order they were asked
 */
public record ClusterStatus(List<MemberStatus> members) {

    /** Copies the list. */
    public ClusterStatus {
        members = List.copyOf(members);
    }

    /** The leader of the highest term; a deposed leader that has not heard of it yet does not count beside it. */
    public Optional<MemberStatus> leader() {
        MemberStatus leader = null;
        for (MemberStatus member : members) {
            if (member.isLeader() && (leader == null || member.number("term") > leader.number("term"))) {
                leader = member;
            }
        }
        return Optional.ofNullable(leader);
    }

    /** Whether any member answered. */
    public boolean isAnyReachable() {
        return members.stream().anyMatch(MemberStatus::isReachable);
    }

    /**
     * What only an operator can decide, in one line: so many voters are in doubt that nobody can be elected. Empty if
     * that is not known to be so; a member that was not asked or does not answer counts as able to vote.
     */
    public Optional<String> advice() {
        List<MemberStatus> voters = members.stream().filter(member -> !member.text("role").equals("learner")).toList();
        List<String> inDoubt = voters.stream().filter(MemberStatus::isInDoubt).map(member -> member.text("node"))
                .toList();
        if (leader().isPresent() || voters.size() - inDoubt.size() > voters.size() / 2) {
            return Optional.empty();
        }
        return Optional.of("so many servers are in doubt that nobody can be elected: " + String.join(", ", inDoubt)
                + ". Start what is down; only then, to go on without what was lost, restart them with"
                + " 'driftless node --accept-loss'.");
    }

    /** The table for people. */
    public List<String> table() {
        Table table = new Table("NODE", "ADDRESS", "ROLE", ">TERM", "LEADER", ">COMMIT", ">APPLIED", ">DURABLE",
                ">LAST", ">LAG", "");
        long longest = members.stream().mapToLong(member -> member.number("last")).max().orElse(-1);
        for (MemberStatus member : members) {
            if (member.isReachable()) {
                table.row(member.text("node"), member.address(), member.text("role"), member.text("term"),
                        orDash(member.text("leader")),
                        member.text("commit"), member.text("applied"), member.text("durable"), member.text("last"),
                        Long.toString(longest - member.number("last")), remark(member));
            } else {
                table.row("-", member.address(), "unreachable", "-", "-", "-", "-", "-", "-", "-", member.problem());
            }
        }
        return table.lines();
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    /** Who blocks what, in words. */
    private static String remark(MemberStatus member) {
        List<String> remarks = new ArrayList<>();
        List<String> waitingFor = new ArrayList<>();
        list(member, "waiting_for").forEach(name -> waitingFor.add(name.asText()));
        if (!waitingFor.isEmpty()) {
            remarks.add("forming: waiting for " + String.join(", ", waitingFor));
        }
        if (!member.text("blocked").isEmpty()) {
            remarks.add(member.text("blocked"));
        }
        if (member.isLeader()) {
            for (JsonNode peer : list(member, "peers")) {
                String name = peer.path("node").asText();
                if (!peer.path("connected").asBoolean(true)) {
                    remarks.add(name + " is not connected");
                } else if (peer.path("lag").asLong() > 0) {
                    remarks.add(name + " lags by " + peer.path("lag").asLong());
                }
            }
        }
        return String.join("; ", remarks);
    }

    private static Iterable<JsonNode> list(MemberStatus member, String field) {
        return member.json().map(object -> object.path(field)).orElseThrow();
    }
}
