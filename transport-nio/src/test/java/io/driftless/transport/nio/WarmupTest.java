package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What is made before a node is ready. */
class WarmupTest {

    @Test
    void anInterruptedThreadStartsANode() {
        String address = FreePorts.address();
        Thread.currentThread().interrupt();
        try (TestServer server = TestServer.start("n1", "n1=" + address)) {
            assertTrue(Thread.interrupted(), "the interrupt is kept");
            assertEquals(address, server.transport.address());
        } finally {
            Thread.interrupted();
        }
    }
}
