package io.driftless.ops.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.driftless.client.MemberClient;
import io.driftless.machine.TransferOutcome;
import io.driftless.ops.console.CommandFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Has the leader of a cluster hand its leadership over: finds it by asking members, and says that another leads only
 * once a member says so. Confined to one thread.
 */
public final class LeadershipTransfer {

    private static final Duration ASK = Duration.ofSeconds(2);
    private static final Duration LEADER_POLL = Duration.ofMillis(100);
    private static final Duration SUCCESSOR_POLL = Duration.ofMillis(5);

    private final List<String> addresses;
    private final List<String> names;
    private final String to;
    private final Duration timeout;
    private final long beganNs = System.nanoTime();
    /** Where the members that have been named are. */
    private final Map<String, String> places = new TreeMap<>();
    private String whyNoLeader = "";

    /** How it ended. */
    public enum End {
        /** Another member leads. */
        TRANSFERRED,
        /** The one that was asked for led already. */
        LEADS_ALREADY,
        /** Another member leads than the one that was asked for, or the old leader was elected again. */
        ANOTHER_LEADS,
        /** No member could name a leader. */
        NO_LEADER,
        /** The leader did not lead any more when it was asked. */
        NOT_LEADER,
        /** The leader is handing over already. */
        BUSY,
        /** Nobody can take over, or the member that was asked for cannot. */
        NO_TARGET,
        /** It has not come about in time. It still may. */
        TIMEOUT,
        /** The leader is closing. */
        CLOSED
    }

    /**
     * What became of it. Immutable.
     *
     * @param from   who led; empty if nobody is known to have led
     * @param to     who leads now; if leadership was not handed over, who was asked for, or empty
     * @param term   in which that member leads, or the old one still does; -1 if nobody is known to lead
     * @param took   from the question until a member named the new leader, or until it was clear that there is none
     * @param end    how it ended
     * @param detail why leadership was not handed over; empty if it was
     */
    public record Report(String from, String to, long term, Duration took, End end, String detail) { }

    /**
     * Nothing is asked yet.
     *
     * @param addresses of members, some of them
     * @param names     before each of them; empty where there is none
     * @param to        who is to lead; empty: whoever the leader chooses
     * @param timeout   for all of it
     */
    public LeadershipTransfer(List<String> addresses, List<String> names, String to, Duration timeout) {
        this.addresses = List.copyOf(addresses);
        this.names = List.copyOf(names);
        this.to = to;
        this.timeout = timeout;
    }

    /**
     * Finds the leader, asks it, and waits until another leads.
     *
     * @throws IOException            if the leader cannot be reached, or its connection breaks
     * @throws CommandFailedException if another member is at one of the addresses than the one that was named
     */
    public Report run() throws IOException, InterruptedException {
        Optional<MemberStatus> leader = leader();
        if (leader.isEmpty()) {
            return new Report("", to, -1, since(beganNs), End.NO_LEADER, whyNoLeader);
        }
        MemberStatus from = leader.get();
        long askedNs = System.nanoTime();
        if (from.node().equals(to)) {
            return new Report(to, to, from.number("term"), since(askedNs), End.LEADS_ALREADY, "");
        }
        TransferOutcome outcome;
        try (MemberClient client = Wiring.member(from.address(), left())) {
            outcome = client.transferLeadership(to, left());
        } catch (IOException noAnswer) {
            if (!(noAnswer.getCause() instanceof TimeoutException)) {
                throw noAnswer;
            }
            return not(from, askedNs, End.TIMEOUT, "no answer within " + timeout.toMillis() + " ms");
        }
        return switch (outcome) {
            case TransferOutcome.Transferred done -> awaitSuccessor(from, done.to(), askedNs);
            case TransferOutcome.NotTransferred not -> not(from, askedNs, switch (not.reason()) {
                case NOT_LEADER -> End.NOT_LEADER;
                case BUSY -> End.BUSY;
                case NO_TARGET -> End.NO_TARGET;
                case TIMEOUT -> End.TIMEOUT;
                case CLOSED -> End.CLOSED;
            }, not.detail() + aboutTarget(from));
        };
    }

    private Report not(MemberStatus from, long askedNs, End end, String detail) {
        return new Report(from.node(), to, from.number("term"), since(askedNs), end, detail);
    }

    /** What the leader's status adds: why the target is not connected, or who the members are. */
    private String aboutTarget(MemberStatus leader) {
        if (to.isEmpty()) {
            return "";
        }
        TreeSet<String> members = new TreeSet<>(List.of(leader.node()));
        for (JsonNode other : leader.list("members")) {
            String name = other.path("node").asText();
            if (name.equals(to)) {
                return other.path("problem").isTextual() ? " (" + other.path("problem").asText() + ")" : "";
            }
            members.add(name);
        }
        return " (members: " + String.join(", ", members) + ")";
    }

    /** Asks until a member leads; once only if none answers. */
    private Optional<MemberStatus> leader() throws InterruptedException {
        while (true) {
            List<MemberStatus> answers = askAll();
            Optional<MemberStatus> leader = leaderBy(answers);
            if (leader.isPresent()) {
                return leader;
            }
            boolean anybody = answers.stream().anyMatch(MemberStatus::isReachable);
            if (!anybody || left().compareTo(LEADER_POLL) < 0) {
                whyNoLeader = (!anybody ? "no member answers: " : (answers.stream().anyMatch(MemberStatus::knowsALeader)
                        ? "the leader does not answer within " : "no leader within ") + timeout.toMillis() + " ms: ")
                        + answers.stream().map(this::words).collect(Collectors.joining(", "));
                return Optional.empty();
            }
            TimeUnit.NANOSECONDS.sleep(LEADER_POLL.toNanos());
        }
    }

    private List<MemberStatus> askAll() throws InterruptedException {
        List<MemberStatus> answers = new ArrayList<>();
        for (MemberStatus member : ask(addresses)) {
            String name = names.get(answers.size());
            if (member.isReachable() && !name.isEmpty() && !name.equals(member.text("node"))) {
                throw CommandFailedException.failed(member.address() + ": this is " + member.text("node") + ", not "
                        + name + ": nothing was asked for");
            }
            answers.add(member.named(name));
        }
        return answers;
    }

    private List<MemberStatus> ask(List<String> where) throws InterruptedException {
        Duration left = left();
        return MemberStatus.askAll(where, left.compareTo(ASK) < 0 ? left : ASK);
    }

    /** Who leads by the answer of the highest term that knows a leader; an older leader may not know of it yet. */
    private Optional<MemberStatus> leaderBy(List<MemberStatus> answers) throws InterruptedException {
        MemberStatus newest = null;
        for (MemberStatus member : answers) {
            member.list("members").forEach(other -> places.putIfAbsent(other.path("node").asText(),
                    other.path("address").asText()));
            if (member.knowsALeader() && (newest == null || member.number("term") > newest.number("term"))) {
                newest = member;
            }
        }
        // The address by which a member was reached from here wins over the one that the others use.
        answers.stream().filter(MemberStatus::isReachable).forEach(member -> places.put(member.node(),
                member.address()));
        if (newest == null || newest.isLeader()) {
            return Optional.ofNullable(newest);
        }
        String place = places.get(newest.text("leader"));
        return place == null ? Optional.empty() : ask(List.of(place)).stream().filter(MemberStatus::isLeader)
                .findFirst();
    }

    private String words(MemberStatus member) {
        if (!member.isReachable()) {
            return member.problem().startsWith(member.address()) ? member.problem()
                    : member.address() + ": " + member.problem();
        }
        if (member.knowsALeader()) {
            String leader = member.text("leader");
            return member.node() + " says that " + leader + " leads, at " + places.getOrDefault(leader, "no address");
        }
        String blocked = member.text("blocked");
        return member.node() + (blocked.isEmpty() ? " knows none" : ": " + blocked);
    }

    /** The target is asked again and again, and all if it does not answer. */
    private Report awaitSuccessor(MemberStatus from, String target, long askedNs) throws InterruptedException {
        List<String> all = List.copyOf(new TreeSet<>(places.values()));
        List<String> first = places.containsKey(target) ? List.of(places.get(target)) : all;
        while (left().compareTo(SUCCESSOR_POLL) >= 0) {
            List<MemberStatus> answers = ask(first);
            if (answers.stream().noneMatch(MemberStatus::isReachable)) {
                answers = ask(all);
            }
            Optional<MemberStatus> knowing = answers.stream().filter(member -> member.knowsALeader()
                    && member.number("term") > from.number("term")).findFirst();
            if (knowing.isPresent()) {
                return led(from, target, knowing.get(), since(askedNs));
            }
            TimeUnit.NANOSECONDS.sleep(SUCCESSOR_POLL.toNanos());
        }
        return not(from, askedNs, End.TIMEOUT, "it was handed over to " + target + ", but no member says within "
                + timeout.toMillis() + " ms that it leads");
    }

    private Report led(MemberStatus from, String target, MemberStatus knowing, Duration took) {
        String leader = knowing.text("leader");
        boolean isWanted = to.isEmpty() ? !leader.equals(from.node()) : leader.equals(to);
        return new Report(from.node(), leader, knowing.number("term"), took,
                isWanted ? End.TRANSFERRED : End.ANOTHER_LEADS,
                isWanted ? "" : target + " was told to take over, and " + leader + " was elected");
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(1, timeout.toNanos() - since(beganNs).toNanos()));
    }

    private static Duration since(long startNs) {
        return Duration.ofNanos(System.nanoTime() - startNs);
    }
}
