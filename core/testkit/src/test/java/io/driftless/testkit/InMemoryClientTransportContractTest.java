package io.driftless.testkit;

import io.driftless.codec.Serializer;
import io.driftless.tck.ClientTransportContract;
import io.driftless.transport.TransportFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** The clients' contract on the in-memory network. */
final class InMemoryClientTransportContractTest extends ClientTransportContract {

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
        return new InMemoryTransportContractTest.UnusedSerializer();
    }
}
