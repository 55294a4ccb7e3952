package io.driftless.transport.nio;

import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.CommittedConfiguration;
import io.driftless.raft.Configuration;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Member;
import io.driftless.raft.MemberRole;
import io.driftless.raft.ServerId;
import io.driftless.raft.Sighting;
import io.driftless.transport.nio.Handshake.ClientHello;
import io.driftless.transport.nio.Handshake.ClientWelcome;
import io.driftless.transport.nio.Handshake.Confirmed;
import io.driftless.transport.nio.Handshake.Greeting;
import io.driftless.transport.nio.Handshake.Identity;
import io.driftless.transport.nio.Handshake.Knock;
import io.driftless.transport.nio.Handshake.OtherVersion;
import io.driftless.transport.nio.Handshake.PeerHello;
import io.driftless.transport.nio.Handshake.Refused;
import io.driftless.transport.nio.Handshake.Welcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The bodies of greetings as bytes. Numbers are big-endian; texts are a length of two bytes and UTF-8. No state.
 *
 * <pre>
 *   kind              body
 *   1 PeerHello       identity; to (text); lane, 1 byte: 0 control, 1 data, 2 bulk; link, 8 bytes
 *   2 Knock           identity; to (text)
 *   3 ClientHello     clusterId (text); generation, 8 bytes, -1 is any
 *   4 Welcome         identity
 *   5 ClientWelcome   clusterId (text); server (text); generation, 8 bytes, -1 if it has none yet
 *   6 Refused         why (text)
 *   7 Confirmed
 *
 *   identity          clusterId, serializer (texts); its version, 4 bytes; id (text); incarnation, 16 bytes; boot,
 *                     8 bytes; run, 16 bytes; member list (text); electionTimeoutMin in ns, 8 bytes;
 *                     1 byte of flags: 1 in doubt, 2 leases, 4 a configuration follows;
 *                     the configuration: index, generation, 8 bytes each; count of members, 2 bytes, each: id (text),
 *                     role, 1 byte, incarnation, 16 bytes, address (text), priority, 1 byte;
 *                     count of sightings, 1 byte, each: incarnation, 16 bytes, boot, 8 bytes, run, 16 bytes, address
 *                     (text)
 * </pre>
 *
 * <p>A body stays below its limit whatever a server has to tell: of the sightings, the newest that fit are told.
 */
final class Greetings {

    private static final int NAME_BYTES_MAX = 256;
    private static final int TEXT_BYTES_MAX = 16 << 10;
    private static final int SIGHTINGS_MAX = 120;
    private static final int SIGHTING_BYTES = 42;
    /** More than what stands behind the sightings. */
    private static final int REST_BYTES_MAX = 512;
    private static final int PEER = 1;
    private static final int KNOCK = 2;
    private static final int CLIENT = 3;
    private static final int WELCOME = 4;
    private static final int CLIENT_WELCOME = 5;
    private static final int REFUSED = 6;
    private static final int CONFIRMED = 7;
    private static final int IN_DOUBT = 1;
    private static final int LEASES = 2;
    private static final int FORMED = 4;

    private Greetings() { }

    /** Writes the body, and returns the kind. */
    static int put(WireWriter writer, Greeting greeting) {
        return switch (greeting) {
            case PeerHello hello -> {
                put(writer, hello.from());
                writer.putText(hello.to().value(), NAME_BYTES_MAX).putByte(code(hello.lane()))
                        .putLong(hello.link());
                yield PEER;
            }
            case Knock knock -> {
                put(writer, knock.from());
                writer.putText(knock.to().value(), NAME_BYTES_MAX);
                yield KNOCK;
            }
            case ClientHello hello -> {
                writer.putText(hello.clusterId(), NAME_BYTES_MAX).putLong(hello.generation());
                yield CLIENT;
            }
            case Welcome welcome -> {
                put(writer, welcome.from());
                yield WELCOME;
            }
            case ClientWelcome welcome -> {
                writer.putText(welcome.clusterId(), NAME_BYTES_MAX).putText(welcome.server(), NAME_BYTES_MAX)
                        .putLong(welcome.generation());
                yield CLIENT_WELCOME;
            }
            case Refused refused -> {
                writer.putText(refused.why(), TEXT_BYTES_MAX);
                yield REFUSED;
            }
            case Confirmed confirmed -> CONFIRMED;
            case OtherVersion other -> throw new IllegalArgumentException("nobody says " + other);
        };
    }

    /** Reads what both sides know of the body. */
    static Greeting read(int kind, WireReader reader) {
        return switch (kind) {
            case PEER -> new PeerHello(identity(reader), serverId(reader), lane(reader), reader.nextLong());
            case KNOCK -> new Knock(identity(reader), serverId(reader));
            case CLIENT -> new ClientHello(reader.nextText(NAME_BYTES_MAX), reader.nextLong());
            case WELCOME -> new Welcome(identity(reader));
            case CLIENT_WELCOME -> new ClientWelcome(reader.nextText(NAME_BYTES_MAX), reader.nextText(NAME_BYTES_MAX),
                    reader.nextLong());
            case REFUSED -> new Refused(reader.nextText(TEXT_BYTES_MAX));
            case CONFIRMED -> new Confirmed();
            default -> throw reader.malformed("a greeting of kind " + kind);
        };
    }

    private static void put(WireWriter writer, Identity identity) {
        int start = writer.length();
        Introduction introduction = identity.introduction();
        int flags = (introduction.inDoubt() ? IN_DOUBT : 0) | (introduction.leases() ? LEASES : 0)
                | (introduction.isFormed() ? FORMED : 0);
        writer.putText(identity.clusterId(), NAME_BYTES_MAX).putText(identity.serializer(), NAME_BYTES_MAX)
                .putInt(identity.serializerVersion())
                .putText(introduction.id().value(), NAME_BYTES_MAX).putUuid(introduction.incarnation())
                .putLong(introduction.boot()).putUuid(introduction.run())
                .putText(introduction.members(), TEXT_BYTES_MAX).putLong(introduction.electionTimeoutMinNs())
                .putByte(flags);
        introduction.committed().ifPresent(known -> put(writer, known));
        List<Sighting> seen = newest(introduction.seen(), Handshake.BODY_BYTES_MAX - REST_BYTES_MAX
                - (writer.length() - start));
        writer.putByte(seen.size());
        seen.forEach(met -> writer.putUuid(met.incarnation()).putLong(met.boot()).putUuid(met.run())
                .putText(met.address(), NAME_BYTES_MAX));
    }

    private static void put(WireWriter writer, CommittedConfiguration known) {
        ClusterConfiguration cluster = known.cluster();
        writer.putLong(known.index()).putLong(cluster.generation()).putShort(cluster.members().size());
        cluster.members().forEach((id, member) -> writer.putText(id.value(), NAME_BYTES_MAX)
                .putByte(cluster.configuration().role(id).code()).putUuid(member.incarnation())
                .putText(member.address(), Member.ADDRESS_LENGTH_MAX).putByte(member.priority()));
    }

    /** The last of them, as many as fit into so many bytes. */
    private static List<Sighting> newest(List<Sighting> seen, int bytesMax) {
        int first = seen.size();
        int bytes = 0;
        while (first > 0 && seen.size() - first < SIGHTINGS_MAX) {
            int addressBytes = seen.get(first - 1).address().getBytes(StandardCharsets.UTF_8).length;
            bytes += SIGHTING_BYTES + Math.min(addressBytes, NAME_BYTES_MAX);
            if (bytes > bytesMax) {
                break;
            }
            first--;
        }
        return seen.subList(first, seen.size());
    }

    private static Identity identity(WireReader reader) {
        String clusterId = reader.nextText(NAME_BYTES_MAX);
        String serializer = reader.nextText(NAME_BYTES_MAX);
        int serializerVersion = reader.nextInt();
        return new Identity(clusterId, serializer, serializerVersion, introduction(reader));
    }

    private static Introduction introduction(WireReader reader) {
        ServerId id = serverId(reader);
        UUID incarnation = reader.nextUuid();
        long boot = reader.nextLong();
        UUID run = reader.nextUuid();
        String members = reader.nextText(TEXT_BYTES_MAX);
        long electionTimeoutMinNs = reader.nextLong();
        int flags = reader.nextByte();
        try {
            Optional<CommittedConfiguration> committed = (flags & FORMED) != 0 ? Optional.of(configuration(reader))
                    : Optional.empty();
            List<Sighting> seen = new ArrayList<>();
            for (int left = reader.nextByte(); left > 0; left--) {
                seen.add(new Sighting(reader.nextUuid(), reader.nextLong(), reader.nextUuid(),
                        reader.nextText(NAME_BYTES_MAX)));
            }
            return new Introduction(id, incarnation, boot, run, members, committed, electionTimeoutMinNs,
                    (flags & LEASES) != 0, (flags & IN_DOUBT) != 0, seen);
        } catch (IllegalArgumentException e) {
            throw reader.malformed(String.valueOf(e.getMessage()));
        }
    }

    private static CommittedConfiguration configuration(WireReader reader) {
        long index = reader.nextLong();
        long generation = reader.nextLong();
        SortedMap<ServerId, MemberRole> roles = new TreeMap<>();
        SortedMap<ServerId, Member> members = new TreeMap<>();
        for (int left = reader.nextShort(); left > 0; left--) {
            ServerId id = serverId(reader);
            if (roles.put(id, MemberRole.ofCode(reader.nextByte())) != null) {
                throw reader.malformed("member " + id + " twice");
            }
            members.put(id, new Member(reader.nextUuid(), reader.nextText(Member.ADDRESS_LENGTH_MAX),
                    reader.nextByte()));
        }
        return new CommittedConfiguration(index, new ClusterConfiguration(Configuration.ofRoles(roles), members,
                generation));
    }

    private static ServerId serverId(WireReader reader) {
        String name = reader.nextText(NAME_BYTES_MAX);
        try {
            return new ServerId(name);
        } catch (IllegalArgumentException e) {
            throw reader.malformed(String.valueOf(e.getMessage()));
        }
    }

    private static int code(Lane lane) {
        return switch (lane) {
            case CONTROL -> 0;
            case DATA -> 1;
            case BULK -> 2;
        };
    }

    private static Lane lane(WireReader reader) {
        return switch (reader.nextByte()) {
            case 0 -> Lane.CONTROL;
            case 1 -> Lane.DATA;
            case 2 -> Lane.BULK;
            default -> throw reader.malformed("an unknown lane");
        };
    }
}
