package io.driftless.node;

import io.driftless.errors.ConfigException;
import io.driftless.errors.UnrecoverableErrorHandler;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Everything that a node process needs to know, read from a file and the environment. Immutable. */
public final class NodeSettings {

    private final String clusterId;
    private final String nodeId;
    private final Members members;
    private final Path dataDir;
    private final NodeConfig config;

    NodeSettings(String clusterId, String nodeId, Members members, Path dataDir, NodeConfig config) {
        this.clusterId = clusterId;
        this.nodeId = nodeId;
        this.members = members;
        this.dataDir = dataDir;
        this.config = config;
    }

    /**
     * Reads a {@code .properties} file in UTF-8. A variable such as {@code DRIFTLESS_NODE_ID} wins over the key
     * {@code node.id} of the file; one that is set to nothing counts as not set. {@link NodeConfig#onUnrecoverable()}
     * is {@code HALT} unless told otherwise, as this is for a process of its own.
     *
     * @param environment {@link System#getenv()}
     * @throws ConfigException with every problem at once, each naming file, line (or variable) and key
     */
    public static NodeSettings load(Path file, Map<String, String> environment) {
        return new Loading(file).load(text(file), environment);
    }

    /** The cluster's name. */
    public String clusterId() {
        return clusterId;
    }

    /** The node's name: one of the members. */
    public String nodeId() {
        return nodeId;
    }

    /** All members. */
    public Members members() {
        return members;
    }

    /** Where the node keeps its data, as written: a relative one counts from the working directory. */
    public Path dataDir() {
        return dataDir;
    }

    /** The rest. */
    public NodeConfig config() {
        return config;
    }

    /** Where to listen, {@code host:port}: {@code bind}, or else this node's address in the member list. */
    public String listenAddress() {
        return config.bind().isEmpty() ? members.address(nodeId) : config.bind();
    }

    private static String text(Path file) {
        String problem;
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException absent) {
            problem = "no such file";
        } catch (AccessDeniedException denied) {
            problem = "permission denied";
        } catch (CharacterCodingException notText) {
            problem = "not text in UTF-8";
        } catch (IOException | OutOfMemoryError unreadable) {
            problem = Files.isDirectory(file) ? "is a directory" : "cannot be read: " + unreadable.getMessage();
        }
        throw new ConfigException(List.of(file + ": " + problem));
    }

    /** One reading of one file. */
    private static final class Loading {
        private final Path file;
        private final List<Problem> problems = new ArrayList<>();
        private final SettingsDraft draft = new SettingsDraft();
        /** Where each key's value came from. */
        private final Map<ConfigKey, Problem> origins = new EnumMap<>(ConfigKey.class);

        /** A problem, or with an empty message a place where one may be; {@code line} orders them. */
        private record Problem(int line, String place, String message) { }

        Loading(Path file) {
            this.file = file;
        }

        NodeSettings load(String text, Map<String, String> environment) {
            draft.config().onUnrecoverable(UnrecoverableErrorHandler.Action.HALT);
            PropertiesText properties = new PropertiesText(text);
            properties.problems().forEach(problem -> problems.add(at(problem.number(), problem.message())));
            Map<String, PropertiesText.Line> lines = unique(properties.lines());
            for (ConfigKey key : ConfigKey.values()) {
                if (!readEnvironment(key, environment)) {
                    readFile(key, lines);
                }
                if (key.isRequired() && !origins.containsKey(key)) {
                    problems.add(new Problem(Integer.MAX_VALUE, file.toString(), key.keyName()
                            + " is missing; set it here or in "
                            + key.environmentName() + ", for example " + key.keyName() + "=" + key.value()));
                }
            }
            for (NodeConfig.Fault fault : draft.faults()) {
                Problem origin = origins.containsKey(fault.key()) ? origins.get(fault.key())
                        : origins.getOrDefault(fault.other(), at(0, ""));
                problems.add(new Problem(origin.line, origin.place, fault.key().keyName() + ": " + fault.message()));
            }
            if (!problems.isEmpty()) {
                problems.sort(Comparator.comparingInt(Problem::line));
                throw new ConfigException(problems.stream().map(problem -> problem.place + ": " + problem.message)
                        .toList());
            }
            return draft.settings();
        }

        private Problem at(int line, String message) {
            return new Problem(line, line == 0 ? file.toString() : file + ":" + line, message);
        }

        /** The first line of each key; another one, and a key that is none, is a problem. */
        private Map<String, PropertiesText.Line> unique(List<PropertiesText.Line> lines) {
            Map<String, PropertiesText.Line> byKey = new TreeMap<>();
            for (PropertiesText.Line line : lines) {
                PropertiesText.Line earlier = byKey.putIfAbsent(line.key(), line);
                if (ConfigKey.find(line.key()).isEmpty()) {
                    problems.add(at(line.number(), line.key() + ": " + ConfigKey.unknown(line.key())));
                } else if (earlier != null) {
                    problems.add(at(line.number(), line.key() + ": stands on line " + earlier.number() + " already"));
                }
            }
            return byKey;
        }

        private boolean readEnvironment(ConfigKey key, Map<String, String> environment) {
            boolean found = false;
            for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
                if (key.isEnvironmentForm(variable.getKey()) && !variable.getValue().isEmpty()) {
                    found = true;
                    read(key, key.keyName(), variable.getValue().strip(), new Problem(0, variable.getKey(), ""));
                }
            }
            return found;
        }

        private void readFile(ConfigKey key, Map<String, PropertiesText.Line> lines) {
            for (PropertiesText.Line line : lines.values()) {
                if (ConfigKey.find(line.key()).filter(key::equals).isPresent()) {
                    read(key, line.key(), line.value(), at(line.number(), ""));
                }
            }
        }

        private void read(ConfigKey key, String name, String value, Problem origin) {
            origins.put(key, origin);
            draft.read(key, value)
                    .ifPresent(problem -> problems.add(new Problem(origin.line, origin.place, name + ": " + problem)));
        }
    }
}
