package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.TransferOutcome;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The clients' encoding: everything there and back, and strict about what it reads. */
final class ClientCodecTest {

    private static final List<ClientRequest> REQUESTS = List.of(new ClientRequest.Execute(Long.MIN_VALUE,
            Long.MAX_VALUE, Bytes.utf8("c")),
            new ClientRequest.Query(-1, 7, Consistency.LINEARIZABLE, Bytes.EMPTY),
            new ClientRequest.Query(8, 0, Consistency.STALE, Bytes.utf8("query")),
            new ClientRequest.Query(9, 1, Consistency.atLeast(1L << 40), Bytes.utf8("query")),
            new ClientRequest.Status(0),
            new ClientRequest.OpenSession(1, 2, new UUID(3, -4), Long.MAX_VALUE, -1, Long.MIN_VALUE),
            new ClientRequest.NameSession(5, ClientRequest.NUMBER_MAX, new UUID(-6, 7)),
            new ClientRequest.CloseSession(8, 9), new ClientRequest.TakeSnapshot(12, 13),
            new ClientRequest.TransferLeadership(14, 15, new ServerId("n2")),
            new ClientRequest.TransferLeadership(16, 0, ServerId.NONE),
            new ClientRequest.ExecuteInSession(10, 11, 65_536, 1, Bytes.utf8("c")));

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
        replies.add(new ClientReply.QueryAnswered(5, new QueryOutcome.Answered(18, Result.ok(new byte[0]),
                Optional.empty()), ""));
        replies.add(new ClientReply.QueryAnswered(6, new QueryOutcome.Answered(0, Result.failed(3, "no"),
                Optional.of(Duration.ofNanos(77))), "10.0.0.1:7001"));
        for (QueryOutcome.Reason reason : QueryOutcome.Reason.values()) {
            replies.add(new ClientReply.QueryAnswered(7, new QueryOutcome.Failed(reason, "why"), "n2:7002"));
        }
        replies.add(new ClientReply.StatusAnswered(6, "{\"node\":\"n1\"}"));
        replies.add(new ClientReply.SessionNamed(7, 19));
        replies.add(new ClientReply.OutOfOrder(8, 20));
        replies.add(new ClientReply.TransferAnswered(11, new TransferOutcome.Transferred("n2")));
        for (TransferOutcome.Reason reason : TransferOutcome.Reason.values()) {
            replies.add(new ClientReply.TransferAnswered(12, new TransferOutcome.NotTransferred(reason, "größer")));
        }
        replies.add(new ClientReply.SnapshotAnswered(9, new SnapshotOutcome.Taken(1L << 50, 1L << 40,
                Duration.ofNanos(21))));
        for (SnapshotOutcome.Reason reason : SnapshotOutcome.Reason.values()) {
            replies.add(new ClientReply.SnapshotAnswered(10, new SnapshotOutcome.NotTaken(reason, 22, "größer")));
        }
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
    void refusesNumbersOfASessionThatNoLogHasRoomFor() {
        byte[] good = bytes(ClientCodec.encode(REQUESTS.getLast(), 3));
        byte[] body = body(good, Frame.at(good, 0).bodyLength());
        int serialAt = 1 + 2 * Long.BYTES;
        for (long[] bad : new long[][] {{0, 0}, {-1, 1}, {5, 6}, {5, 0}, {5, -5}, {65_537, 1},
                {Long.MAX_VALUE, Long.MAX_VALUE}}) {
            ByteBuffer.wrap(body).putLong(serialAt, bad[0]).putLong(serialAt + Long.BYTES, bad[1]);
            assertThrows(MalformedException.class, () -> ClientCodec.request(frame(body, body.length)),
                    Arrays.toString(bad));
        }
        byte[] named = bytes(ClientCodec.encode(new ClientRequest.NameSession(1, 1, new UUID(0, 0)), 3));
        byte[] namedBody = body(named, Frame.at(named, 0).bodyLength());
        for (long session : new long[] {0, -1, Long.MAX_VALUE}) {
            ByteBuffer.wrap(namedBody).putLong(1 + Long.BYTES, session);
            assertThrows(MalformedException.class, () -> ClientCodec.request(frame(namedBody, namedBody.length)));
        }
    }

    @Test
    void refusesASnapshotThatCannotBe() {
        byte[] good = bytes(ClientCodec.encode(new ClientReply.SnapshotAnswered(1, new SnapshotOutcome.Taken(1, 0,
                Duration.ZERO)), 3));
        byte[] body = body(good, Frame.at(good, 0).bodyLength());
        for (int field = 0; field < 3; field++) {
            byte[] bad = body.clone();
            ByteBuffer.wrap(bad).putLong(2 + (1 + field) * Long.BYTES, -1);
            assertThrows(MalformedException.class, () -> ClientCodec.reply(frame(bad, bad.length)), "field " + field);
        }
    }

    @Test
    void randomBodiesAreMessagesOrMalformedAndNothingElse() {
        Random random = new Random(19);
        for (int i = 0; i < 20_000; i++) {
            byte[] body = new byte[random.nextInt(40)];
            random.nextBytes(body);
            if (body.length > 0) {
                body[0] = (byte) random.nextInt(10);
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
