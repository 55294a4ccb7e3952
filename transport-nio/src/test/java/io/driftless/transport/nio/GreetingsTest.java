package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.MalformedException;
import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.CommittedConfiguration;
import io.driftless.raft.Configuration;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Member;
import io.driftless.raft.ServerId;
import io.driftless.raft.Sighting;
import io.driftless.tck.SampleConfigurations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The bodies of greetings: everything that is told arrives, and no more than fits. */
final class GreetingsTest {

    private static final ServerId N1 = new ServerId("n1");

    private static byte[] body(Handshake.Greeting greeting) {
        WireWriter writer = new WireWriter(0, 16);
        Greetings.put(writer, greeting);
        return Arrays.copyOf(writer.array(), writer.length());
    }

    private static Handshake.Greeting read(int kind, byte[] body) {
        WireReader reader = new WireReader(body, 0, body.length);
        Handshake.Greeting greeting = Greetings.read(kind, reader);
        reader.end();
        return greeting;
    }

    private static Handshake.PeerHello hello(Introduction introduction) {
        return new Handshake.PeerHello(new Handshake.Identity("cluster", "kryo", 1, introduction), N1, Lane.DATA, 5);
    }

    private static List<Sighting> sightings(int count, String address) {
        List<Sighting> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new Sighting(new UUID(1, i), i, new UUID(2, i), address));
        }
        return all;
    }

    private static Introduction introduction(Random random) {
        Optional<CommittedConfiguration> committed = random.nextInt(4) == 0 ? Optional.empty()
                : Optional.of(new CommittedConfiguration(random.nextLong() >>> 1, SampleConfigurations.random(random)));
        return new Introduction(N1, new UUID(random.nextLong(), random.nextLong()), random.nextLong(),
                new UUID(random.nextLong(), random.nextLong()), "voters [n1]", committed,
                1 + (random.nextLong() >>> 1 + random.nextInt(62)), random.nextBoolean(), random.nextBoolean(),
                sightings(random.nextInt(4), "host:1"));
    }

    @Test
    void everythingThatAServerTellsOfItselfArrives() {
        for (long seed = 1; seed <= 500; seed++) {
            Handshake.PeerHello hello = hello(introduction(new Random(seed)));
            assertEquals(hello, read(1, body(hello)), "seed " + seed);
        }
        SampleConfigurations.ofEachShape().forEach((shape, cluster) -> {
            Handshake.PeerHello hello = hello(introduction(new Random(1)).withCommitted(
                    new CommittedConfiguration(3, cluster)));
            assertEquals(hello, read(1, body(hello)), shape);
        });
    }

    @Test
    void everyLaneArrives() {
        for (Lane lane : Lane.values()) {
            Handshake.PeerHello any = hello(introduction(new Random(1)));
            Handshake.PeerHello hello = new Handshake.PeerHello(any.from(), any.to(), lane, any.link());
            assertEquals(hello, read(1, body(hello)));
        }
        byte[] body = body(hello(introduction(new Random(1))));
        body[body.length - Long.BYTES - 1] = (byte) Lane.values().length;
        assertThrows(MalformedException.class, () -> read(1, body));
    }

    @Test
    void nineMembersWithTheLongestNamesAndAddressesLeaveRoomForEverySighting() {
        ClusterConfiguration nine = SampleConfigurations.ofEachShape()
                .get("nine members with the longest names and addresses");
        Introduction all = introduction(new Random(1)).withCommitted(new CommittedConfiguration(1, nine))
                .withSeen(sightings(128, "h".repeat(Member.ADDRESS_LENGTH_MAX)));
        byte[] body = body(hello(all));
        assertTrue(body.length <= Handshake.BODY_BYTES_MAX, body.length + " bytes");
        Introduction told = ((Handshake.PeerHello) read(1, body)).from().introduction();
        assertEquals(all.committed(), told.committed());
        assertEquals(all.seen().subList(8, 128).stream().map(Sighting::run).toList(), told.seen().stream()
                .map(Sighting::run).toList());
    }

    @Test
    void ofMoreThanFitsTheNewestSightingsAreToldAndTheConfigurationWhole() {
        SortedMap<ServerId, Member> members = new TreeMap<>();
        for (int i = 0; i < 127; i++) {
            members.put(new ServerId("n".repeat(61) + (100 + i)), new Member(new UUID(i, i),
                    "h".repeat(Member.ADDRESS_LENGTH_MAX), 255));
        }
        Configuration configuration = Configuration.of(members.keySet());
        ClusterConfiguration most = new ClusterConfiguration(configuration, members,
                ClusterConfiguration.GENERATION_MAX);
        Introduction own = introduction(new Random(1));
        Introduction all = new Introduction(N1, own.incarnation(), 1, own.run(), configuration.toString(),
                Optional.of(new CommittedConfiguration(1, most)), 1, true, true,
                sightings(128, "h".repeat(Member.ADDRESS_LENGTH_MAX)));
        byte[] body = body(new Handshake.PeerHello(new Handshake.Identity("c".repeat(256), "s".repeat(256), 1, all),
                new ServerId("n".repeat(64)), Lane.DATA, 5));
        assertTrue(body.length <= Handshake.BODY_BYTES_MAX, body.length + " bytes");
        Introduction told = ((Handshake.PeerHello) read(1, body)).from().introduction();
        assertEquals(all.committed(), told.committed());
        assertTrue(told.seen().size() > 10, told.seen().size() + " sightings");
        assertEquals(all.seen().subList(128 - told.seen().size(), 128).stream().map(Sighting::run).toList(),
                told.seen().stream().map(Sighting::run).toList());
    }

    @Test
    void damagedBodiesAreGreetingsOrMalformed() {
        Introduction introduction = introduction(new Random(2)).withCommitted(new CommittedConfiguration(1,
                SampleConfigurations.fixed()));
        byte[] body = body(hello(introduction));
        for (int end = 0; end < body.length; end++) {
            byte[] cut = Arrays.copyOf(body, end);
            assertThrows(MalformedException.class, () -> read(1, cut));
        }
        for (int bit = 0; bit < body.length * 8; bit++) {
            byte[] damaged = body.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            greetingOrMalformed(damaged);
        }
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = body.clone();
            int at = random.nextInt(damaged.length - 8);
            for (int j = 0; j < 8; j++) {
                damaged[at + j] = (byte) (random.nextBoolean() ? -1 : random.nextInt());
            }
            greetingOrMalformed(damaged);
        }
    }

    private static void greetingOrMalformed(byte[] body) {
        try {
            read(1, body);
        } catch (MalformedException expected) {
            assertTrue(expected.position() >= 0 && expected.position() <= body.length, expected.getMessage());
        }
    }
}
