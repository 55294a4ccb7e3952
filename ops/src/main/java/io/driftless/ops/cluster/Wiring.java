package io.driftless.ops.cluster;

import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.time.Duration;

/** The one place that says by which transport commands reach a cluster. */
final class Wiring {

    private Wiring() { }

    static ClientTransport clients() {
        throw new IllegalStateException("the transport is not merged yet");
    }

    static NodeProbe probe(String address, Duration timeout) throws IOException {
        throw new IOException("the transport is not merged yet");
    }
}
