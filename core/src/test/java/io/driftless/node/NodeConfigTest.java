package io.driftless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.ConfigException;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import io.driftless.log.DurabilityPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {

    @Test
    void hasTheDefaultsOfTheTable() {
        NodeConfig config = NodeConfig.builder().build();
        assertEquals("kryo", config.serializer());
        assertEquals(DurabilityPolicy.ALWAYS, config.durability());
        assertEquals(UndecidedTail.TRUST, config.undecidedTail());
        assertEquals(64 << 20, config.segmentBytes());
        assertEquals(1 << 20, config.entryBytesMax());
        assertEquals(Duration.ofMillis(300), config.electionTimeoutMin());
        assertEquals(Duration.ofMillis(600), config.electionTimeoutMax());
        assertEquals(Duration.ofMillis(50), config.heartbeatInterval());
        assertEquals(4096, config.inFlightMax());
        assertEquals("", config.bind());
        assertEquals(Action.STOP, config.onUnrecoverable());
    }

    @Test
    void takesEveryImplementedKey() {
        NodeConfig config = NodeConfig.from(properties("bind=127.0.0.1:7009", "serializer=json",
                "log.durability=interval", "log.sync.interval=20ms", "log.segment.bytes=16MiB",
                "log.max.entry.bytes=512KiB", "log.undecided.tail=catch-up", "transport.peer.threads=platform",
                "election.timeout.min=1s",
                "election.timeout.max=1min", "heartbeat.interval=250ms", "client.in.flight.max=7",
                "on.unrecoverable=restart",
                "cluster.id=demo", "cluster.members=n1=[::1]:7001", "node.id=n1", "data.dir=data"));
        assertEquals("127.0.0.1:7009", config.bind());
        assertEquals("json", config.serializer());
        assertEquals(DurabilityPolicy.INTERVAL, config.durability());
        assertEquals(java.time.Duration.ofMillis(20), config.syncInterval());
        assertEquals(UndecidedTail.CATCH_UP, config.undecidedTail());
        assertEquals(16 << 20, config.segmentBytes());
        assertEquals(512 << 10, config.entryBytesMax());
        assertEquals(PeerThreads.PLATFORM, config.peerThreads());
        assertEquals(Duration.ofSeconds(1), config.electionTimeoutMin());
        assertEquals(Duration.ofMinutes(1), config.electionTimeoutMax());
        assertEquals(Duration.ofMillis(250), config.heartbeatInterval());
        assertEquals(7, config.inFlightMax());
        assertEquals(Action.RESTART, config.onUnrecoverable());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "cluster.id=two words | letters, digits",
        "cluster.members=n1 | not id=host:port",
        "cluster.members=n1=127.0.0.1:1,n1=127.0.0.1:2 | listed twice",
        "cluster.members=n1=127.0.0.1:1,n2=127.0.0.1:1 | same address",
        "cluster.members=n1=localhost:1,n2=LocalHost.:01 | same address",
        "cluster.members=n1=[::1]:1,n2=[0:0:0:0:0:0:0:1]:1 | same address",
        "cluster.members=n1=0.0.0.0:7001 | every address of a machine",
        "cluster.members=n1=[::]:7001 | every address of a machine",
        "cluster.members=n1=[0:0::0]:7001 | every address of a machine",
        "cluster.members=n1=[::%eth0]:7001 | every address of a machine",
        "cluster.members=n1=224.0.0.1:7001 | not that of one machine",
        "cluster.members=n1=127.0.0.1:0 | has port 0",
        "cluster.members=n1=127.0.0.256:1 | not an IP address",
        "cluster.members=n1=[1:2]:1 | not an IP address",
        "cluster.members=n1=a..b:1 | no host name or address",
        "cluster.members=n1=[fe80::1%eth0]:1,n2=[FE80:0::1%eth0]:1 | same address",
        "cluster.members=n1=::1:7001 | brackets",
        "cluster.members=n1=127.0.0.1:70000 | port from 0 to 65535",
        "cluster.members=n1=127.0.0.1:1/learner | no member votes",
        "node.id= | empty",
        "data.dir= | empty",
        "bind=7001 | not host:port",
        "serializer=xml | no serializer is called 'xml': choose one of json, kryo, or give the name of a class",
        "log.durability=sometimes | not one of always, interval, os",
        "log.sync.interval=2min | not from 1ms to 60s",
        "log.sync.interval=50 | a duration such as 250ms or 2s",
        "log.segment.bytes=16MB | a size such as 16MiB",
        "log.segment.bytes=4GiB | is not below 2GiB",
        "log.segment.bytes=255KiB | not from 256KiB to 1GiB",
        "log.max.entry.bytes=16MiB | a quarter of log.segment.bytes (64MiB)",
        "log.max.entry.bytes=0 | from 1 byte to 16MiB",
        "log.max.entry.bytes=17MiB | from 1 byte to 16MiB, which every node of a cluster stores",
        "log.undecided.tail=maybe | not one of trust, catch-up",
        "transport.peer.threads=green | not one of virtual, platform",
        "election.timeout.min=300 | a duration such as 250ms or 2s",
        "election.timeout.min=1ms | not from 10ms",
        "election.timeout.max=300ms | not above election.timeout.min (300ms)",
        "heartbeat.interval=76ms | a quarter of election.timeout.min (300ms)",
        "heartbeat.interval=0ms | not from 1ms",
        "client.in.flight.max=0 | not from 1 to 1000000",
        "client.in.flight.max=-1 | max: -1 is not from 1 to 1000000",
        "client.in.flight.max=1000001 | max: 1000001 is not from 1 to 1000000",
        "client.in.flight.max=99999999999999999999 | max: 99999999999999999999 is not from 1 to 1000000",
        "client.in.flight.max=4k | max: '4k' is not a whole number from 1 to 1000000",
        "sessions.max=-1 | max: -1 is not from 1 to 10000000",
        "sessions.max= | max: '' is not a whole number from 1 to 10000000",
        "on.unrecoverable=panic | not one of stop, restart, halt",
        "metrics.bind=127.0.0.1:9090 | not implemented in this version",
        "tls.certificate=x.pem | not implemented in this version",
        "elction.timeout.min=1s | did you mean election.timeout.min?",
        "colour=blue | not a key that this version knows"})
    void namesKeyAndProblem(String line, String expected) {
        isNamed(line, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "snapshot.every.bytes=1XB | a size such as 16MiB",
        "snapshot.every.bytes=99999999999GiB | is not below 8 EiB",
        "snapshot.every.entries=-1 | -1 is not from 0 to 2147483647",
        "snapshot.every.time=1d | a duration such as 250ms or 2s",
        "snapshot.rate.max=fast | a size such as 16MiB",
        "snapshot.rate.max=20 | 20B is not 0, for no limit, or 64KiB and more a second",
        "log.retain.bytes=128MB | a size such as 16MiB",
        "log.retain.entries=many | is not a whole number from 0 to 2147483647",
        "log.retain.bytes.max=127MiB | 127MiB is below log.retain.bytes (128MiB)",
        "log.retain.bytes.max=-1 | a size such as 16MiB"})
    void namesWhatIsWrongAboutSnapshots(String line, String expected) {
        isNamed(line, expected);
    }

    @Test
    void takesHowMuchOfTheLogStays() {
        NodeConfig config = NodeConfig.from(properties("log.retain.bytes=8GiB", "log.retain.bytes.max=8GiB",
                "log.retain.entries=1000", "snapshot.rate.max=20MiB"));
        assertEquals(new LogRetention(1_000, 8L << 30, 8L << 30), config.logRetention());
        assertEquals(20 << 20, config.snapshotRateMax());
        NodeConfig same = config.toBuilder().build();
        assertEquals(config.logRetention() + " " + config.snapshotRateMax(), same.logRetention() + " "
                + same.snapshotRateMax());
        NodeConfig defaults = NodeConfig.builder().build();
        assertEquals(new LogRetention(0, 128 << 20, 4L << 30), defaults.logRetention());
        assertEquals(0, defaults.snapshotRateMax());
    }

    @Test
    void ofTheTwoLimitsOfTheRestOfTheLogTheOneThatWasGivenIsToBlame() {
        ConfigException refused = assertThrows(ConfigException.class,
                () -> NodeConfig.from(properties("log.retain.bytes=5GiB")));
        assertEquals(List.of("log.retain.bytes: 5GiB is above log.retain.bytes.max (4GiB by default)"),
                refused.problems());
        ConfigException both = assertThrows(ConfigException.class,
                () -> NodeConfig.from(properties("log.retain.bytes=5GiB", "log.retain.bytes.max=3GiB")));
        assertEquals(List.of("log.retain.bytes.max: 3GiB is below log.retain.bytes (5GiB)"), both.problems());
        assertThrows(ConfigException.class,
                () -> NodeConfig.builder().logRetention(LogRetention.DEFAULT.bytesMax(1)).build());
        assertThrows(IllegalArgumentException.class, () -> LogRetention.DEFAULT.bytes(-1));
    }

    private static void isNamed(String line, String expected) {
        ConfigException refused = assertThrows(ConfigException.class, () -> NodeConfig.from(properties(line)));
        String key = line.substring(0, line.indexOf('='));
        assertTrue(refused.problems().getFirst().startsWith(key + ": "), refused.getMessage());
        assertTrue(refused.problems().getFirst().contains(expected), refused.getMessage());
    }

    @Test
    void oneLinkLocalAddressOnTwoInterfacesIsTwo() {
        String members = "n1=[fe80::1%eth0]:7001,n2=[fe80::1%eth1]:7001";
        assertEquals(members, Members.parse(members).toString());
    }

    @Test
    void listsEveryProblemAtOnce() {
        ConfigException refused = assertThrows(ConfigException.class, () ->
                NodeConfig.from(properties("serializer=xml", "bind=7001",
                "election.timeout.min=fast", "colour=blue", "log.segment.bytes=big", "log.max.entry.bytes=100MiB")));
        assertEquals(List.of("bind", "colour", "election.timeout.min", "log.max.entry.bytes", "log.segment.bytes",
                "serializer"),
                refused.problems().stream().map(problem -> problem.substring(0, problem.indexOf(':'))).sorted()
                        .toList());
    }

    @Test
    void builderRefusesWhatAFileWouldBeRefusedFor() {
        NodeConfig.Builder builder = NodeConfig.builder().segmentBytes(1 << 20).entryBytesMax(1 << 20)
                .serializer("xml");
        ConfigException refused = assertThrows(ConfigException.class, builder::build);
        assertEquals(2, refused.problems().size());
        assertEquals(1 << 18, builder.segmentBytes((1 << 20) + 1024).entryBytesMax(1 << 18).serializer("json").build()
                .entryBytesMax());
    }

    @Test
    void takesAHeartbeatOfExactlyAQuarter() {
        NodeConfig config = NodeConfig.builder().electionTimeout(Duration.ofMillis(100), Duration.ofMillis(101))
                .heartbeatInterval(Duration.ofMillis(25)).build();
        assertEquals(Duration.ofMillis(25), config.heartbeatInterval());
    }

    @Test
    void timesThatAreNotGivenGoWithTheShortestElectionTimeout() {
        NodeConfig fromFile = NodeConfig.from(properties("election.timeout.min=3s"));
        assertEquals(Duration.ofSeconds(6), fromFile.electionTimeoutMax());
        assertEquals(Duration.ofMillis(500), fromFile.heartbeatInterval());
        NodeConfig quick = NodeConfig.builder().electionTimeout(Duration.ofMillis(10), Duration.ofMillis(15)).build();
        assertEquals(Duration.ofMillis(15), quick.electionTimeoutMax());
        assertEquals(Duration.ofMillis(1), quick.heartbeatInterval());
    }

    @Test
    void aConfigurationCanBeChangedInPart() {
        NodeConfig json = NodeConfig.builder().serializer("json").bind("127.0.0.1:0").inFlightMax(17)
                .electionTimeout(Duration.ofSeconds(1), Duration.ofSeconds(5)).build();
        NodeConfig relaxed = json.toBuilder().durability(DurabilityPolicy.OS).build();
        assertEquals(DurabilityPolicy.OS, relaxed.durability());
        assertEquals("json 127.0.0.1:0 17 PT5S", relaxed.serializer() + " " + relaxed.bind() + " "
                + relaxed.inFlightMax() + " " + relaxed.electionTimeoutMax());
        assertEquals(DurabilityPolicy.ALWAYS, json.durability());
    }

    private static Properties properties(String... lines) {
        Properties properties = new Properties();
        for (String line : lines) {
            properties.setProperty(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        }
        return properties;
    }
}
