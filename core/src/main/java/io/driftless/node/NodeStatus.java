package io.driftless.node;

import io.driftless.log.DurabilityPolicy;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a node knows about itself at one moment. Immutable. More fields may be added. */
public final class NodeStatus {

    private final Builder values;

    /**
     * What a leader knows about a peer.
     *
     * @param node      the peer
     * @param connected whether a connection stands
     * @param match     its matchIndex
     * @param next      its nextIndex
     * @param lag       how many entries it lacks; -1 while a new leader has not found out yet, and if its data do not
     *                  count
     * @param snapshot  the snapshot that it is being sent, if it is
     */
    public record PeerStatus(String node, boolean connected, long match, long next, long lag,
            Optional<TransferStatus> snapshot) {

        /** A peer that is sent no snapshot. */
        public PeerStatus(String node, boolean connected, long match, long next, long lag) {
            this(node, connected, match, next, lag, Optional.empty());
        }
    }

    /**
     * What a server in any role knows about another member.
     *
     * @param node      its name
     * @param address   where it is, {@code host:port}
     * @param connected whether a connection stands
     * @param problem   why it cannot be counted on, in a few words, such as {@code refused} or {@code silent}; empty if
     *                  it can
     * @param counted   false if its data are not those that the cluster formed with, for example because those were
     *                  lost
     */
    public record Member(String node, String address, boolean connected, String problem, boolean counted) { }

    private NodeStatus(Builder values) {
        this.values = values;
    }

    /** A builder for the status of the node with this name, in which nothing has happened yet. */
    public static Builder builder(String node) {
        return new Builder(node);
    }

    /** The node's name. */
    public String node() {
        return values.node;
    }

    /** The address that it listens on. */
    public String address() {
        return values.address;
    }

    /** Its role. */
    public NodeRole role() {
        return values.role;
    }

    /** Its currentTerm. */
    public long term() {
        return values.term;
    }

    /** The leader that it knows, if any. */
    public Optional<String> leader() {
        return values.leader;
    }

    /** The address of that leader, {@code host:port}. */
    public Optional<String> leaderAddress() {
        return values.leaderAddress;
    }

    /** Its commitIndex. */
    public long commitIndex() {
        return values.commitIndex;
    }

    /** Its lastApplied. */
    public long lastApplied() {
        return values.lastApplied;
    }

    /**
     * Its durableIndex: the last index that it may acknowledge. Entries up to there are synced under
     * {@link DurabilityPolicy#ALWAYS}, and written under the other policies.
     */
    public long durableIndex() {
        return values.durableIndex;
    }

    /** Index of its last entry. */
    public long lastIndex() {
        return values.lastIndex;
    }

    /** Index of its first entry. */
    public long firstIndex() {
        return values.firstIndex;
    }

    /** The number of this start on its data. */
    public long boot() {
        return values.boot;
    }

    /** The members that a cluster which has not formed yet waits for. */
    public List<String> waitingFor() {
        return values.waitingFor;
    }

    /** What it knows about its peers, if it leads. */
    public List<PeerStatus> peers() {
        return values.peers;
    }

    /** The snapshot that is coming in, if one is. */
    public Optional<TransferStatus> incoming() {
        return values.incoming;
    }

    /** The member to which it is handing its leadership over, if it leads and does so. */
    public Optional<String> successor() {
        return values.successor;
    }

    /** All other members, as this server sees them. */
    public List<Member> members() {
        return values.members;
    }

    /** The identity of its data directory, which was created with that directory. */
    public String incarnation() {
        return values.incarnation;
    }

    /**
     * On a follower, the longest time in this term that passed between two messages of its leader; empty on others. It
     * says how near the follower came to an election.
     */
    public Optional<Duration> leaderSilenceMax() {
        return values.leaderSilenceMax;
    }

    /** For how long it has known no leader; empty if it knows one. */
    public Optional<Duration> leaderless() {
        return values.leaderless;
    }

    /** When an entry counts as stored on this node. */
    public DurabilityPolicy durability() {
        return values.durability;
    }

    /**
     * Whether it may have lost entries that it acknowledged. If so, it has no vote until a leader has brought it up to
     * date.
     */
    public boolean inDoubt() {
        return values.inDoubt;
    }

    /** What keeps it from working, in words. Empty if nothing does. */
    public String blocked() {
        return values.blocked;
    }

    /** The number of bad frames since the start. */
    public long badFrames() {
        return values.badFrames;
    }

    /**
     * The number of accepted commands whose entries have been neither applied nor overwritten yet. Their clients may
     * have stopped waiting.
     */
    public long inFlight() {
        return values.inFlight;
    }

    /**
     * How many queries of clients have come to this node and have no outcome yet. A query counts at the node that
     * answers it, also if that is a follower that asks its leader.
     */
    public long queriesWaiting() {
        return values.queriesWaiting;
    }

    /** How many queries its state machine has answered since the start. */
    public long queriesAnswered() {
        return values.queriesAnswered;
    }

    /** How many queries it has refused or not answered in time since the start. */
    public long queriesFailed() {
        return values.queriesFailed;
    }

    /** How many client sessions there are, as of {@link #lastApplied()}. */
    public long sessions() {
        return values.sessions;
    }

    /**
     * How many sessions this node lets the cluster have when it leads: its {@link NodeConfig#sessionsMax()}. The
     * leader's value counts.
     */
    public long sessionsMax() {
        return values.sessionsMax;
    }

    /** How many bytes the results count that are kept for these sessions; each counts 96 beside its value. */
    public long sessionBytes() {
        return values.sessionBytes;
    }

    /**
     * How many bytes of results this node lets the cluster keep when it leads: its
     * {@link NodeConfig#sessionResultBytes()}. The leader's value counts.
     */
    public long sessionResultBytesMax() {
        return values.sessionResultBytesMax;
    }

    /** How the node stands with snapshots. */
    public SnapshotStatus snapshot() {
        return values.snapshot;
    }

    /**
     * What the state machine last reported about itself, in the order of the names. See {@code StateMachine.gauges}.
     */
    public SortedMap<String, Long> machine() {
        return values.machine;
    }

    /** The status as one JSON object with stable field names, on one line. */
    public String toJson() {
        return StatusJson.write(this);
    }

    /**
     * The line for an address where no node answered: the same field names, {@code "reachable":false}, and nulls.
     */
    public static String unreachableJson(String address) {
        return StatusJson.unreachable(address);
    }

    @Override
    public String toString() {
        return toJson();
    }

    /**
     * Collects a status. Each method sets the value of the {@link NodeStatus} method with the same name. Not thread
     * safe.
     */
    public static final class Builder {
        private final String node;
        private String address = "";
        private NodeRole role = NodeRole.FOLLOWER;
        private long term;
        private Optional<String> leader = Optional.empty();
        private Optional<String> leaderAddress = Optional.empty();
        private long commitIndex;
        private long lastApplied;
        private long durableIndex;
        private long lastIndex;
        private long firstIndex = 1;
        private long boot;
        private List<String> waitingFor = List.of();
        private List<PeerStatus> peers = List.of();
        private Optional<TransferStatus> incoming = Optional.empty();
        private Optional<String> successor = Optional.empty();
        private List<Member> members = List.of();
        private String incarnation = "";
        private Optional<Duration> leaderless = Optional.empty();
        private Optional<Duration> leaderSilenceMax = Optional.empty();
        private DurabilityPolicy durability = DurabilityPolicy.ALWAYS;
        private boolean inDoubt;
        private String blocked = "";
        private long badFrames;
        private long inFlight;
        private long queriesWaiting;
        private long queriesAnswered;
        private long queriesFailed;
        private long sessions;
        private long sessionsMax;
        private long sessionBytes;
        private long sessionResultBytesMax;
        private SnapshotStatus snapshot = SnapshotStatus.OFF;
        private SortedMap<String, Long> machine = Collections.emptySortedMap();

        private Builder(String node) {
            this.node = node;
        }

        private Builder(Builder other) {
            node = other.node;
            address = other.address;
            role = other.role;
            term = other.term;
            leader = other.leader;
            leaderAddress = other.leaderAddress;
            commitIndex = other.commitIndex;
            lastApplied = other.lastApplied;
            durableIndex = other.durableIndex;
            lastIndex = other.lastIndex;
            firstIndex = other.firstIndex;
            boot = other.boot;
            waitingFor = other.waitingFor;
            peers = other.peers;
            incoming = other.incoming;
            successor = other.successor;
            members = other.members;
            incarnation = other.incarnation;
            leaderless = other.leaderless;
            leaderSilenceMax = other.leaderSilenceMax;
            durability = other.durability;
            inDoubt = other.inDoubt;
            blocked = other.blocked;
            badFrames = other.badFrames;
            inFlight = other.inFlight;
            queriesWaiting = other.queriesWaiting;
            queriesAnswered = other.queriesAnswered;
            queriesFailed = other.queriesFailed;
            sessions = other.sessions;
            sessionsMax = other.sessionsMax;
            sessionBytes = other.sessionBytes;
            sessionResultBytesMax = other.sessionResultBytesMax;
            snapshot = other.snapshot;
            machine = other.machine;
        }

        /** See {@link NodeStatus#address}. */
        public Builder address(String value) {
            address = value;
            return this;
        }

        /** See {@link NodeStatus#role}. */
        public Builder role(NodeRole value) {
            role = value;
            return this;
        }

        /** See {@link NodeStatus#term}. */
        public Builder term(long value) {
            term = value;
            return this;
        }

        /** See {@link NodeStatus#leader}. */
        public Builder leader(Optional<String> value) {
            leader = value;
            return this;
        }

        /** See {@link NodeStatus#leaderAddress}. */
        public Builder leaderAddress(Optional<String> value) {
            leaderAddress = value;
            return this;
        }

        /** See {@link NodeStatus#commitIndex}. */
        public Builder commitIndex(long value) {
            commitIndex = value;
            return this;
        }

        /** See {@link NodeStatus#lastApplied}. */
        public Builder lastApplied(long value) {
            lastApplied = value;
            return this;
        }

        /** See {@link NodeStatus#durableIndex}. */
        public Builder durableIndex(long value) {
            durableIndex = value;
            return this;
        }

        /** See {@link NodeStatus#lastIndex}. */
        public Builder lastIndex(long value) {
            lastIndex = value;
            return this;
        }

        /** See {@link NodeStatus#firstIndex}. */
        public Builder firstIndex(long value) {
            firstIndex = value;
            return this;
        }

        /** See {@link NodeStatus#boot}. */
        public Builder boot(long value) {
            boot = value;
            return this;
        }

        /** See {@link NodeStatus#waitingFor}. */
        public Builder waitingFor(List<String> value) {
            waitingFor = List.copyOf(value);
            return this;
        }

        /** See {@link NodeStatus#peers}. */
        public Builder peers(List<PeerStatus> value) {
            peers = List.copyOf(value);
            return this;
        }

        /** See {@link NodeStatus#successor}. */
        public Builder successor(Optional<String> value) {
            successor = value;
            return this;
        }

        /** See {@link NodeStatus#incoming}. */
        public Builder incoming(Optional<TransferStatus> value) {
            incoming = value;
            return this;
        }

        /** See {@link NodeStatus#members}. */
        public Builder members(List<Member> value) {
            members = List.copyOf(value);
            return this;
        }

        /** See {@link NodeStatus#incarnation}. */
        public Builder incarnation(String value) {
            incarnation = value;
            return this;
        }

        /** See {@link NodeStatus#leaderless}. */
        public Builder leaderless(Optional<Duration> value) {
            leaderless = value;
            return this;
        }

        /** See {@link NodeStatus#leaderSilenceMax}. */
        public Builder leaderSilenceMax(Optional<Duration> value) {
            leaderSilenceMax = value;
            return this;
        }

        /** See {@link NodeStatus#durability}. */
        public Builder durability(DurabilityPolicy value) {
            durability = value;
            return this;
        }

        /** See {@link NodeStatus#inDoubt}. */
        public Builder inDoubt(boolean value) {
            inDoubt = value;
            return this;
        }

        /** See {@link NodeStatus#blocked}. */
        public Builder blocked(String value) {
            blocked = value;
            return this;
        }

        /** See {@link NodeStatus#badFrames}. */
        public Builder badFrames(long value) {
            badFrames = value;
            return this;
        }

        /** See {@link NodeStatus#inFlight}. */
        public Builder inFlight(long value) {
            inFlight = value;
            return this;
        }

        /** See {@link NodeStatus#queriesWaiting}. */
        public Builder queriesWaiting(long value) {
            queriesWaiting = value;
            return this;
        }

        /** See {@link NodeStatus#queriesAnswered}. */
        public Builder queriesAnswered(long value) {
            queriesAnswered = value;
            return this;
        }

        /** See {@link NodeStatus#queriesFailed}. */
        public Builder queriesFailed(long value) {
            queriesFailed = value;
            return this;
        }

        /** See {@link NodeStatus#sessions}. */
        public Builder sessions(long value) {
            sessions = value;
            return this;
        }

        /** See {@link NodeStatus#sessionsMax}. */
        public Builder sessionsMax(long value) {
            sessionsMax = value;
            return this;
        }

        /** See {@link NodeStatus#sessionBytes}. */
        public Builder sessionBytes(long value) {
            sessionBytes = value;
            return this;
        }

        /** See {@link NodeStatus#snapshot}. */
        public Builder snapshot(SnapshotStatus value) {
            snapshot = value;
            return this;
        }

        /** See {@link NodeStatus#sessionResultBytesMax}. */
        public Builder sessionResultBytesMax(long value) {
            sessionResultBytesMax = value;
            return this;
        }

        /** See {@link NodeStatus#machine}. */
        public Builder machine(SortedMap<String, Long> value) {
            machine = Collections.unmodifiableSortedMap(new TreeMap<>(value));
            return this;
        }

        /** Builds the status. */
        public NodeStatus build() {
            return new NodeStatus(new Builder(this));
        }
    }
}
