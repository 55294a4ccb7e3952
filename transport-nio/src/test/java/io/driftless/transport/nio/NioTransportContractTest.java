package io.driftless.transport.nio;

import io.driftless.codec.Serializer;
import io.driftless.tck.TransportContract;
import io.driftless.transport.TransportFactory;

/** The transport contract over TCP. */
final class NioTransportContractTest extends TransportContract {

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
