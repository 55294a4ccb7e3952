package io.driftless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.ConfigException;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeSettingsTest {

    private static final String GOOD = """
            cluster.id=demo
            cluster.members=n1=127.0.0.1:7001,n2=127.0.0.1:7002
            node.id=n2
            data.dir=/var/lib/driftless/n2
            """;

    @TempDir
    Path folder;

    @Test
    void readsTheRequiredKeys() {
        NodeSettings settings = load(GOOD, Map.of());
        assertEquals("demo", settings.clusterId());
        assertEquals("n2", settings.nodeId());
        assertEquals(Members.parse("n1=127.0.0.1:7001,n2=127.0.0.1:7002"), settings.members());
        assertEquals(Path.of("/var/lib/driftless/n2"), settings.dataDir());
        assertEquals("127.0.0.1:7002", settings.listenAddress());
        assertEquals(Action.HALT, settings.config().onUnrecoverable());
    }

    @Test
    void bindWinsOverTheMemberList() {
        assertEquals("0.0.0.0:7002", load(GOOD + "bind=0.0.0.0:7002\n", Map.of()).listenAddress());
    }

    @Test
    void theEnvironmentWinsOverTheFile() {
        NodeSettings settings = load(GOOD + "serializer=nonsense\n",
                Map.of("DRIFTLESS_NODE_ID", "n1", "DRIFTLESS_SERIALIZER", "json",
                "DRIFTLESS_LOG_SEGMENT_BYTES", "16MiB", "DRIFTLESS_CLUSTER_ID", "", "DRIFTLESS_JAVA_HOME", "/x",
                "HOME", "/root"));
        assertEquals("n1", settings.nodeId());
        assertEquals("json", settings.config().serializer());
        assertEquals(16 << 20, settings.config().segmentBytes());
        assertEquals("demo", settings.clusterId());
    }

    @Test
    void everyKeyHasAnEnvironmentForm() {
        Map<String, String> environment = new java.util.TreeMap<>();
        for (ConfigKey key : ConfigKey.values()) {
            if (key.isImplemented()) {
                environment.put(key.environmentName(), key.value());
            }
        }
        NodeSettings settings = load("", environment);
        assertEquals("n1", settings.nodeId());
        assertEquals(Action.HALT, settings.config().onUnrecoverable());
        assertEquals(List.of("DRIFTLESS_TLS_KEY: tls.*: this key is not implemented in this version; leave it out"),
                problems(GOOD, Map.of("DRIFTLESS_TLS_KEY", "x.pem")));
        assertEquals(List.of("DRIFTLESS_BIND: bind: 'x' is not host:port"),
                problems(GOOD, Map.of("DRIFTLESS_BIND", "x")));
    }

    @Test
    void listsEveryProblemWithKeyAndLine() {
        List<String> problems = problems("""
                # a comment
                cluster.id=demo
                cluster.members=n1=127.0.0.1:7001
                node.id=n9

                elction.timeout.min=1s
                heartbeat.interval=80ms
                cluster.id=other
                nonsense
                log.segment.bytes=\\
                    lots
                bad=\\u00zz
                """, Map.of());
        String file = folder.resolve("node.properties").toString();
        assertEquals(List.of(
                file + ":4: node.id: 'n9' is not one of the members [n1] that cluster.members lists",
                file + ":6: elction.timeout.min: is not a key; did you mean election.timeout.min?",
                file + ":7: heartbeat.interval: 80ms is not from 1ms to a quarter of election.timeout.min (300ms)",
                file + ":8: cluster.id: stands on line 2 already",
                file + ":9: 'nonsense' is not key=value",
                file + ":10: log.segment.bytes: 'lots' is not a size such as 16MiB (units B, KiB, MiB, GiB)",
                file + ":12: '\\u00zz' has a \\u without four hexadecimal digits behind it",
                file + ": data.dir is missing; set it here or in DRIFTLESS_DATA_DIR, for example "
                        + "data.dir=/var/lib/driftless/n1"), problems);
    }

    @Test
    void aDefaultThatNoLongerFitsIsReportedWhereTheOtherValueStands() {
        assertEquals(List.of(folder.resolve("node.properties")
                + ":5: log.segment.bytes: a quarter of 1MiB does not hold log.max.entry.bytes (1MiB by default); at "
                + "most 261888B fits"), problems(GOOD + "log.segment.bytes=1MiB\n", Map.of()));
    }

    @Test
    void understandsThePropertiesFormat() {
        NodeSettings settings = load("! comment\r\n  cluster.id : demo \r\n"
                + "cluster.members = n1=[::1]:7001,\\\n   n2=host.example:7002/learner\n"
                + "node.id=\\u006e1\ndata.dir=/a\\\\b", Map.of());
        assertEquals("demo", settings.clusterId());
        assertEquals("n1", settings.nodeId());
        assertEquals("n1=[::1]:7001,n2=host.example:7002/learner", settings.members().toString());
        assertEquals("/a\\b", settings.dataDir().toString());
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        Path absent = folder.resolve("absent");
        assertEquals(List.of(absent + ": no such file"),
                assertThrows(ConfigException.class, () -> NodeSettings.load(absent, Map.of())).problems());
        assertEquals(List.of(folder + ": is a directory"),
                assertThrows(ConfigException.class, () -> NodeSettings.load(folder, Map.of())).problems());
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertEquals(List.of(binary + ":1: begins with the byte order mark of UTF-16: save it as UTF-8"),
                assertThrows(ConfigException.class, () -> NodeSettings.load(binary, Map.of())).problems());
        Path latin = Files.write(folder.resolve("latin"), new byte[] {'#', (byte) 0xe4, '\n'});
        assertEquals(List.of(latin + ": not text in UTF-8"),
                assertThrows(ConfigException.class, () -> NodeSettings.load(latin, Map.of())).problems());
    }

    @Test
    void namesAByteOrderMarkAndReadsOn() {
        String file = folder.resolve("node.properties").toString();
        assertEquals(List.of(
                file + ":1: begins with a byte order mark (the bytes EF BB BF): save it as UTF-8 without one",
                file + ":5: serializer: no serializer is called 'xml': choose one of json, "
                        + "kryo, or give the name of a class"),
                problems("\ufeff" + GOOD + "serializer=xml\n", Map.of()));
    }

    @Test
    void everythingWrongWithTheMembersIsToldAtOnce() {
        assertEquals(List.of(folder.resolve("node.properties") + ":2: cluster.members: "
                + "member 'n1' has the address 0.0.0.0:7001, which stands for every address of a machine: give the one "
                + "that the others connect to (where to listen is what bind says); "
                + "member 'n2' has port 0: give the port that the others connect to; "
                + "'n3' is not id=host:port; "
                + "'10.0.0.300:7001': '10.0.0.300' is not an IP address"),
                problems("cluster.id=c\ncluster.members=n1=0.0.0.0:7001,n2=10.0.0.2:0,n3,n4=10.0.0.300:7001\n"
                        + "node.id=n1\ndata.dir=d\n", Map.of()));
    }

    @Test
    void aDataFolderIsOneThatCanBeMade() throws IOException {
        Path file = Files.writeString(folder.resolve("a-file"), "");
        String at = folder.resolve("node.properties") + ":4: data.dir: ";
        String start = "cluster.id=c\ncluster.members=n1=127.0.0.1:7001\nnode.id=n1\ndata.dir=";
        assertEquals(List.of(at + "'" + file + "' is a file, not a folder"), problems(start + file, Map.of()));
        assertEquals(List.of(at + "'" + file + "' is a file, not a folder"),
                problems(start + file + "/below/it", Map.of()));
        assertEquals(List.of(at + "'C:\\u000data' has the control character U+000D in it (in a file, a backslash is "
                + "written twice)"), problems(start + "C:\\rata", Map.of()));
        assertEquals(List.of(at + "'d\\u0007' has the control character U+0007 in it (in a file, a backslash is "
                + "written twice)"), problems(start + "d\u0007", Map.of()));
        for (String turning : List.of("\ufeff", "\u202e", "\u2066")) {
            assertEquals(List.of(at + "'d" + String.format("\\u%04x", (int) turning.charAt(0))
                    + "' has the control character " + String.format("U+%04X", (int) turning.charAt(0))
                    + " in it (in a file, a backslash is written twice)"), problems(start + "d" + turning, Map.of()));
        }
        // Letters join, or do not, by these in Persian, Hindi and other languages.
        for (String joiner : List.of("\u200c", "\u200d", "\u00ad")) {
            assertEquals(Path.of("d" + joiner + "e"), load(start + "d" + joiner + "e", Map.of()).dataDir());
        }
        assertEquals(List.of(at + "'d ' begins or ends with a space"), problems(start + "d\\u0020", Map.of()));
        assertEquals(List.of(at + "'~/d' is taken as it stands: neither ~ nor $ is replaced here"),
                load(start + "~/d", Map.of()).warnings());
    }

    @Test
    void aStateMachineIsNamedByItsClassAndNotLoadedHere() {
        NodeSettings silent = load(GOOD, Map.of());
        assertEquals(Optional.empty(), silent.stateMachine());
        assertEquals(List.of(), silent.stateMachinePath());
        assertEquals(Optional.empty(), load(GOOD + "state.machine=\nstate.machine.path=\n", Map.of()).stateMachine());
        String path = String.join(File.pathSeparator, "a.jar", "/opt/lib/*", "classes");
        NodeSettings named = load(GOOD + "state.machine=com.example.Outer$Inner\n",
                Map.of("DRIFTLESS_STATE_MACHINE_PATH", path));
        assertEquals(Optional.of("com.example.Outer$Inner"), named.stateMachine());
        assertEquals(List.of("a.jar", "/opt/lib/*", "classes"), named.stateMachinePath());
        assertEquals(List.of(), named.warnings());
        assertEquals(Optional.of(folder.resolve("node.properties") + ":5"), named.place("state.machine"));
        assertEquals(Optional.of("DRIFTLESS_STATE_MACHINE_PATH"), named.place("state.machine.path"));
        assertEquals(Optional.empty(), named.place("bind"));
        assertEquals(List.of(folder.resolve("node.properties") + ":5: state.machine.path: is not used without "
                + "state.machine"),
                load(GOOD + "state.machine.path=a.jar\n", Map.of()).warnings());
    }

    @Test
    void aStateMachineThatCanBeNoClassIsRefusedWithItsPlace() {
        String at = folder.resolve("node.properties") + ":5: ";
        for (String wrong : List.of("com/example/Sum", "com.example.Sum.", ".Sum", "com..Sum", "a b", "Sum()",
                "1.Sum")) {
            assertEquals(List.of(at + "state.machine: '" + wrong + "' is not the name of a class"),
                    problems(GOOD + "state.machine=" + wrong + "\n", Map.of()));
        }
        String gap = "a.jar" + File.pathSeparator + File.pathSeparator + "b.jar";
        assertEquals(List.of(at + "state.machine.path: '" + gap + "' has an empty entry"),
                problems(GOOD + "state.machine.path=" + gap + "\n", Map.of()));
    }

    @Test
    void aMisspeltVariableIsWarnedOfAndAServiceLinkIsNot() {
        assertEquals(List.of(
                "DRIFTLESS_ELECTION_TIMEOUT_MINIMUM: is not a variable that a node reads; did you mean "
                        + "DRIFTLESS_ELECTION_TIMEOUT_MIN?",
                "DRIFTLESS_LOG_DURABILTY: is not a variable that a node reads; did you mean DRIFTLESS_LOG_DURABILITY?",
                "DRIFTLESS_PORT: is not a variable that this version knows",
                "DRIFTLESS_QUARTZ: is not a variable that this version knows",
                "driftless_node_id: is not a variable that a node reads; did you mean DRIFTLESS_NODE_ID?"),
                load(GOOD, Map.of("DRIFTLESS_LOG_DURABILTY", "os", "DRIFTLESS_QUARTZ", "1", "driftless_node_id", "n1",
                        "DRIFTLESS_PORT", "7001", "DRIFTLESS_ELECTION_TIMEOUT_MINIMUM", "1s", "PATH", "/bin",
                        "DRIFTLESS_CLUSTER", "a:1", "DRIFTLESS_JAVA_OPTS", "-Xmx2g")).warnings());
        assertEquals(List.of(), load(GOOD, Map.of("DRIFTLESS_PORT", "tcp://10.96.0.7:7001",
                "DRIFTLESS_PORT_7001_TCP", "tcp://10.96.0.7:7001", "DRIFTLESS_PORT_7001_TCP_PROTO", "tcp",
                "DRIFTLESS_PORT_7001_TCP_PORT", "7001", "DRIFTLESS_PORT_7001_TCP_ADDR", "10.96.0.7",
                "DRIFTLESS_SERVICE_HOST", "10.96.0.7", "DRIFTLESS_SERVICE_PORT", "7001",
                "DRIFTLESS_SERVICE_PORT_RAFT", "7001", "DRIFTLESS_TLS_SERVICE_HOST", "10.96.0.8",
                "DRIFTLESS_TLS_PORT", "tcp://10.96.0.8:7001")).warnings());
    }

    @Test
    void aMisspeltVariableIsNamedBesideWhatItLeavesMissing() {
        List<String> problems = problems("cluster.id=c\ncluster.members=n1=127.0.0.1:7001\ndata.dir=d\n",
                Map.of("DRIFTLESS_NODEID", "n1"));
        assertTrue(problems.getFirst().contains("node.id is missing"), problems.toString());
        assertEquals("DRIFTLESS_NODEID: is not a variable that a node reads; did you mean DRIFTLESS_NODE_ID?",
                problems.get(1));
    }

    @Test
    void warnsWhereNoSnapshotIsEverDue() {
        String at = folder.resolve("node.properties") + ":5: ";
        assertEquals(List.of(at + "snapshot.every.bytes: all limits of snapshot.every are 0: no snapshot is taken "
                + "unless it is asked for, and the log grows"),
                load(GOOD + "snapshot.every.bytes=0\n", Map.of()).warnings());
        assertEquals(1, load(GOOD + "snapshot.every.bytes=0\nsnapshot.every.time=0\n", Map.of()).warnings().size());
        assertEquals(List.of(), load(GOOD + "snapshot.every.bytes=0\nsnapshot.every.time=1h\n", Map.of()).warnings());
    }

    @Test
    void warnsOfAddressesThatDoNotGoTogether() {
        String file = folder.resolve("node.properties").toString();
        assertEquals(List.of(file + ":5: bind: 0.0.0.0:7002 listens to the whole network, and all members are "
                + "on this machine"),
                load(GOOD + "bind=0.0.0.0:7002\n", Map.of()).warnings());
        assertEquals(List.of(file + ":5: bind: 127.0.0.1:7001 is reached on this machine only, and the others connect "
                + "to a:7001"),
                load("cluster.id=c\ncluster.members=n1=a:7001,n2=b:7001\nnode.id=n1\ndata.dir=d\n"
                        + "bind=127.0.0.1:7001\n", Map.of()).warnings());
        assertEquals(List.of(file + ":2: cluster.members: n2 at loopback addresses are not found from another machine, "
                + "and the other members are on one"),
                load("cluster.id=c\ncluster.members=n1=a:7001,n2=localhost:7001\nnode.id=n1\ndata.dir=d\n",
                        Map.of()).warnings());
        assertEquals(List.of(), load(GOOD, Map.of()).warnings());
        assertEquals(List.of(folder.resolve("node.properties") + ":5: bind: a free port is found by nobody: give the "
                + "port that the other members connect to"), problems(GOOD + "bind=127.0.0.1:0\n", Map.of()));
    }

    @Test
    void theExampleFileIsGoodAndNamesEveryKey() {
        String example = NodeConfig.exampleFile();
        assertEquals("n1", load(example, Map.of()).nodeId());
        for (ConfigKey key : ConfigKey.values()) {
            assertTrue(example.lines().anyMatch(line -> line.replaceFirst("^#", "").startsWith(key.keyName() + "=")),
                    key.keyName());
            assertTrue(example.contains("# " + key.doc()), key.keyName());
        }
        assertTrue(example.lines().allMatch(line -> line.length() <= 160));
    }

    @Test
    void theDefaultsOfTheExampleFileAreTheDefaults() {
        StringBuilder all = new StringBuilder();
        NodeConfig.exampleFile().lines().takeWhile(line -> !line.contains("Planned"))
                .forEach(line -> all.append(line.matches("#[a-z].*") ? line.substring(1) : line).append('\n'));
        NodeConfig written = load(all.toString(), Map.of()).config();
        NodeConfig silent = load(NodeConfig.exampleFile(), Map.of()).config();
        assertEquals(silent.serializer(), written.serializer());
        assertEquals(silent.durability(), written.durability());
        assertEquals(silent.undecidedTail(), written.undecidedTail());
        assertEquals(silent.segmentBytes(), written.segmentBytes());
        assertEquals(silent.entryBytesMax(), written.entryBytesMax());
        assertEquals(silent.electionTimeoutMin(), written.electionTimeoutMin());
        assertEquals(silent.electionTimeoutMax(), written.electionTimeoutMax());
        assertEquals(silent.heartbeatInterval(), written.heartbeatInterval());
        assertEquals(silent.peerThreads(), written.peerThreads());
        assertEquals(silent.onUnrecoverable(), written.onUnrecoverable());
        assertEquals(silent.bind(), written.bind());
        assertEquals(silent.inFlightMax(), written.inFlightMax());
    }

    private NodeSettings load(String text, Map<String, String> environment) {
        try {
            return NodeSettings.load(Files.writeString(folder.resolve("node.properties"), text), environment);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private List<String> problems(String text, Map<String, String> environment) {
        return assertThrows(ConfigException.class, () -> load(text, environment)).problems();
    }
}
