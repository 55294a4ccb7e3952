package io.driftless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.ConfigException;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
                file + ":10: log.segment.bytes: 'lots' is not a size below 2GiB such as 16MiB (units B, KiB, MiB, GiB)",
                file + ":12: '\\u00zz' has a \\u without four hexadecimal digits behind it",
                file + ": data.dir is missing; set it here or in DRIFTLESS_DATA_DIR, for example "
                        + "data.dir=/var/lib/driftless/n1"), problems);
    }

    @Test
    void aDefaultThatNoLongerFitsIsReportedWhereTheOtherValueStands() {
        assertEquals(List.of(folder.resolve("node.properties")
                + ":5: heartbeat.interval: 50ms is not from 1ms to a quarter of "
                + "election.timeout.min (100ms)"), problems(GOOD + "election.timeout.min=100ms\n", Map.of()));
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
        assertEquals(List.of(binary + ": not text in UTF-8"),
                assertThrows(ConfigException.class, () -> NodeSettings.load(binary, Map.of())).problems());
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
        assertEquals(silent.platformPeerThreads(), written.platformPeerThreads());
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
