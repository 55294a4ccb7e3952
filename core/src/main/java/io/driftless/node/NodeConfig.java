package io.driftless.node;

import io.driftless.codec.Serializers;
import io.driftless.errors.ConfigException;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.DurabilityPolicy;
import io.driftless.log.RaftLog;
import io.driftless.transport.HostPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a node runs. Immutable. It is made by a {@link Builder} or read from properties. {@link #exampleFile} explains
 * every key.
 */
public final class NodeConfig {

    /** What a record in the log needs beside its payload, rounded up generously: header, checksum, session. */
    private static final int RECORD_OVERHEAD_BYTES = 256;
    private static final int ENTRY_BYTES = 1 << 20;
    private static final int SEGMENT_BYTES_MIN = 256 << 10;
    private static final int SEGMENT_BYTES_MAX = 1 << 30;
    static final int IN_FLIGHT_MAX = 1_000_000;
    static final int SESSIONS_MAX = 10_000_000;
    private static final long SESSION_RESULT_BYTES_MAX = 1L << 30;
    /** One below would send a snapshot for days, and is more likely a missing unit. */
    private static final long SNAPSHOT_RATE_MIN = 64 << 10;
    private static final long IN_FLIGHT_BYTES_MIN = 64 << 10;
    private static final long IN_FLIGHT_BYTES_MAX = 1 << 30;
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(10);
    private static final Duration TIMEOUT_MAX = Duration.ofMinutes(10);
    private static final Duration SYNC_INTERVAL_MAX = Duration.ofMinutes(1);
    /** Those that come with Driftless; whether their libraries are there is looked at when the node starts. */
    private static final Set<String> INCLUDED_SERIALIZERS = Set.of("kryo", "json");

    private final String serializer;
    private final DurabilityPolicy durability;
    private final Duration syncInterval;
    private final UndecidedTail undecidedTail;
    private final int segmentBytes;
    private final int entryBytesMax;
    private final Duration electionTimeoutMin;
    private final Duration electionTimeoutMax;
    private final Duration heartbeatInterval;
    private final PeerThreads peerThreads;
    private final UnrecoverableErrorHandler.Action onUnrecoverable;
    private final String bind;
    private final int inFlightMax;
    private final int sessionsMax;
    private final long sessionResultBytes;
    private final SnapshotTriggers snapshotTriggers;
    private final LogRetention logRetention;
    private final long snapshotRateMax;
    private final long inFlightBytes;

    private NodeConfig(Builder builder) {
        this.serializer = builder.serializer;
        this.durability = builder.durability;
        this.syncInterval = builder.syncInterval;
        this.undecidedTail = builder.undecidedTail;
        this.segmentBytes = builder.segmentBytes;
        this.entryBytesMax = builder.entryBytesMax;
        this.electionTimeoutMin = builder.electionTimeoutMin;
        this.electionTimeoutMax = builder.electionTimeoutMax();
        this.heartbeatInterval = builder.heartbeatInterval();
        this.peerThreads = builder.peerThreads;
        this.onUnrecoverable = builder.onUnrecoverable;
        this.bind = builder.bind;
        this.inFlightMax = builder.inFlightMax;
        this.sessionsMax = builder.sessionsMax;
        this.sessionResultBytes = builder.sessionResultBytes;
        this.snapshotTriggers = builder.snapshotTriggers;
        this.logRetention = builder.logRetention;
        this.snapshotRateMax = builder.snapshotRateMax;
        this.inFlightBytes = builder.inFlightBytes;
    }

    /** A builder that holds the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads properties with the keys of {@link #exampleFile}. The four keys that say who the node is
     * ({@code cluster.id}, {@code cluster.members}, {@code node.id}, {@code data.dir}) may be among them and are
     * checked, but an embedder passes their values to {@code RaftNode.builder} itself.
     *
     * @throws ConfigException with every problem at once, each naming its key
     */
    public static NodeConfig from(Properties properties) {
        SettingsDraft draft = new SettingsDraft();
        List<String> problems = new ArrayList<>();
        for (String name : new TreeSet<>(properties.stringPropertyNames())) {
            ConfigKey.find(name).ifPresentOrElse(
                    key -> draft.read(key, properties.getProperty(name).strip())
                            .ifPresent(problem -> problems.add(name + ": " + problem)),
                    () -> problems.add(name + ": " + ConfigKey.unknown(name)));
        }
        draft.faults().forEach(fault -> problems.add(fault.key().keyName() + ": " + fault.message()));
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return draft.config().build();
    }

    /** The text of {@code conf/node.properties.example}: every key with its meaning and its default. */
    public static String exampleFile() {
        return ConfigKey.exampleFile();
    }

    /**
     * How messages and record bodies are written: {@code kryo}, {@code json}, or a serializer of your own, given by its
     * name or its class name (see {@link Serializers#byName}). Peers must agree.
     */
    public String serializer() {
        return serializer;
    }

    /** When an entry counts as stored. */
    public DurabilityPolicy durability() {
        return durability;
    }

    /** With {@link DurabilityPolicy#INTERVAL}: how long a written entry waits for its sync. */
    public Duration syncInterval() {
        return syncInterval;
    }

    /** What the server does when its log was cut and nobody can tell whether the part that was cut had been synced. */
    public UndecidedTail undecidedTail() {
        return undecidedTail;
    }

    /** Size of a log segment, in bytes. */
    public int segmentBytes() {
        return segmentBytes;
    }

    /**
     * Largest command that this node takes from clients, in bytes, at most {@link RaftLog#ENTRY_BYTES_MAX}. The node
     * stores commands that other nodes took, whatever this limit says.
     */
    public int entryBytesMax() {
        return entryBytesMax;
    }

    /** The shortest election timeout. Check-quorum and leader stickiness use it too. */
    public Duration electionTimeoutMin() {
        return electionTimeoutMin;
    }

    /** The longest election timeout. It is above the shortest one, and by default twice as long. */
    public Duration electionTimeoutMax() {
        return electionTimeoutMax;
    }

    /**
     * The interval between a leader's heartbeats: at most a quarter of {@link #electionTimeoutMin}, by default a sixth.
     */
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    /** Which kind of thread reads the connections with other servers. */
    public PeerThreads peerThreads() {
        return peerThreads;
    }

    /**
     * What an unrecoverable error leads to: {@code STOP} unless a file says otherwise. Whoever runs the node carries it
     * out.
     */
    public UnrecoverableErrorHandler.Action onUnrecoverable() {
        return onUnrecoverable;
    }

    /** Where to listen, {@code host:port}. If empty, the node listens on its address in the member list. */
    public String bind() {
        return bind;
    }

    /** How many commands of clients may be under way in the node. Any further one is rejected as overloaded. */
    public int inFlightMax() {
        return inFlightMax;
    }

    /**
     * How many bytes of heap the commands under way may hold together. A command that does not fit is rejected as
     * overloaded, unless it is the only one.
     */
    public long inFlightBytes() {
        return inFlightBytes;
    }

    /**
     * How many client sessions the cluster may hold when this node, as the leader, opens another one. The limit travels
     * with the opening, so that all nodes decide alike.
     */
    public int sessionsMax() {
        return sessionsMax;
    }

    /**
     * How many bytes of results the cluster keeps for all sessions together, from when this node, as the leader, opens
     * another one. A result counts 96 bytes beside its value. Beyond, the session that holds the most loses its oldest
     * results. Travels with the opening, as {@link #sessionsMax} does.
     */
    public long sessionResultBytes() {
        return sessionResultBytes;
    }

    /** When the node takes a snapshot of a state machine that takes snapshots. */
    public SnapshotTriggers snapshotTriggers() {
        return snapshotTriggers;
    }

    /** How much of the log the node keeps although a snapshot holds it. */
    public LogRetention logRetention() {
        return logRetention;
    }

    /**
     * How many bytes of snapshots the node sends in a second at most, as the leader, to all followers together; 0 for
     * no limit.
     */
    public long snapshotRateMax() {
        return snapshotRateMax;
    }

    /**
     * Something wrong with the value of {@code key} beside that of {@code other}; the same key twice if it is wrong by
     * itself.
     */
    record Fault(ConfigKey key, ConfigKey other, String message) {
        Fault(ConfigKey key, String message) {
            this(key, key, message);
        }
    }

    /**
     * A builder that holds these values, to change some of them. Values that had been derived from others by default
     * are now fixed.
     */
    public Builder toBuilder() {
        return new Builder().serializer(serializer).durability(durability).syncInterval(syncInterval)
                .undecidedTail(undecidedTail).segmentBytes(segmentBytes).entryBytesMax(entryBytesMax)
                .electionTimeout(electionTimeoutMin, electionTimeoutMax).heartbeatInterval(heartbeatInterval)
                .peerThreads(peerThreads).onUnrecoverable(onUnrecoverable).bind(bind)
                .inFlightMax(inFlightMax).inFlightBytes(inFlightBytes).sessionsMax(sessionsMax)
                .sessionResultBytes(sessionResultBytes).snapshotTriggers(snapshotTriggers)
                .logRetention(logRetention).snapshotRateMax(snapshotRateMax);
    }

    /** Collects the values of a configuration. Not thread safe. */
    public static final class Builder {
        private String serializer = "kryo";
        private DurabilityPolicy durability = DurabilityPolicy.ALWAYS;
        private Duration syncInterval = Duration.ofMillis(50);
        private UndecidedTail undecidedTail = UndecidedTail.TRUST;
        private int segmentBytes = 64 << 20;
        private int entryBytesMax = ENTRY_BYTES;
        private Duration electionTimeoutMin = Duration.ofMillis(300);
        private @Nullable Duration electionTimeoutMax;
        private @Nullable Duration heartbeatInterval;
        private PeerThreads peerThreads = PeerThreads.VIRTUAL;
        private UnrecoverableErrorHandler.Action onUnrecoverable = UnrecoverableErrorHandler.Action.STOP;
        private String bind = "";
        private int inFlightMax = 4096;
        private int sessionsMax = 100_000;
        private long sessionResultBytes = 64L << 20;
        private SnapshotTriggers snapshotTriggers = SnapshotTriggers.DEFAULT;
        private LogRetention logRetention = LogRetention.DEFAULT;
        private long snapshotRateMax;
        private long inFlightBytes = 64L << 20;

        private Builder() { }

        /** See {@link NodeConfig#serializer()}. */
        public Builder serializer(String name) {
            this.serializer = name;
            return this;
        }

        /** See {@link NodeConfig#durability()}. */
        public Builder durability(DurabilityPolicy policy) {
            this.durability = policy;
            return this;
        }

        /** See {@link NodeConfig#syncInterval()}. */
        public Builder syncInterval(Duration interval) {
            this.syncInterval = interval;
            return this;
        }

        /** See {@link NodeConfig#undecidedTail()}. */
        public Builder undecidedTail(UndecidedTail policy) {
            this.undecidedTail = policy;
            return this;
        }

        /** See {@link NodeConfig#segmentBytes()}. */
        public Builder segmentBytes(int bytes) {
            this.segmentBytes = bytes;
            return this;
        }

        /** See {@link NodeConfig#entryBytesMax()}. */
        public Builder entryBytesMax(int bytes) {
            this.entryBytesMax = bytes;
            return this;
        }

        /**
         * Sets the shortest and the longest election timeout. Unless {@link #heartbeatInterval} says otherwise, the
         * heartbeat interval follows the shortest one.
         */
        public Builder electionTimeout(Duration min, Duration max) {
            return electionTimeoutMin(min).electionTimeoutMax(max);
        }

        /** See {@link NodeConfig#electionTimeoutMin()}. */
        Builder electionTimeoutMin(Duration timeout) {
            this.electionTimeoutMin = timeout;
            return this;
        }

        /** See {@link NodeConfig#electionTimeoutMax()}. */
        Builder electionTimeoutMax(Duration timeout) {
            this.electionTimeoutMax = timeout;
            return this;
        }

        private Duration electionTimeoutMax() {
            return electionTimeoutMax == null ? electionTimeoutMin.multipliedBy(2) : electionTimeoutMax;
        }

        private Duration heartbeatInterval() {
            return heartbeatInterval == null ? Duration.ofMillis(Math.max(1, electionTimeoutMin.toMillis() / 6))
                    : heartbeatInterval;
        }

        /** See {@link NodeConfig#heartbeatInterval()}. */
        public Builder heartbeatInterval(Duration interval) {
            this.heartbeatInterval = interval;
            return this;
        }

        /** See {@link NodeConfig#peerThreads()}. */
        public Builder peerThreads(PeerThreads threads) {
            this.peerThreads = threads;
            return this;
        }

        /** See {@link NodeConfig#onUnrecoverable()}. */
        public Builder onUnrecoverable(UnrecoverableErrorHandler.Action action) {
            this.onUnrecoverable = action;
            return this;
        }

        /** See {@link NodeConfig#bind()}. */
        public Builder bind(String address) {
            this.bind = address;
            return this;
        }

        /** See {@link NodeConfig#inFlightMax()}. */
        public Builder inFlightMax(int max) {
            this.inFlightMax = max;
            return this;
        }

        /** See {@link NodeConfig#sessionsMax()}. */
        public Builder sessionsMax(int max) {
            this.sessionsMax = max;
            return this;
        }

        /** See {@link NodeConfig#sessionResultBytes()}. */
        public Builder sessionResultBytes(long bytes) {
            this.sessionResultBytes = bytes;
            return this;
        }

        /** Changes one of them. */
        Builder snapshots(UnaryOperator<SnapshotTriggers> change) {
            return snapshotTriggers(change.apply(snapshotTriggers));
        }

        /** See {@link NodeConfig#snapshotTriggers()}. */
        public Builder snapshotTriggers(SnapshotTriggers triggers) {
            this.snapshotTriggers = triggers;
            return this;
        }

        /** Changes a part of it. */
        Builder retention(UnaryOperator<LogRetention> change) {
            return logRetention(change.apply(logRetention));
        }

        /** See {@link NodeConfig#logRetention()}. */
        public Builder logRetention(LogRetention retention) {
            this.logRetention = retention;
            return this;
        }

        /** See {@link NodeConfig#snapshotRateMax()}. */
        public Builder snapshotRateMax(long bytesPerSecond) {
            this.snapshotRateMax = bytesPerSecond;
            return this;
        }

        /** See {@link NodeConfig#inFlightBytes()}. */
        public Builder inFlightBytes(long bytes) {
            this.inFlightBytes = bytes;
            return this;
        }

        /**
         * Builds the configuration.
         *
         * @throws ConfigException with every problem at once
         */
        public NodeConfig build() {
            List<Fault> faults = faults();
            if (!faults.isEmpty()) {
                throw new ConfigException(faults.stream().map(fault -> fault.key().keyName() + ": " + fault.message())
                        .toList());
            }
            return new NodeConfig(this);
        }

        /** Whether it would listen on a port that nobody knows before. */
        boolean listensAnywhere() {
            return bind.endsWith(":0");
        }

        /** What is wrong with the values, each by itself and with the others. */
        List<Fault> faults() {
            List<Fault> faults = new ArrayList<>();
            if (!INCLUDED_SERIALIZERS.contains(serializer)) {
                try {
                    Serializers.byName(serializer);
                } catch (ConfigException none) {
                    faults.add(new Fault(ConfigKey.SERIALIZER, String.valueOf(none.getMessage())));
                }
            }
            checkSizes(faults);
            checkTimes(faults);
            if (!bind.isEmpty()) {
                try {
                    HostPort.parse(bind);
                } catch (IllegalArgumentException malformed) {
                    faults.add(new Fault(ConfigKey.BIND, malformed.getMessage()));
                }
            }
            if (inFlightBytes < IN_FLIGHT_BYTES_MIN || inFlightBytes > IN_FLIGHT_BYTES_MAX) {
                faults.add(new Fault(ConfigKey.CLIENT_IN_FLIGHT_BYTES, Quantities.text(inFlightBytes)
                        + " is not from " + Quantities.text(IN_FLIGHT_BYTES_MIN) + " to "
                        + Quantities.text(IN_FLIGHT_BYTES_MAX)));
            }
            if (inFlightMax < 1 || inFlightMax > IN_FLIGHT_MAX) {
                faults.add(new Fault(ConfigKey.CLIENT_IN_FLIGHT_MAX, inFlightMax + " is not from 1 to "
                        + IN_FLIGHT_MAX));
            }
            if (sessionsMax < 1 || sessionsMax > SESSIONS_MAX) {
                faults.add(new Fault(ConfigKey.SESSIONS_MAX, sessionsMax + " is not from 1 to " + SESSIONS_MAX));
            }
            if (sessionResultBytes < 0 || sessionResultBytes > SESSION_RESULT_BYTES_MAX) {
                faults.add(new Fault(ConfigKey.SESSIONS_RESULT_BYTES, Quantities.text(sessionResultBytes)
                        + " is not from 0 to " + Quantities.text(SESSION_RESULT_BYTES_MAX)));
            }
            checkSnapshots(faults);
            return faults;
        }

        private void checkSnapshots(List<Fault> faults) {
            if (logRetention.bytesMax() < logRetention.bytes()) {
                String bytes = Quantities.text(logRetention.bytes());
                String bytesMax = Quantities.text(logRetention.bytesMax());
                // A limit that nobody has set is not to blame.
                faults.add(logRetention.bytesMax() == LogRetention.DEFAULT.bytesMax()
                        ? new Fault(ConfigKey.LOG_RETAIN_BYTES, ConfigKey.LOG_RETAIN_BYTES_MAX, bytes
                        + " is above log.retain.bytes.max (" + bytesMax + " by default)")
                        : new Fault(ConfigKey.LOG_RETAIN_BYTES_MAX, ConfigKey.LOG_RETAIN_BYTES, bytesMax
                        + " is below log.retain.bytes (" + bytes + ")"));
            }
            if (snapshotRateMax < 0 || snapshotRateMax > 0 && snapshotRateMax < SNAPSHOT_RATE_MIN) {
                faults.add(new Fault(ConfigKey.SNAPSHOT_RATE_MAX, Quantities.text(snapshotRateMax)
                        + " is not 0, for no limit, or " + Quantities.text(SNAPSHOT_RATE_MIN) + " and more a second"));
            }
        }

        private void checkSizes(List<Fault> faults) {
            if (segmentBytes < SEGMENT_BYTES_MIN || segmentBytes > SEGMENT_BYTES_MAX) {
                faults.add(new Fault(ConfigKey.LOG_SEGMENT_BYTES, Quantities.text(segmentBytes) + " is not from "
                        + Quantities.text(SEGMENT_BYTES_MIN) + " to " + Quantities.text(SEGMENT_BYTES_MAX)));
            }
            if (entryBytesMax < 1 || entryBytesMax > RaftLog.ENTRY_BYTES_MAX) {
                faults.add(new Fault(ConfigKey.LOG_MAX_ENTRY_BYTES, Quantities.text(entryBytesMax)
                        + " is not from 1 byte to " + Quantities.text(RaftLog.ENTRY_BYTES_MAX)
                        + ", which every node of a cluster stores"));
            } else if (entryBytesMax > segmentBytes / 4 - RECORD_OVERHEAD_BYTES) {
                String entry = Quantities.text(entryBytesMax);
                String segment = Quantities.text(segmentBytes);
                String most = "; at most " + Math.max(0, segmentBytes / 4 - RECORD_OVERHEAD_BYTES) + "B fits";
                // A limit that nobody has set is not to blame.
                faults.add(entryBytesMax == ENTRY_BYTES
                        ? new Fault(ConfigKey.LOG_SEGMENT_BYTES, ConfigKey.LOG_MAX_ENTRY_BYTES, "a quarter of "
                        + segment + " does not hold log.max.entry.bytes (" + entry + " by default)" + most)
                        : new Fault(ConfigKey.LOG_MAX_ENTRY_BYTES, ConfigKey.LOG_SEGMENT_BYTES, entry
                        + " does not fit a quarter of log.segment.bytes (" + segment + ")" + most));
            }
        }

        private void checkTimes(List<Fault> faults) {
            if (syncInterval.compareTo(Duration.ofMillis(1)) < 0 || syncInterval.compareTo(SYNC_INTERVAL_MAX) > 0) {
                faults.add(new Fault(ConfigKey.LOG_SYNC_INTERVAL, Quantities.text(syncInterval) + " is not from 1ms to "
                        + Quantities.text(SYNC_INTERVAL_MAX)));
            }
            if (electionTimeoutMin.compareTo(TIMEOUT_MIN) < 0 || electionTimeoutMin.compareTo(TIMEOUT_MAX) > 0) {
                faults.add(new Fault(ConfigKey.ELECTION_TIMEOUT_MIN, Quantities.text(electionTimeoutMin)
                        + " is not from " + Quantities.text(TIMEOUT_MIN) + " to " + Quantities.text(TIMEOUT_MAX)));
                // The others go with it.
                return;
            }
            Duration longest = electionTimeoutMax();
            if (longest.compareTo(electionTimeoutMin) <= 0
                    || longest.compareTo(TIMEOUT_MAX.multipliedBy(2)) > 0) {
                faults.add(new Fault(ConfigKey.ELECTION_TIMEOUT_MAX, ConfigKey.ELECTION_TIMEOUT_MIN,
                        Quantities.text(longest)
                        + " is not above election.timeout.min (" + Quantities.text(electionTimeoutMin)
                        + ") and at most "
                        + Quantities.text(TIMEOUT_MAX.multipliedBy(2))));
            }
            Duration interval = heartbeatInterval();
            if (interval.compareTo(Duration.ofMillis(1)) < 0
                    || interval.multipliedBy(4).compareTo(electionTimeoutMin) > 0) {
                faults.add(new Fault(ConfigKey.HEARTBEAT_INTERVAL, ConfigKey.ELECTION_TIMEOUT_MIN,
                        Quantities.text(interval)
                        + " is not from 1ms to a quarter of election.timeout.min ("
                        + Quantities.text(electionTimeoutMin) + ")"));
            }
        }
    }
}
