package io.driftless.transport.nio;

import io.driftless.codec.Serializer;
import io.driftless.tck.ClientTransportContract;
import io.driftless.transport.TransportFactory;

/** The clients' contract over TCP. */
final class NioClientTransportContractTest extends ClientTransportContract {

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
