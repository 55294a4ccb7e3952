package io.driftless.testkit;

import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.log.Bytes;
import io.driftless.raft.Message;
import io.driftless.tck.TransportContract;
import io.driftless.transport.TransportFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** The transport contract on the in-memory network. */
final class InMemoryTransportContractTest extends TransportContract {

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
