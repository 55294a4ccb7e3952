package io.driftless.transport.nio;

import io.driftless.codec.Serializer;
import io.driftless.tck.ProcessEndContract;
import io.driftless.transport.TransportFactory;

/** What the transport tells of processes that are gone. */
final class NioProcessEndTest extends ProcessEndContract {

    @Override
    protected TransportFactory factory() {
        return NioTransport.tcp();
    }

    @Override
    protected String freeAddress() {
        return FreePorts.address();
    }

    @Override
    protected Serializer serializer() {
        return new PlainSerializer(1);
    }
}
