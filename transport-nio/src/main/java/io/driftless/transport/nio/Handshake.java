package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.ServerId;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * What both sides say before the first frame: the one who connects greets, the other answers, and on the second lane of
 * a link the one who connected confirms. One side of one connection. Confined to one thread.
 *
 * <pre>
 *   0   8  magic "DRFTLESS"
 *   8   2  newest version of the protocol that the sender speaks
 *  10   1  kind
 *  11   1  how many versions before that one it speaks too, without a gap
 *  12   4  body length, at most 64 KiB
 *  16      body, see {@link Greetings}
 *          CRC32C of everything before, 4 bytes
 * </pre>
 *
 * <p>The first 16 bytes stay as they are in every version, so that each side knows from them what the other speaks.
 * Both use the highest version that they have in common; if there is none, each names both ranges and goes away. From
 * version 3 on, a later version only adds to the end of a greeting's body. Whoever speaks an earlier one ignores what
 * it does not know, so the side that speaks first needs no second attempt.
 */
final class Handshake {

    /** The longest body. */
    static final int BODY_BYTES_MAX = 64 << 10;

    private static final long MAGIC = 0x4452_4654_4c45_5353L;
    private static final int PREFIX_BYTES = 16;

    private final SocketChannel channel;
    private final Versions own;
    private int version;

    /** Over a socket that was just connected, on the side that speaks these versions. */
    Handshake(SocketChannel channel, Versions own) {
        this.channel = channel;
        this.own = own;
        this.version = own.newest();
    }

    /** Something that is said. */
    sealed interface Greeting { }

    /** What a server must agree on with a peer, and tells of itself. */
    record Identity(String clusterId, String serializer, int serializerVersion, Introduction introduction) { }

    /**
     * A server with the smaller id opens one lane of a link, or either side the bulk lane on which it sends: that names
     * the link that stands.
     */
    record PeerHello(Identity from, ServerId to, Lane lane, long link) implements Greeting { }

    /** A server with the larger id has started and would like to be connected to. */
    record Knock(Identity from, ServerId to) implements Greeting { }

    /**
     * A client connects; an empty cluster takes any, and so does {@link
     * io.driftless.transport.ClientTransport#GENERATION_UNKNOWN} as its generation.
     */
    record ClientHello(String clusterId, long generation) implements Greeting { }

    /** The answer to a peer: good. */
    record Welcome(Identity from) implements Greeting { }

    /** The answer to a client: good, if that is the cluster and the generation that it means. */
    record ClientWelcome(String clusterId, String server, long generation) implements Greeting { }

    /** The answer to anybody: no, in one line. */
    record Refused(String why) implements Greeting { }

    /** Both lanes stand at the side that dialed. */
    record Confirmed() implements Greeting { }

    /** The other side speaks no version that this one speaks; all that we know of it. */
    record OtherVersion(Versions theirs, Versions own) implements Greeting {

        /** In one line, as a server says it. */
        String why() {
            return "it speaks " + theirs + " of the protocol, this server " + own;
        }
    }

    /** The socket. */
    SocketChannel channel() {
        return channel;
    }

    /** What both sides speak, once the other one has said something. */
    int version() {
        return version;
    }

    /** Says something. */
    void send(Greeting greeting) throws IOException {
        WireWriter writer = new WireWriter(PREFIX_BYTES, 512);
        int kind = Greetings.put(writer, greeting);
        int bodyLength = writer.length() - PREFIX_BYTES;
        ByteBuffer.wrap(writer.array()).putLong(MAGIC).putShort((short) own.newest()).put((byte) kind)
                .put((byte) (own.newest() - own.oldest())).putInt(bodyLength);
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
    Greeting receive(long deadlineNs) throws IOException {
        byte[] bytes = new byte[PREFIX_BYTES];
        readFully(bytes, 0, PREFIX_BYTES, deadlineNs);
        WireReader prefix = new WireReader(bytes, 0, PREFIX_BYTES);
        prefix.nextLong();
        int newest = prefix.nextShort();
        int kind = prefix.nextByte();
        Versions theirs = new Versions(Math.max(0, newest - prefix.nextByte()), newest);
        int length = prefix.nextInt();
        OptionalInt common = own.highestIn(theirs);
        if (common.isEmpty()) {
            takeWhatIsThere();
            return new OtherVersion(theirs, own);
        }
        version = common.getAsInt();
        if (length < 0 || length > BODY_BYTES_MAX) {
            throw prefix.malformed("a greeting of " + length + " bytes");
        }
        bytes = Arrays.copyOf(bytes, PREFIX_BYTES + length + Integer.BYTES);
        readFully(bytes, PREFIX_BYTES, length + Integer.BYTES, deadlineNs);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, PREFIX_BYTES + length);
        if ((int) checksum.getValue() != ByteBuffer.wrap(bytes).getInt(PREFIX_BYTES + length)) {
            throw new MalformedException(PREFIX_BYTES + length, "the checksum of a greeting is wrong");
        }
        WireReader reader = new WireReader(bytes, PREFIX_BYTES, length);
        Greeting greeting = Greetings.read(kind, reader);
        if (newest <= own.newest()) {
            reader.end();
        }
        return greeting;
    }

    /** Bytes that are left unread when a socket is closed can keep the other side from reading the answer. */
    private void takeWhatIsThere() throws IOException {
        InputStream in = channel.socket().getInputStream();
        in.readNBytes(Math.min(in.available(), BODY_BYTES_MAX));
    }

    private void readFully(byte[] bytes, int offset, int length, long deadlineNs) throws IOException {
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
