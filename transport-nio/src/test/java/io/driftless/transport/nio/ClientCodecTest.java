package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The clients' encoding: everything there and back, and strict about what it reads. */
final class ClientCodecTest {

    private static final List<ClientRequest> REQUESTS = List.of(new ClientRequest.Execute(Long.MIN_VALUE,
            Long.MAX_VALUE, Bytes.utf8("c")),
            new ClientRequest.LocalQuery(-1, Bytes.EMPTY), new ClientRequest.Status(0));

    private static List<ClientReply> replies() {
        List<ClientReply> replies = new ArrayList<>();
        replies.add(new ClientReply.CommandAnswered(1, new Outcome.Committed(17, Result.ok(new byte[] {0, -1})),
                "[::1]:7001"));
        replies.add(new ClientReply.CommandAnswered(2, new Outcome.Committed(17, Result.failed(-3, "größer")), ""));
        for (Outcome.Reason reason : Outcome.Reason.values()) {
            replies.add(new ClientReply.CommandAnswered(3, new Outcome.Rejected(reason, "dét", Duration.ofMillis(7)),
                    "host:1"));
        }
        for (Outcome.Why why : Outcome.Why.values()) {
            replies.add(new ClientReply.CommandAnswered(4, new Outcome.Unknown(why), ""));
        }
        replies.add(new ClientReply.QueryAnswered(5, 18, Result.ok(new byte[0])));
        replies.add(new ClientReply.StatusAnswered(6, "{\"node\":\"n1\"}"));
        return replies;
    }

    private static byte[] bytes(Outgoing frame) {
        ByteBuffer bytes = ByteBuffer.allocate((int) frame.length());
        frame.takeInto(bytes);
        return bytes.array();
    }

    /** A good frame around any body. */
    private static Frame frame(byte[] body, int length) {
        byte[] head = new byte[Frame.HEADER_BYTES + length];
        System.arraycopy(body, 0, head, Frame.HEADER_BYTES, length);
        return Frame.at(bytes(Frame.outgoing(Frame.Type.CLIENT_REQUEST, head, head.length, List.of(), 0)), 0);
    }

    private static byte[] body(byte[] frame, int bodyLength) {
        return Arrays.copyOfRange(frame, Frame.HEADER_BYTES, Frame.HEADER_BYTES + bodyLength);
    }

    @Test
    void everythingSurvivesTheWay() {
        for (ClientRequest request : REQUESTS) {
            assertEquals(request, ClientCodec.request(Frame.at(bytes(ClientCodec.encode(request, 3)), 0)));
        }
        for (ClientReply reply : replies()) {
            assertEquals(reply, ClientCodec.reply(Frame.at(bytes(ClientCodec.encode(reply, 3)), 0)));
        }
    }

    @Test
    void refusesABodyThatIsTooShortOrTooLong() {
        for (ClientReply reply : replies()) {
            byte[] good = bytes(ClientCodec.encode(reply, 3));
            int length = Frame.at(good, 0).bodyLength();
            byte[] body = body(good, length);
            for (int shorter = 0; shorter < length; shorter++) {
                Frame bad = frame(body, shorter);
                assertThrows(MalformedException.class, () -> ClientCodec.reply(bad), reply + " cut to " + shorter);
            }
            Frame longer = frame(Arrays.copyOf(body, length + 1), length + 1);
            assertThrows(MalformedException.class, () -> ClientCodec.reply(longer));
        }
        for (ClientRequest request : REQUESTS) {
            byte[] good = bytes(ClientCodec.encode(request, 3));
            int length = Frame.at(good, 0).bodyLength();
            for (int other : new int[] {0, length - 1, length + 1}) {
                Frame bad = frame(Arrays.copyOf(body(good, length), other), other);
                assertThrows(MalformedException.class, () -> ClientCodec.request(bad), request + " cut to " + other);
            }
        }
    }

    @Test
    void randomBodiesAreMessagesOrMalformedAndNothingElse() {
        Random random = new Random(19);
        for (int i = 0; i < 20_000; i++) {
            byte[] body = new byte[random.nextInt(40)];
            random.nextBytes(body);
            if (body.length > 0) {
                body[0] = (byte) random.nextInt(5);
            }
            Frame frame = frame(body, body.length);
            for (Runnable decoding
                    : List.<Runnable>of(() -> ClientCodec.request(frame), () -> ClientCodec.reply(frame))) {
                try {
                    decoding.run();
                } catch (MalformedException expected) {
                    assertTrue(expected.position() >= 0);
                }
            }
        }
    }
}
