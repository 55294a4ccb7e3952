package io.driftless.node;

import io.driftless.log.DurabilityPolicy;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a node knows of itself at one moment. Immutable; built inside, may gain fields. */
public final class NodeStatus {

    private final String node;
    private final String address;
    private final NodeRole role;
    private final long term;
    private final Optional<String> leader;
    private final Optional<String> leaderAddress;
    private final long commit;
    private final long applied;
    private final long durable;
    private final long last;
    private final long first;
    private final long boot;
    private final List<String> waitingFor;
    private final List<PeerStatus> peers;
    private final List<Member> members;
    private final String incarnation;
    private final Optional<Duration> leaderless;
    private final DurabilityPolicy durability;
    private final boolean inDoubt;
    private final String blocked;
    private final long badFrames;
    private final long inFlight;
    private final SortedMap<String, Long> machine;

    /**
     * What a leader knows of a peer.
     *
     * @param node      the peer
     * @param connected whether a connection stands
     * @param match     its matchIndex
     * @param next      its nextIndex
     * @param lag       entries it lacks; -1 as long as a new leader has not found out, and if its data do not count
     */
    public record PeerStatus(String node, boolean connected, long match, long next, long lag) { }

    /**
     * What a server knows of another member, whatever its role.
     *
     * @param node      its name
     * @param address   where it is, {@code host:port}
     * @param connected whether a connection stands
     * @param problem   why it cannot be counted on, in a few words, {@code refused} or {@code silent}; empty if it can
     * @param counted   false if its data are not those that the cluster formed with, as after they were lost
     */
    public record Member(String node, String address, boolean connected, String problem, boolean counted) { }

    NodeStatus(Parts parts) {
        this.node = parts.node;
        this.address = parts.address;
        this.role = parts.role;
        this.term = parts.term;
        this.leader = parts.leader;
        this.leaderAddress = parts.leaderAddress;
        this.commit = parts.commit;
        this.applied = parts.applied;
        this.durable = parts.durable;
        this.last = parts.last;
        this.first = parts.first;
        this.boot = parts.boot;
        this.waitingFor = List.copyOf(parts.waitingFor);
        this.peers = List.copyOf(parts.peers);
        this.members = List.copyOf(parts.members);
        this.incarnation = parts.incarnation;
        this.leaderless = parts.leaderless;
        this.durability = parts.durability;
        this.inDoubt = parts.inDoubt;
        this.blocked = parts.blocked;
        this.badFrames = parts.badFrames;
        this.inFlight = parts.inFlight;
        this.machine = Collections.unmodifiableSortedMap(new TreeMap<>(parts.machine));
    }

    /** The parts, to be filled in one by one. */
    static final class Parts {
        String node = "";
        String address = "";
        NodeRole role = NodeRole.FOLLOWER;
        long term;
        Optional<String> leader = Optional.empty();
        Optional<String> leaderAddress = Optional.empty();
        long commit;
        long applied;
        long durable;
        long last;
        long first = 1;
        long boot;
        List<String> waitingFor = List.of();
        List<PeerStatus> peers = List.of();
        List<Member> members = List.of();
        String incarnation = "";
        Optional<Duration> leaderless = Optional.empty();
        DurabilityPolicy durability = DurabilityPolicy.ALWAYS;
        boolean inDoubt;
        String blocked = "";
        long badFrames;
        long inFlight;
        SortedMap<String, Long> machine = Collections.emptySortedMap();
    }

    /** Its name. */
    public String node() {
        return node;
    }

    /** Where it listens. */
    public String address() {
        return address;
    }

    /** What it is. */
    public NodeRole role() {
        return role;
    }

    /** Its currentTerm. */
    public long term() {
        return term;
    }

    /** The leader that it knows. */
    public Optional<String> leader() {
        return leader;
    }

    /** Where that leader is, {@code host:port}. */
    public Optional<String> leaderAddress() {
        return leaderAddress;
    }

    /** Its commitIndex. */
    public long commitIndex() {
        return commit;
    }

    /** Its lastApplied. */
    public long lastApplied() {
        return applied;
    }

    /**
     * Its durableIndex: what it may acknowledge. Synced under {@link DurabilityPolicy#ALWAYS}, otherwise written.
     */
    public long durableIndex() {
        return durable;
    }

    /** Index of its last entry. */
    public long lastIndex() {
        return last;
    }

    /** Index of its first entry. */
    public long firstIndex() {
        return first;
    }

    /** Which start on its data this is. */
    public long boot() {
        return boot;
    }

    /** Members that an unformed cluster waits for. */
    public List<String> waitingFor() {
        return waitingFor;
    }

    /** On a leader, what it knows of its peers. */
    public List<PeerStatus> peers() {
        return peers;
    }

    /** All other members, as this server sees them. */
    public List<Member> members() {
        return members;
    }

    /** The identity of its data directory, made with it. */
    public String incarnation() {
        return incarnation;
    }

    /** For how long it has known no leader; empty if it knows one. */
    public Optional<Duration> leaderless() {
        return leaderless;
    }

    /** When an entry counts as stored there. */
    public DurabilityPolicy durability() {
        return durability;
    }

    /**
     * Whether it may have lost entries that it acknowledged, and so has no vote until a leader has brought it up to
     * date.
     */
    public boolean inDoubt() {
        return inDoubt;
    }

    /** What keeps it from working, in words; empty if nothing does. */
    public String blocked() {
        return blocked;
    }

    /** Bad frames since the start. */
    public long badFrames() {
        return badFrames;
    }

    /** Commands accepted whose entries are not done with: applied or overwritten. Their clients may wait no more. */
    public long inFlight() {
        return inFlight;
    }

    /** What the state machine said of itself last, in the order of the names; see {@code StateMachine.gauges}. */
    public SortedMap<String, Long> machine() {
        return machine;
    }

    /** As one JSON object with stable field names, one line. */
    public String toJson() {
        return StatusJson.write(this);
    }

    /**
     * The line that stands for an address where no node answered: the same field names, {@code "reachable":false}, and
     * nulls.
     */
    public static String unreachableJson(String address) {
        return StatusJson.unreachable(address);
    }

    @Override
    public String toString() {
        return toJson();
    }
}
