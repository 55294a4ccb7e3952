package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.ServerId;
import io.driftless.raft.Sighting;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What both sides say before the first frame: the one who connects greets, the other answers, and on the second lane of
 * a link the one who connected confirms.
 *
 * <pre>
 *   0   8  magic "DRFTLESS"
 *   8   2  version of the protocol, 2
 *  10   1  kind
 *  11   1  0
 *  12   4  body length, at most 64 KiB
 *  16      body
 *          CRC32C of everything before, 4 bytes
 * </pre>
 *
 * <p>The first 16 bytes stay as they are in every version, so that each side can name the other's version. Texts are a
 * length of two bytes and UTF-8.
 */
final class Handshake {

    /** Version of the protocol. */
    static final int VERSION = 2;

    private static final long MAGIC = 0x4452_4654_4c45_5353L;
    private static final int PREFIX_BYTES = 16;
    private static final int BODY_BYTES_MAX = 64 << 10;
    private static final int NAME_BYTES_MAX = 256;
    private static final int MEMBERS_BYTES_MAX = 16 << 10;
    private static final int SIGHTINGS_MAX = 120;
    private static final int PEER = 1;
    private static final int KNOCK = 2;
    private static final int CLIENT = 3;
    private static final int WELCOME = 4;
    private static final int CLIENT_WELCOME = 5;
    private static final int REFUSED = 6;
    private static final int CONFIRMED = 7;

    private Handshake() { }

    /** Something that is said. */
    sealed interface Greeting { }

    /** What a server must agree on with a peer, and tells of itself. */
    record Identity(String clusterId, String serializer, int serializerVersion, Introduction introduction) { }

    /** A server with the smaller id opens one lane of a link. */
    record PeerHello(Identity from, ServerId to, Lane lane, long link) implements Greeting { }

    /** A server with the larger id has started and would like to be connected to. */
    record Knock(Identity from, ServerId to) implements Greeting { }

    /** A client connects; an empty cluster takes any. */
    record ClientHello(String clusterId) implements Greeting { }

    /** The answer to a peer: good. */
    record Welcome(Identity from) implements Greeting { }

    /** The answer to a client: good. */
    record ClientWelcome(String clusterId, String server) implements Greeting { }

    /** The answer to anybody: no, in one line. */
    record Refused(String why) implements Greeting { }

    /** Both lanes stand at the side that dialed. */
    record Confirmed() implements Greeting { }

    /** The other side speaks another version; all that we know of it. */
    record OtherVersion(int version) implements Greeting {

        /** In one line, as a server says it. */
        String why() {
            return "it speaks version " + version + " of the protocol, this server version " + VERSION;
        }
    }

    static void send(SocketChannel channel, Greeting greeting) throws IOException {
        WireWriter writer = new WireWriter(PREFIX_BYTES, 512);
        int kind = switch (greeting) {
            case PeerHello hello -> {
                put(writer, hello.from);
                writer.putText(hello.to.value(), NAME_BYTES_MAX).putByte(hello.lane == Lane.CONTROL ? 0 : 1)
                        .putLong(hello.link);
                yield PEER;
            }
            case Knock knock -> {
                put(writer, knock.from);
                writer.putText(knock.to.value(), NAME_BYTES_MAX);
                yield KNOCK;
            }
            case ClientHello hello -> {
                writer.putText(hello.clusterId, NAME_BYTES_MAX);
                yield CLIENT;
            }
            case Welcome welcome -> {
                put(writer, welcome.from);
                yield WELCOME;
            }
            case ClientWelcome welcome -> {
                writer.putText(welcome.clusterId, NAME_BYTES_MAX).putText(welcome.server, NAME_BYTES_MAX);
                yield CLIENT_WELCOME;
            }
            case Refused refused -> {
                writer.putText(refused.why, MEMBERS_BYTES_MAX);
                yield REFUSED;
            }
            case Confirmed confirmed -> CONFIRMED;
            case OtherVersion other -> throw new IllegalArgumentException("nobody says " + other);
        };
        int bodyLength = writer.length() - PREFIX_BYTES;
        ByteBuffer.wrap(writer.array()).putLong(MAGIC).putShort((short) VERSION).put((byte) kind).put((byte) 0)
                .putInt(bodyLength);
        CRC32C checksum = new CRC32C();
        checksum.update(writer.array(), 0, writer.length());
        writer.putInt((int) checksum.getValue());
        ByteBuffer bytes = ByteBuffer.wrap(writer.array(), 0, writer.length());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * Waits for what the other side says.
     *
     * @throws MalformedException if it says something else
     * @throws IOException        if it says nothing in time, or the connection ends
     */
    static Greeting receive(SocketChannel channel, long deadlineNs) throws IOException {
        byte[] bytes = new byte[PREFIX_BYTES];
        readFully(channel, bytes, 0, PREFIX_BYTES, deadlineNs);
        WireReader prefix = new WireReader(bytes, 0, PREFIX_BYTES);
        prefix.nextLong();
        int version = prefix.nextShort();
        int kind = prefix.nextByte();
        prefix.nextByte();
        int length = prefix.nextInt();
        if (version != VERSION) {
            return new OtherVersion(version);
        }
        if (length < 0 || length > BODY_BYTES_MAX) {
            throw prefix.malformed("a greeting of " + length + " bytes");
        }
        bytes = Arrays.copyOf(bytes, PREFIX_BYTES + length + Integer.BYTES);
        readFully(channel, bytes, PREFIX_BYTES, length + Integer.BYTES, deadlineNs);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, PREFIX_BYTES + length);
        if ((int) checksum.getValue() != ByteBuffer.wrap(bytes).getInt(PREFIX_BYTES + length)) {
            throw new MalformedException(PREFIX_BYTES + length, "the checksum of a greeting is wrong");
        }
        WireReader reader = new WireReader(bytes, PREFIX_BYTES, length);
        Greeting greeting = read(kind, reader);
        reader.end();
        return greeting;
    }

    private static Greeting read(int kind, WireReader reader) {
        return switch (kind) {
            case PEER -> new PeerHello(identity(reader), serverId(reader), lane(reader), reader.nextLong());
            case KNOCK -> new Knock(identity(reader), serverId(reader));
            case CLIENT -> new ClientHello(reader.nextText(NAME_BYTES_MAX));
            case WELCOME -> new Welcome(identity(reader));
            case CLIENT_WELCOME -> new ClientWelcome(reader.nextText(NAME_BYTES_MAX), reader.nextText(NAME_BYTES_MAX));
            case REFUSED -> new Refused(reader.nextText(MEMBERS_BYTES_MAX));
            case CONFIRMED -> new Confirmed();
            default -> throw reader.malformed("a greeting of kind " + kind);
        };
    }

    private static void put(WireWriter writer, Identity identity) {
        Introduction introduction = identity.introduction;
        writer.putText(identity.clusterId, NAME_BYTES_MAX).putText(identity.serializer, NAME_BYTES_MAX)
                .putInt(identity.serializerVersion)
                .putText(introduction.id().value(), NAME_BYTES_MAX).putUuid(introduction.incarnation())
                .putLong(introduction.boot()).putUuid(introduction.run())
                .putText(introduction.members(), MEMBERS_BYTES_MAX).putByte(introduction.inDoubt() ? 1 : 0)
                .putByte(introduction.formed().size());
        introduction.formed()
                .forEach((id, incarnation) -> writer.putText(id.value(), NAME_BYTES_MAX).putUuid(incarnation));
        List<Sighting> seen = introduction.seen();
        seen = seen.subList(Math.max(0, seen.size() - SIGHTINGS_MAX), seen.size());
        writer.putByte(seen.size());
        seen.forEach(start -> writer.putUuid(start.incarnation()).putLong(start.boot()).putUuid(start.run())
                .putText(start.address(), NAME_BYTES_MAX));
    }

    private static Identity identity(WireReader reader) {
        String clusterId = reader.nextText(NAME_BYTES_MAX);
        String serializer = reader.nextText(NAME_BYTES_MAX);
        int serializerVersion = reader.nextInt();
        ServerId id = serverId(reader);
        UUID incarnation = reader.nextUuid();
        long boot = reader.nextLong();
        UUID run = reader.nextUuid();
        String members = reader.nextText(MEMBERS_BYTES_MAX);
        boolean inDoubt = reader.nextByte() != 0;
        int count = reader.nextByte();
        SortedMap<ServerId, UUID> formed = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            formed.put(serverId(reader), reader.nextUuid());
        }
        List<Sighting> seen = new ArrayList<>();
        int sightings = reader.nextByte();
        for (int i = 0; i < sightings; i++) {
            seen.add(new Sighting(reader.nextUuid(), reader.nextLong(), reader.nextUuid(),
                    reader.nextText(NAME_BYTES_MAX)));
        }
        return new Identity(clusterId, serializer, serializerVersion, new Introduction(id, incarnation, boot, run,
                members, Collections.unmodifiableSortedMap(formed), inDoubt, seen));
    }

    private static ServerId serverId(WireReader reader) {
        String name = reader.nextText(NAME_BYTES_MAX);
        try {
            return new ServerId(name);
        } catch (IllegalArgumentException e) {
            throw reader.malformed(e.getMessage());
        }
    }

    private static Lane lane(WireReader reader) {
        return switch (reader.nextByte()) {
            case 0 -> Lane.CONTROL;
            case 1 -> Lane.DATA;
            default -> throw reader.malformed("an unknown lane");
        };
    }

    private static void readFully(SocketChannel channel, byte[] bytes, int offset, int length, long deadlineNs)
            throws IOException {
        InputStream in = channel.socket().getInputStream();
        int have = 0;
        while (have < length) {
            channel.socket().setSoTimeout(Sockets.millisLeft(deadlineNs));
            int count = in.read(bytes, offset + have, length - have);
            if (count < 0) {
                throw new EOFException("closed by the other side during the handshake");
            }
            have += count;
            // Whoever is not of ours is told apart by the first bytes, not after 16 of them.
            if (offset == 0) {
                checkMagic(bytes, have);
            }
        }
    }

    private static void checkMagic(byte[] bytes, int have) {
        byte[] magic = ByteBuffer.allocate(Long.BYTES).putLong(MAGIC).array();
        for (int i = 0; i < Math.min(have, magic.length); i++) {
            if (bytes[i] != magic[i]) {
                throw new MalformedException(i, "something other than Driftless' protocol");
            }
        }
    }
}
