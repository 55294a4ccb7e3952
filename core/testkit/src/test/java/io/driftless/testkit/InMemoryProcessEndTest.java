package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.log.Bytes;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.tck.RecordingReceiver;
import io.driftless.tck.TestMessages;
import io.driftless.tck.ProcessEndContract;
import io.driftless.transport.TransportFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.Test;

/** What the transport tells of processes that are gone. */
final class InMemoryProcessEndTest extends ProcessEndContract {

    private final InMemoryNetwork network = new InMemoryNetwork();
    private final AtomicInteger ports = new AtomicInteger();

    @Override
    protected TransportFactory factory() {
        return network.factory();
    }

    @Override
    protected String freeAddress() {
        return "memory:" + ports.incrementAndGet();
    }

    @Override
    protected Serializer serializer() {
        return new UnusedSerializer();
    }

    @Test
    void theEndOfTheBulkLaneLosesWhatIsOnItAndNothingElse() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        RecordingReceiver receiver = second.receiver();
        receiver.await("a connection", () -> first.receiver().peers().size() == 1 && receiver.peers().size() == 1);
        receiver.hold(Lane.BULK);
        first.transport().send(N2, Lane.BULK, TestMessages.chunk(0, 10));
        receiver.await("a delivery", () -> receiver.isDelivering(Lane.BULK));
        first.transport().send(N2, Lane.BULK, TestMessages.chunk(1, 10));
        network.resetBulk("n1", "n2");
        first.transport().send(N2, Lane.BULK, TestMessages.chunk(2, 10));
        receiver.release(Lane.BULK);
        receiver.await("the part after it", () -> receiver.messages(Lane.BULK).size() == 2);
        assertEquals(List.of(TestMessages.chunk(0, 10), TestMessages.chunk(2, 10)), receiver.messages(Lane.BULK));
        assertEquals(1, receiver.changes());
    }

    @Test
    void whatDoesNotFitIntoTheBulkLaneIsLostAndTheConnectionStands() {
        Node first = node(N1, 1);
        Node second = node(N2, 1);
        RecordingReceiver receiver = second.receiver();
        receiver.await("a connection", () -> first.receiver().peers().size() == 1 && receiver.peers().size() == 1);
        receiver.hold(Lane.BULK);
        first.transport().send(N2, Lane.BULK, TestMessages.chunk(0, 10));
        receiver.await("a delivery", () -> receiver.isDelivering(Lane.BULK));
        for (long i = 1; i <= 20; i++) {
            first.transport().send(N2, Lane.BULK, TestMessages.chunk(i, 1 << 20));
        }
        receiver.release(Lane.BULK);
        receiver.await("what has fit", () -> receiver.messages(Lane.BULK).size() == 8);
        first.transport().send(N2, Lane.CONTROL, TestMessages.heartbeat(1));
        receiver.await("the control lane", () -> receiver.messages(Lane.CONTROL).size() == 1);
        assertEquals(8, receiver.messages(Lane.BULK).size());
        assertEquals(1, receiver.changes());
    }

    /** Messages pass by reference. */
    static final class UnusedSerializer implements Serializer {
        @Override
        public String name() {
            return "unused";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public int id() {
            return 100;
        }

        @Override
        public int encode(Message message, MutableDirectBuffer buffer, int offset) {
            throw new AssertionError("nothing is encoded in memory");
        }

        @Override
        public Message decode(DirectBuffer buffer, int offset, int length, Bytes payloads) {
            throw new AssertionError("nothing is decoded in memory");
        }

        @Override
        public String toText(Message message) {
            return message.toString();
        }

        @Override
        public int encodeRecord(RecordBody body, MutableDirectBuffer buffer, int offset) {
            throw new AssertionError("nothing is encoded in memory");
        }

        @Override
        public RecordBody decodeRecord(DirectBuffer buffer, int offset, int length) {
            throw new AssertionError("nothing is decoded in memory");
        }

        @Override
        public String toText(RecordBody body) {
            return body.toString();
        }
    }
}
