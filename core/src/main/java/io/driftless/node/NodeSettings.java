package io.driftless.node;

import io.driftless.errors.ConfigException;
import io.driftless.errors.UnrecoverableErrorHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Everything that a node process needs to know, read from a file and the environment. Immutable. */
public final class NodeSettings {

    private final String clusterId;
    private final String nodeId;
    private final Members members;
    private final Path dataDir;
    private final Optional<String> stateMachine;
    private final List<String> stateMachinePath;
    private final NodeConfig config;
    private final List<String> warnings;
    private final Map<String, String> places;

    NodeSettings(String clusterId, String nodeId, Members members, Path dataDir, Optional<String> stateMachine,
            List<String> stateMachinePath, NodeConfig config, List<String> warnings, Map<String, String> places) {
        this.clusterId = clusterId;
        this.nodeId = nodeId;
        this.members = members;
        this.dataDir = dataDir;
        this.stateMachine = stateMachine;
        this.stateMachinePath = List.copyOf(stateMachinePath);
        this.config = config;
        this.warnings = List.copyOf(warnings);
        this.places = Map.copyOf(places);
    }

    /**
     * Reads a {@code .properties} file in UTF-8. A variable such as {@code DRIFTLESS_NODE_ID} takes precedence over the
     * key {@code node.id} of the file. A variable that is set to an empty value counts as not set.
     * {@link NodeConfig#onUnrecoverable()} is {@code HALT} unless set otherwise, because these settings are for a node
     * in a process of its own.
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

    /** The node's name, which is one of the members. */
    public String nodeId() {
        return nodeId;
    }

    /** All members. */
    public Members members() {
        return members;
    }

    /**
     * The directory where the node keeps its data, as it was written. A relative path starts at the working directory.
     */
    public Path dataDir() {
        return dataDir;
    }

    /**
     * The name of the class that {@code driftless node} runs, which loads it; empty for its key-value store. Programs
     * that embed a node hand over their state machine themselves, and may leave this unread.
     */
    public Optional<String> stateMachine() {
        return stateMachine;
    }

    /**
     * Where that class is: jars, folders, and folders of jars ({@code FOLDER/*}), as they were written. A relative path
     * starts at the working directory.
     */
    public List<String> stateMachinePath() {
        return stateMachinePath;
    }

    /** All other settings: how the node runs. */
    public NodeConfig config() {
        return config;
    }

    /**
     * Settings that may be intended but are more often mistakes: a variable {@code DRIFTLESS_...} that nothing reads,
     * or members that other machines cannot reach. One line each, which begins with the place of the value.
     */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * Where to listen, {@code host:port}: the value of {@code bind}, or without one this node's address in the member
     * list.
     */
    public String listenAddress() {
        return config.bind().isEmpty() ? members.address(nodeId) : config.bind();
    }

    /**
     * Where the value of {@code key} was read, {@code file:line} or the name of a variable, for whoever finds only
     * later what is wrong with it. Empty if the key was not given.
     */
    public Optional<String> place(String key) {
        return Optional.ofNullable(places.get(key));
    }

    private static String text(Path file) {
        String problem;
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (isUtf16(bytes)) {
                throw new ConfigException(List.of(file + ":1: begins with the byte order mark of UTF-16: save it as"
                        + " UTF-8"));
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
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

    private static boolean isUtf16(byte[] bytes) {
        int mark = bytes.length < 2 ? 0 : (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
        return mark == 0xfeff || mark == 0xfffe;
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
            boolean marked = text.startsWith("\ufeff");
            if (marked) {
                problems.add(at(1, "begins with a byte order mark (the bytes EF BB BF): save it as UTF-8 without one"));
            }
            PropertiesText properties = new PropertiesText(marked ? text.substring(1) : text);
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
            List<String> strays = StrayVariables.lines(environment);
            if (!problems.isEmpty()) {
                problems.sort(Comparator.comparingInt(Problem::line));
                // A misspelt variable may be why a key is missing.
                throw new ConfigException(Stream.concat(
                        problems.stream().map(problem -> problem.place + ": " + problem.message), strays.stream())
                        .map(Loading::printable).toList());
            }
            Map<String, String> places = new TreeMap<>();
            origins.forEach((key, origin) -> places.put(key.keyName(), printable(origin.place)));
            return draft.settings(strays.stream().map(Loading::printable).toList(), places);
        }

        /** One line whatever stands in it, with what nobody would see made visible. */
        private static String printable(String line) {
            StringBuilder shown = new StringBuilder(line.length());
            line.codePoints().forEach(c -> {
                boolean invisible = Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                        || Character.isSpaceChar(c) && c != ' ';
                if (invisible) {
                    shown.append(String.format(Locale.ROOT, "\\u%04x", c));
                } else {
                    shown.appendCodePoint(c);
                }
            });
            return shown.toString();
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
                if (key.isEnvironmentForm(variable.getKey()) && !variable.getValue().isEmpty()
                        && !StrayVariables.isServiceLink(variable.getKey(), variable.getValue())) {
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
