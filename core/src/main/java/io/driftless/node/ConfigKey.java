package io.driftless.node;

import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.DurabilityPolicy;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every key of a node's configuration: the one table that reading, checking, hints and the example file go by.
 * Immutable.
 */
enum ConfigKey {
    CLUSTER_ID("cluster.id", Kind.REQUIRED, "demo",
            "Name of the cluster: letters, digits, '.', '_', '-'. Nodes and clients of another one are refused.",
            (text, draft) -> draft.clusterId(text)),
    CLUSTER_MEMBERS("cluster.members", Kind.REQUIRED, "n1=127.0.0.1:7001,n2=127.0.0.1:7002,n3=127.0.0.1:7003",
            "All members and where they are, the same on every node; IPv6 as n1=[::1]:7001; /learner behind an "
                    + "address: does not vote.",
            (text, draft) -> draft.members(text)),
    NODE_ID("node.id", Kind.REQUIRED, "n1", "Which of the members this node is.", (text, draft) -> draft.nodeId(text)),
    DATA_DIR("data.dir", Kind.REQUIRED, "/var/lib/driftless/n1",
            "Where this node keeps its log, term and vote. Made if it is not there; owned by one process at a time. A "
                    + "relative path begins at the working directory.",
            (text, draft) -> draft.dataDir(text)),
    BIND("bind", Kind.OPTIONAL, "", "Where to listen, host:port. Empty: this node's address in cluster.members.",
            (text, draft) -> draft.config().bind(text)),
    SERIALIZER("serializer", Kind.OPTIONAL, "kryo",
            "How messages are written: kryo, json, or the name of a class of your own. The same on every node.",
            (text, draft) -> draft.config().serializer(text)),
    LOG_DURABILITY("log.durability", Kind.OPTIONAL, "always",
            "always: acknowledged means on disk. interval, os: it means written; after a power cut a server catches up "
                    + "before it votes.",
            (text, draft) -> draft.config().durability(DurabilityPolicy.of(text))),
    LOG_SYNC_INTERVAL("log.sync.interval", Kind.OPTIONAL, "50ms",
            "With log.durability=interval: how long a written entry waits for its sync, 1ms to 1min.",
            (text, draft) -> draft.config().syncInterval(Quantities.duration(text))),
    LOG_SEGMENT_BYTES("log.segment.bytes", Kind.OPTIONAL, "64MiB",
            "Size of a log segment, 256KiB to 1GiB; 4MiB or less needs a smaller log.max.entry.bytes.",
            (text, draft) -> draft.config().segmentBytes(Quantities.bytes(text))),
    LOG_MAX_ENTRY_BYTES("log.max.entry.bytes", Kind.OPTIONAL, "1MiB",
            "Largest command that this node takes from clients; every node stores what another took. At most a "
                    + "quarter of a segment and 16MiB.",
            (text, draft) -> draft.config().entryBytesMax(Quantities.bytes(text))),
    LOG_RETAIN_BYTES("log.retain.bytes", Kind.OPTIONAL, "128MiB",
            "How much of the newest log stays although a snapshot holds it, so that a follower that was away gets "
                    + "entries instead.",
            (text, draft) -> draft.config().retention(old -> old.bytes(Quantities.largeBytes(text)))),
    LOG_RETAIN_ENTRIES("log.retain.entries", Kind.OPTIONAL, "0",
            "How many of the newest entries stay, if they weigh more than that.",
            (text, draft) -> draft.config().retention(old -> old.entries(Quantities.number(text, 0,
                    Integer.MAX_VALUE)))),
    LOG_RETAIN_BYTES_MAX("log.retain.bytes.max", Kind.OPTIONAL, "4GiB",
            "How much of the log a leader keeps at most for followers that it brings up to date; at least "
                    + "log.retain.bytes.",
            (text, draft) -> draft.config().retention(old -> old.bytesMax(Quantities.largeBytes(text)))),
    LOG_UNDECIDED_TAIL("log.undecided.tail", Kind.OPTIONAL, "trust",
            "Whether a bad tail that is cut after a power cut had been synced can be undecidable: trust goes on, "
                    + "catch-up has the server catch up before it votes.",
            (text, draft) -> draft.config().undecidedTail(oneOf(text, UndecidedTail.values()))),
    TRANSPORT_PEER_THREADS("transport.peer.threads", Kind.OPTIONAL, "virtual",
            "Threads that read the connections of peers: virtual, or platform for some 40 microseconds less latency.",
            (text, draft) -> draft.config().peerThreads(oneOf(text, PeerThreads.values()))),
    ELECTION_TIMEOUT_MIN("election.timeout.min", Kind.OPTIONAL, "300ms",
            "Shortest time without a leader before an election.",
            (text, draft) -> draft.config().electionTimeoutMin(Quantities.duration(text))),
    ELECTION_TIMEOUT_MAX("election.timeout.max", Kind.OPTIONAL, "600ms",
            "Longest time without a leader before an election; above the minimum, and twice that if it is not given.",
            (text, draft) -> draft.config().electionTimeoutMax(Quantities.duration(text))),
    HEARTBEAT_INTERVAL("heartbeat.interval", Kind.OPTIONAL, "50ms",
            "How often a leader says that it is there; at most a quarter of election.timeout.min, and a sixth if it is "
                    + "not given.",
            (text, draft) -> draft.config().heartbeatInterval(Quantities.duration(text))),
    CLIENT_IN_FLIGHT_MAX("client.in.flight.max", Kind.OPTIONAL, "4096",
            "How many commands of clients may be under way in this node; one more is rejected as overloaded.",
            (text, draft) -> draft.config().inFlightMax(Quantities.number(text, 1, NodeConfig.IN_FLIGHT_MAX))),
    CLIENT_IN_FLIGHT_BYTES("client.in.flight.bytes", Kind.OPTIONAL, "64MiB",
            "How many bytes of heap they may hold together, 64KiB to 1GiB; one alone may have any size.",
            (text, draft) -> draft.config().inFlightBytes(Quantities.bytes(text))),
    SESSIONS_MAX("sessions.max", Kind.OPTIONAL, "100000",
            "How many client sessions the cluster may hold; a client above that is rejected as overloaded. The "
                    + "leader's value counts.",
            (text, draft) -> draft.config().sessionsMax(Quantities.number(text, 1, NodeConfig.SESSIONS_MAX))),
    SESSIONS_RESULT_BYTES("sessions.result.bytes", Kind.OPTIONAL, "64MiB",
            "How many bytes of results the cluster keeps for all client sessions together. The leader's value counts.",
            (text, draft) -> draft.config().sessionResultBytes(Quantities.bytes(text))),
    STATE_MACHINE("state.machine", Kind.OPTIONAL, "",
            "What 'driftless node' replicates: a public class that implements StateMachine. Empty: the key-value "
                    + "store. The same on every node.",
            (text, draft) -> draft.stateMachine(text)),
    STATE_MACHINE_PATH("state.machine.path", Kind.OPTIONAL, "",
            "Jars and folders of that class and of what it needs, separated like a class path; FOLDER/* is all jars in "
                    + "it.",
            (text, draft) -> draft.stateMachinePath(text)),
    ON_UNRECOVERABLE("on.unrecoverable", Kind.OPTIONAL, "halt",
            "After a failed sync, corruption or a throwing state machine: stop the node, restart it in place, or halt "
                    + "the process.",
            (text, draft) -> draft.config().onUnrecoverable(
                    oneOf(text, UnrecoverableErrorHandler.Action.values()))),
    SNAPSHOT_EVERY_BYTES("snapshot.every.bytes", Kind.OPTIONAL, "256MiB",
            "A snapshot is taken when the log since the last one is larger than this, and than that one; 0: never. "
                    + "Limits are up to a quarter off.",
            (text, draft) -> draft.config().snapshots(old -> old.everyBytes(Quantities.largeBytes(text)))),
    SNAPSHOT_EVERY_ENTRIES("snapshot.every.entries", Kind.OPTIONAL, "0",
            "Or when so many entries were applied since the last one; 0: never.",
            (text, draft) -> draft.config().snapshots(old -> old.everyEntries(Quantities.number(text, 0,
                    Integer.MAX_VALUE)))),
    SNAPSHOT_EVERY_TIME("snapshot.every.time", Kind.OPTIONAL, "0",
            "Or when the last one is so old, and anything was applied since; 0: never.",
            (text, draft) -> draft.config().snapshots(old -> old.every(Quantities.durationOrZero(text)))),
    SNAPSHOT_RATE_MAX("snapshot.rate.max", Kind.OPTIONAL, "0",
            "How many bytes of snapshots a leader sends in a second, to all followers together: 64KiB and more; 0: no "
                    + "limit.",
            (text, draft) -> draft.config().snapshotRateMax(Quantities.largeBytes(text))),
    METRICS_BIND("metrics.bind", Kind.NOT_YET, "127.0.0.1:9090", "Where to serve metrics and health over HTTP."),
    TLS("tls.*", Kind.NOT_YET, "", "Keys of TLS: certificate, private key, trusted certificates.");

    private enum Kind { REQUIRED, OPTIONAL, NOT_YET }

    /** Takes a value into a draft; {@link IllegalArgumentException} naming what is wrong with it. */
    interface Reader {
        void read(String text, SettingsDraft draft);
    }

    private final String keyName;
    private final Kind kind;
    private final String value;
    private final String doc;
    private final Reader reader;

    ConfigKey(String keyName, Kind kind, String value, String doc) {
        this(keyName, kind, value, doc, (text, draft) -> {
            throw new IllegalArgumentException("this key is not implemented in this version; leave it out");
        });
    }

    ConfigKey(String keyName, Kind kind, String value, String doc, Reader reader) {
        this.keyName = keyName;
        this.kind = kind;
        this.value = value;
        this.doc = doc;
        this.reader = reader;
    }

    /** The key's name in files. A name that ends in {@code .*} stands for all keys that begin so. */
    String keyName() {
        return keyName;
    }

    /** Whether a file must have it. */
    boolean isRequired() {
        return kind == Kind.REQUIRED;
    }

    /** Whether this version knows what to do with it. */
    boolean isImplemented() {
        return kind != Kind.NOT_YET;
    }

    /** The default, or for a required key an example. */
    String value() {
        return value;
    }

    /** One line for a person. */
    String doc() {
        return doc;
    }

    /** Takes its values. */
    Reader reader() {
        return reader;
    }

    /** The environment variable that wins over the file. */
    String environmentName() {
        return "DRIFTLESS_" + keyName.toUpperCase(Locale.ROOT).replace('.', '_').replace("*", "");
    }

    /** Whether the environment variable is this key's form. */
    boolean isEnvironmentForm(String variable) {
        return isFamily() ? variable.startsWith(environmentName()) : variable.equals(environmentName());
    }

    private boolean isFamily() {
        return keyName.endsWith(".*");
    }

    /** The key of that name. */
    static Optional<ConfigKey> find(String name) {
        for (ConfigKey key : values()) {
            if (key.isFamily() ? name.startsWith(key.keyName.substring(0, key.keyName.length() - 1))
                    : name.equals(key.keyName)) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    /** What to say about a name that is no key, with the nearest key if one is near. */
    static String unknown(String name) {
        return nearest(name.toLowerCase(Locale.ROOT)).map(key -> "is not a key; did you mean " + key.keyName + "?")
                .orElse("is not a key that this version knows");
    }

    /** The key whose name is nearest to this one, if one is near: what may have been meant. */
    static Optional<ConfigKey> nearest(String name) {
        Optional<ConfigKey> nearest = Optional.empty();
        int best = Math.max(2, name.length() / 3) + 1;
        for (ConfigKey key : values()) {
            int distance = distance(name, key.keyName);
            if (distance < best) {
                best = distance;
                nearest = Optional.of(key);
            }
        }
        return nearest;
    }

    /** How many characters must be put in, taken out or changed to make one of the other (Levenshtein). */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(changed, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }

    /** The one of that name; {@link IllegalArgumentException} naming all of them if there is none. */
    private static <E extends Enum<E>> E oneOf(String name, E[] all) {
        for (E each : all) {
            if (nameOf(each).equals(name)) {
                return each;
            }
        }
        throw new IllegalArgumentException("'" + name + "' is not one of "
                + Stream.of(all).map(ConfigKey::nameOf).collect(Collectors.joining(", ")));
    }

    private static String nameOf(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The example file: required keys with example values, the others commented out with their defaults. */
    static String exampleFile() {
        StringBuilder text = new StringBuilder("""
                # Configuration of a Driftless node.
                # The environment wins over this file: DRIFTLESS_NODE_ID is node.id, and so on for every key.
                # Durations are written 250ms, 2s, 1min, 1h; sizes 64KiB, 16MiB, 1GiB.
                # `driftless node --check --config FILE` checks it.

                # ---- Required
                """);
        Kind last = Kind.REQUIRED;
        for (ConfigKey key : values()) {
            if (key.kind != last) {
                text.append(key.kind == Kind.OPTIONAL ? "\n# ---- Optional: what stands here is the default\n"
                        : "\n# ---- Planned: not implemented in this version, an error if set\n");
                last = key.kind;
            }
            text.append("\n# ").append(key.doc).append('\n');
            if (key.kind != Kind.REQUIRED) {
                text.append('#');
            }
            text.append(key.keyName).append('=').append(key.value).append('\n');
        }
        return text.toString();
    }
}
