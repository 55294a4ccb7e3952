package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames out of a stream of bytes, however it is cut. */
final class FrameReaderTest {

    private static final int FRAME_BYTES_MAX = 1 << 20;
    private static final int BUFFER_BYTES_MAX = 64 << 10;

    /** Gives its bytes in pieces of random size, then ends. */
    private static final class Pieces implements ReadableByteChannel {
        private final ByteBuffer bytes;
        private final Random random;
        private final int pieceMax;

        Pieces(byte[] bytes, long seed, int pieceMax) {
            this.bytes = ByteBuffer.wrap(bytes);
            this.random = new Random(seed);
            this.pieceMax = pieceMax;
        }

        @Override
        public int read(ByteBuffer target) {
            if (!bytes.hasRemaining()) {
                return -1;
            }
            int count = Math.min(Math.min(target.remaining(), bytes.remaining()), 1 + random.nextInt(pieceMax));
            byte[] piece = new byte[count];
            bytes.get(piece);
            target.put(piece);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() { }
    }

    private static byte[] bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] stream(List<byte[]> bodies, List<List<Bytes>> payloads) {
        return stream(Frame.Type.CLIENT_REPLY, bodies, payloads);
    }

    private static byte[] stream(Frame.Type type, List<byte[]> bodies, List<List<Bytes>> payloads) {
        ByteBuffer all = ByteBuffer.allocate(16 << 20);
        for (int i = 0; i < bodies.size(); i++) {
            byte[] head = new byte[Frame.HEADER_BYTES + bodies.get(i).length];
            System.arraycopy(bodies.get(i), 0, head, Frame.HEADER_BYTES, bodies.get(i).length);
            Outgoing frame = Frame.outgoing(type, head, head.length, payloads.get(i), i);
            // In steps, as a full write buffer would.
            boolean done = false;
            while (!done) {
                all.limit(Math.min(all.capacity(), all.position() + 1_000));
                done = frame.takeInto(all);
                all.limit(all.capacity());
            }
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    private static FrameReader reader(byte[] bytes, long seed, int pieceMax) {
        return new FrameReader(new Pieces(bytes, seed, pieceMax), Frame.Type.CLIENT_REPLY, FRAME_BYTES_MAX,
                BUFFER_BYTES_MAX);
    }

    @Test
    void readsWhatWasWrittenHoweverItIsCut() throws IOException {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<byte[]> bodies = new ArrayList<>();
            List<List<Bytes>> payloads = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                bodies.add(bytes(random, random.nextInt(200)));
                int size = random.nextInt(10) == 0 ? 200_000 : 300;
                payloads.add(List.of(Bytes.wrap(bytes(random, random.nextInt(size))), Bytes.EMPTY,
                        Bytes.wrap(bytes(random, random.nextInt(size)))));
            }
            byte[] stream = stream(bodies, payloads);
            FrameReader reader = reader(stream, seed, seed % 2 == 0 ? 400 : 200_000);
            int next = 0;
            while (next < bodies.size()) {
                for (Frame frame : reader.read()) {
                    assertArrayEquals(bodies.get(next),
                            Arrays.copyOfRange(frame.array(), frame.bodyOffset(), frame.bodyOffset()
                            + frame.bodyLength()));
                    ByteBuffer expected = ByteBuffer.allocate(frame.payload().length());
                    payloads.get(next).forEach(payload -> expected.put(payload.asByteBuffer()));
                    assertArrayEquals(expected.array(), frame.payload().toByteArray(), "seed " + seed);
                    assertEquals(next, frame.received());
                    next++;
                }
            }
            assertEquals(stream.length, reader.bytesRead());
            assertThrows(EOFException.class, reader::read);
        }
    }

    /** What is kept of one must not keep a whole read alive. */
    @Test
    void framesOfOneReadShareNoMemory() throws IOException {
        List<byte[]> bodies = new ArrayList<>();
        List<List<Bytes>> payloads = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            bodies.add(new byte[20]);
            payloads.add(List.of(Bytes.wrap(new byte[100 + i])));
        }
        List<Frame> frames = reader(stream(bodies, payloads), 1, 200_000).read();
        assertEquals(30, frames.size());
        frames.forEach(frame -> assertEquals(frame.length(), frame.array().length));
    }

    @Test
    void noticesEveryFlippedBit() {
        byte[] good = stream(List.of(bytes(new Random(1), 20)), List.of(List.of(Bytes.wrap(bytes(new Random(2), 50)))));
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            assertThrows(MalformedException.class, () -> reader(bad, 1, 1_000).read(), "bit " + bit);
        }
    }

    @Test
    void noticesAFlippedBitOfALengthBeforeTheRestHasCome() {
        byte[] good = stream(List.of(bytes(new Random(1), 20)), List.of(List.of()));
        byte[] bad = Arrays.copyOf(good, Frame.HEADER_BYTES);
        bad[9] ^= 1;
        MalformedException malformed = assertThrows(MalformedException.class, () -> reader(bad, 1, 1_000).read());
        assertEquals("the checksum of a frame's header is wrong at byte 0", malformed.getMessage());
    }

    @Test
    void noticesTheEndWithinAFrame() {
        byte[] good = stream(List.of(bytes(new Random(1), 20)),
                List.of(List.of(Bytes.wrap(bytes(new Random(2), 200_000)))));
        for (int length : new int[] {1, 31, 32, 40, 52, 10_000, good.length - 1}) {
            assertThrows(MalformedException.class, () -> reader(Arrays.copyOf(good, length), 1, 1_000).read(), "after "
                    + length);
        }
    }

    @Test
    void keepsTheBodyOfARequestThatIsTooLong() throws IOException {
        List<byte[]> bodies = List.of(bytes(new Random(1), 20), bytes(new Random(2), 17), bytes(new Random(3), 20));
        List<List<Bytes>> payloads = List.of(List.of(), List.of(Bytes.wrap(bytes(new Random(4), FRAME_BYTES_MAX))),
                List.of(Bytes.wrap(bytes(new Random(5), 50))));
        byte[] good = stream(Frame.Type.CLIENT_REQUEST, bodies, payloads);
        for (int pieceMax : new int[] {30, 1_000, 1 << 20}) {
            FrameReader reader = new FrameReader(new Pieces(good, 1, pieceMax), Frame.Type.CLIENT_REQUEST,
                    FRAME_BYTES_MAX, BUFFER_BYTES_MAX);
            List<Frame> frames = new ArrayList<>();
            while (frames.size() < 3) {
                frames.addAll(reader.read());
            }
            Frame cut = frames.get(1);
            assertTrue(cut.isCut() && !frames.get(0).isCut() && !frames.get(2).isCut());
            assertArrayEquals(bodies.get(1), Arrays.copyOfRange(cut.array(), cut.bodyOffset(), cut.array().length));
            assertEquals(FRAME_BYTES_MAX, cut.payloadLength());
            assertEquals(0, cut.payload().length());
            assertArrayEquals(payloads.get(2).getFirst().toByteArray(), frames.get(2).payload().toByteArray());
            assertEquals(good.length, reader.bytesRead());
        }
        byte[] bad = good.clone();
        bad[good.length / 2] ^= 1;
        FrameReader reader = new FrameReader(new Pieces(bad, 1, 1_000), Frame.Type.CLIENT_REQUEST, FRAME_BYTES_MAX,
                BUFFER_BYTES_MAX);
        assertEquals(1, reader.read().size());
        assertThrows(MalformedException.class, reader::read);
    }

    @Test
    void refusesAFrameThatIsTooLong() {
        byte[] tooLong = stream(List.of(new byte[0]), List.of(List.of(Bytes.wrap(new byte[FRAME_BYTES_MAX]))));
        assertThrows(MalformedException.class, () -> reader(tooLong, 1, 1_000).read());
    }
}
