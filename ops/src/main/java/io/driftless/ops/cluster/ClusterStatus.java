package io.driftless.ops.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.driftless.ops.console.ByteSize;
import io.driftless.ops.console.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The members of a cluster as they see themselves at about the same time. Immutable.
 *
 * @param members in the order they were asked
 */
public record ClusterStatus(List<MemberStatus> members) {

    /** Copies the list, and gives members that do not answer the names that the others know. */
    public ClusterStatus {
        Map<String, String> known = new TreeMap<>();
        members.forEach(member -> member.list("members").forEach(other ->
                known.put(place(other.path("address").asText()), other.path("node").asText())));
        members = members.stream().map(member -> member.node().isEmpty()
                ? member.named(known.getOrDefault(place(member.address()), "")) : member).toList();
    }

    private static String place(String address) {
        return address.toLowerCase(Locale.ROOT).replaceFirst("^localhost:", "127.0.0.1:");
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

    /** Whether any member that answered knows a leader. */
    public boolean isLed() {
        return members.stream().anyMatch(MemberStatus::knowsALeader);
    }

    /**
     * What only an operator can decide, in one line: so many voters are in doubt that nobody can be elected, or no
     * server has the state. Empty if that is not known to be so; a member that was not asked or does not answer counts
     * as able to vote, and to have it.
     */
    public Optional<String> advice() {
        if (isStateLost()) {
            return Optional.of("nobody can send a snapshot: all servers of this cluster need one ("
                    + String.join(", ", names()) + "). What was before their logs is lost.");
        }
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

    /** Whether each member that any of them knows says that it needs a snapshot. */
    private boolean isStateLost() {
        Set<String> needing = new TreeSet<>();
        members.stream().filter(member -> member.text("blocked").startsWith("needs a snapshot"))
                .forEach(member -> needing.add(member.node()));
        return !needing.isEmpty() && needing.equals(names());
    }

    /** Of all members, those that others know included. */
    private SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>();
        members.forEach(member -> {
            names.add(member.node());
            member.list("members").forEach(other -> names.add(other.path("node").asText()));
        });
        return names;
    }

    /** The table for people. */
    public List<String> table() {
        Table table = new Table("NODE", "ADDRESS", "ROLE", ">TERM", "LEADER", ">COMMIT", ">APPLIED", ">DURABLE",
                ">FIRST", ">LAST", ">SESSIONS", ">SNAPSHOT", ">USED", ">LAG", "REMARKS");
        for (MemberStatus member : members) {
            if (member.isReachable()) {
                table.row(member.text("node"), member.address(), member.text("role"), member.text("term"),
                        orDash(member.text("leader")), member.text("commit"), member.text("applied"),
                        member.text("durable"), orDash(member.text("first")), member.text("last"), sessions(member),
                        snapshot(member), used(member), isCounted(member) ? lag(member) : "-", remark(member));
            } else {
                table.row(orDash(member.node()), member.address(), "unreachable", "-", "-", "-", "-", "-", "-", "-",
                        "-", "-", "-", "-", member.problem());
            }
        }
        return table.lines();
    }

    /** How many sessions it knows, and whether the leader opens no more; its own limit counts before anybody leads. */
    private String sessions(MemberStatus member) {
        long sessions = member.number("sessions");
        long most = leader().orElse(member).number("sessions_max");
        return sessions < 0 ? "-" : sessions + (most >= 0 && sessions >= most ? " (full)" : "");
    }

    /** The index of its newest snapshot, or that it takes none. */
    private static String snapshot(MemberStatus member) {
        JsonNode snapshot = member.json().map(json -> json.path("snapshot")).orElseThrow();
        return snapshot.path("state").asText().equals("off") ? "off"
                : snapshot.path("index").isNumber() ? snapshot.path("index").asText() : "-";
    }

    /** How much of its quota the state machine's state uses, where it says so. */
    private static String used(MemberStatus member) {
        JsonNode machine = member.json().map(json -> json.path("machine")).orElseThrow();
        JsonNode used = machine.path("used_bytes");
        JsonNode quota = machine.path("quota_bytes");
        if (!used.isNumber() || !quota.isNumber()) {
            return "-";
        }
        // A share of nothing is no number.
        return quota.asLong() == 0 ? used.asLong() > 0 ? "over" : "-"
                : String.format(Locale.ROOT, "%.1f%%", 100.0 * used.asLong() / quota.asLong());
    }

    /** Whether the leader takes what it has for the cluster's; before anybody leads, everybody counts. */
    private boolean isCounted(MemberStatus member) {
        return leader().stream().flatMap(leader -> leader.list("members").stream())
                .noneMatch(other -> other.path("node").asText().equals(member.node())
                        && !other.path("counted").asBoolean(true));
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    /**
     * How many entries of the leader's log a member lacks, as the leader knows it: the end of a log alone would count
     * what a new leader is about to replace. Before the leader knows, and where nobody leads, the ends of the logs are
     * compared.
     */
    private String lag(MemberStatus member) {
        Optional<MemberStatus> leader = leader();
        if (leader.isEmpty()) {
            long longest = members.stream().mapToLong(each -> each.number("last")).max().orElse(-1);
            return Long.toString(longest - member.number("last"));
        }
        for (JsonNode peer : leader.get().list("peers")) {
            if (peer.path("node").asText().equals(member.node()) && peer.path("lag").isNumber()) {
                return peer.path("lag").asText();
            }
        }
        return Long.toString(Math.max(0, leader.get().number("last") - member.number("last")));
    }

    /** Who blocks what, in words. */
    private static String remark(MemberStatus member) {
        List<String> remarks = new ArrayList<>();
        if (!member.name().isEmpty() && !member.name().equals(member.text("node"))) {
            remarks.add("this is " + member.text("node") + ", not " + member.name());
        }
        String blocked = member.text("blocked");
        List<String> waitingFor = member.list("waiting_for").stream().map(JsonNode::asText).toList();
        if (blocked.isEmpty() && !waitingFor.isEmpty()) {
            remarks.add("forming: waiting for " + String.join(", ", waitingFor));
        }
        if (!blocked.isEmpty()) {
            remarks.add(blocked);
        }
        JsonNode snapshot = member.json().map(json -> json.path("snapshot")).orElseThrow();
        if (snapshot.path("problem").isTextual()) {
            remarks.add("no new snapshot: " + snapshot.path("problem").asText());
        }
        if (member.number("queries_waiting") > 0) {
            remarks.add("reads that wait: " + member.number("queries_waiting"));
        }
        JsonNode incoming = member.json().map(json -> json.path("incoming")).orElseThrow();
        if (incoming.isObject()) {
            remarks.add("is sent the " + transfer(incoming) + ", by " + incoming.path("node").asText());
        }
        if (member.isLeader()) {
            if (!member.text("successor").isEmpty()) {
                remarks.add("hands over to " + member.text("successor"));
            }
            addPeers(member, remarks);
        }
        return String.join("; ", remarks);
    }

    private static void addPeers(MemberStatus leader, List<String> remarks) {
        Map<String, String> missing = new TreeMap<>();
        for (JsonNode peer : leader.list("peers")) {
            if (!peer.path("connected").asBoolean(true)) {
                missing.put(peer.path("node").asText(), "not connected");
            }
        }
        for (JsonNode other : leader.list("members")) {
            if (other.path("problem").isTextual()) {
                missing.put(other.path("node").asText(), other.path("problem").asText());
            }
        }
        if (!missing.isEmpty()) {
            List<String> words = new ArrayList<>();
            missing.forEach((name, why) -> words.add(name + " (" + why + ")"));
            remarks.add("missing " + String.join(", ", words));
        }
        for (JsonNode peer : leader.list("peers")) {
            if (peer.path("snapshot").isObject()) {
                remarks.add("sends " + peer.path("node").asText() + " the " + transfer(peer.path("snapshot")));
            } else if (!missing.containsKey(peer.path("node").asText()) && peer.path("lag").asLong() > 0) {
                remarks.add(peer.path("node").asText() + " lags by " + peer.path("lag").asLong());
            }
        }
    }

    /** Which snapshot, how much of it is there, how fast it goes, and how long it will take. */
    private static String transfer(JsonNode transfer) {
        long size = transfer.path("size").asLong();
        StringBuilder words = new StringBuilder(String.format(Locale.ROOT, "snapshot of index %d: %.0f%% of %s",
                transfer.path("index").asLong(), Math.floor(100.0 * transfer.path("offset").asLong()
                / Math.max(1, size)), ByteSize.text(size)));
        if (transfer.path("bytes_per_s").isNumber()) {
            words.append(", ").append(ByteSize.text(transfer.path("bytes_per_s").asLong())).append("/s");
        }
        if (transfer.path("left_s").isNumber()) {
            words.append(", ").append(transfer.path("left_s").asLong()).append(" s left");
        }
        long needed = transfer.path("needed_bytes_per_s").asLong(-1);
        long has = transfer.path("bytes_per_s").asLong(-1);
        if (has >= 0 && needed > has) {
            words.append(", too slow: needs ").append(ByteSize.text(needed)).append("/s, has ")
                    .append(ByteSize.text(has)).append("/s");
        }
        return words.toString();
    }
}
