package io.driftless.testkit;

import io.driftless.codec.Serializer;
import io.driftless.codec.Serializers;
import io.driftless.tck.ProcessEndContract;
import io.driftless.transport.TransportFactory;
import java.util.concurrent.atomic.AtomicInteger;

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
        return Serializers.byName("kryo");
    }
}
