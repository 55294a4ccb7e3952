package io.driftless.node;

import io.driftless.raft.ServerId;
import io.driftless.transport.HostPort;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What has been read of a node's settings so far; the readers of {@link ConfigKey} fill it. Confined to the thread that
 * reads.
 */
final class SettingsDraft {

    private static final Pattern CLASS_NAME =
            Pattern.compile("(\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*\\.)*"
                    + "\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*");

    private static final SnapshotTriggers NO_TRIGGERS = new SnapshotTriggers(0, 0, Duration.ZERO);

    private final NodeConfig.Builder config = NodeConfig.builder();
    private final Set<ConfigKey> malformed = EnumSet.noneOf(ConfigKey.class);
    private @Nullable String clusterId;
    private @Nullable String nodeId;
    private @Nullable Members members;
    private @Nullable Path dataDir;
    private Optional<String> stateMachine = Optional.empty();
    private List<String> stateMachinePath = List.of();

    /** Reads one value; what is wrong with it, if anything. */
    Optional<String> read(ConfigKey key, String text) {
        try {
            key.reader().read(text, this);
            return Optional.empty();
        } catch (IllegalArgumentException problem) {
            malformed.add(key);
            return Optional.of(String.valueOf(problem.getMessage()));
        }
    }

    /** What is wrong with the values that could be read, each and together. */
    List<NodeConfig.Fault> faults() {
        List<NodeConfig.Fault> faults = new ArrayList<>(config.faults());
        faults.removeIf(fault -> malformed.contains(fault.key()) || malformed.contains(fault.other()));
        if (nodeId != null && members != null && !members.names().contains(nodeId)) {
            faults.add(new NodeConfig.Fault(ConfigKey.NODE_ID, "'" + nodeId + "' is not one of the members "
                    + members.names()
                    + " that cluster.members lists"));
        }
        if (members != null && members.names().size() > 1 && config.listensAnywhere()) {
            faults.add(new NodeConfig.Fault(ConfigKey.BIND, ConfigKey.CLUSTER_MEMBERS,
                    "a free port is found by nobody: give the port that the other members connect to"));
        }
        return faults;
    }

    NodeConfig.Builder config() {
        return config;
    }

    void clusterId(String text) {
        clusterId = name(text);
    }

    void nodeId(String text) {
        nodeId = name(text);
    }

    void members(String text) {
        members = Members.parse(text);
    }

    void dataDir(String text) {
        dataDir = DataFolder.parse(text);
    }

    /** Empty for the default. Only the form is checked here: the class is loaded by who runs the node. */
    void stateMachine(String text) {
        if (!text.isEmpty() && !CLASS_NAME.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not the name of a class");
        }
        stateMachine = text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    void stateMachinePath(String text) {
        List<String> entries = text.isEmpty() ? List.of() : List.of(text.split(Pattern.quote(File.pathSeparator), -1));
        if (entries.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("'" + text + "' has an empty entry");
        }
        stateMachinePath = entries;
    }

    /**
     * The settings, with these warnings and its own, and where each key's value was read; only after everything
     * required was read without a problem.
     */
    NodeSettings settings(List<String> warnings, Map<String, String> places) {
        if (clusterId == null || nodeId == null || members == null || dataDir == null) {
            throw new IllegalStateException("settings asked for before they were complete");
        }
        NodeConfig built = config.build();
        List<Oddity> odd = oddities(nodeId, members, built.bind());
        if (!DataFolder.oddity(dataDir).isEmpty()) {
            odd.add(new Oddity(ConfigKey.DATA_DIR, DataFolder.oddity(dataDir)));
        }
        if (stateMachine.isEmpty() && !stateMachinePath.isEmpty()) {
            odd.add(new Oddity(ConfigKey.STATE_MACHINE_PATH, "is not used without "
                    + ConfigKey.STATE_MACHINE.keyName()));
        }
        if (built.snapshotTriggers().equals(NO_TRIGGERS)) {
            odd.add(new Oddity(ConfigKey.SNAPSHOT_EVERY_BYTES, "all limits of snapshot.every are 0: no snapshot is"
                    + " taken unless it is asked for, and the log grows"));
        }
        List<String> all = new ArrayList<>(warnings);
        odd.forEach(each -> {
            String name = each.key.keyName();
            all.add((places.containsKey(name) ? places.get(name) + ": " : "") + name + ": " + each.text);
        });
        return new NodeSettings(clusterId, nodeId, members, dataDir, stateMachine, stateMachinePath, built, all,
                places);
    }

    /** A value that can be meant so, and is more often a mistake. */
    private record Oddity(ConfigKey key, String text) { }

    /** What more often keeps the members of a cluster from meeting. */
    private static List<Oddity> oddities(String nodeId, Members members, String bind) {
        List<Oddity> odd = new ArrayList<>();
        List<String> near = members.names().stream()
                .filter(name -> HostPort.parse(members.address(name)).isLoopback()).toList();
        if (!near.isEmpty() && near.size() < members.names().size()) {
            odd.add(new Oddity(ConfigKey.CLUSTER_MEMBERS, String.join(", ", near) + " at loopback addresses"
                    + " are not found from another machine, and the other members are on one"));
        }
        if (!bind.isEmpty()) {
            boolean bindsNear = HostPort.parse(bind).isLoopback();
            boolean isNear = near.contains(nodeId);
            if (HostPort.parse(bind).isWildcard() && near.size() == members.names().size()) {
                odd.add(new Oddity(ConfigKey.BIND, bind + " listens to the whole network, and all members are"
                        + " on this machine"));
            } else if (bindsNear && !isNear && members.names().size() > 1) {
                odd.add(new Oddity(ConfigKey.BIND, bind + " is reached on this machine only, and the others"
                        + " connect to " + members.address(nodeId)));
            }
        }
        return odd;
    }

    /** A name of a cluster or a node; {@link IllegalArgumentException} saying what is wrong with it. */
    static String name(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("is empty");
        }
        try {
            return new ServerId(text).value();
        } catch (IllegalArgumentException problem) {
            throw new IllegalArgumentException("'" + text
                    + "' is not 1 to 64 letters, digits or any of '.', '_' and '-'", problem);
        }
    }
}
