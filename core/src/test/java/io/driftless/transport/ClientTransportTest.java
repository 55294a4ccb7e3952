package io.driftless.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a transport of a user's own has of generations, which only tells what the node told. */
class ClientTransportTest {

    private final AtomicInteger closed = new AtomicInteger();
    private final ClientTransport.Listener nobody = new ClientTransport.Listener() {
        @Override
        public void replied(List<ClientReply> replies) { }

        @Override
        public void closed(String why) { }
    };

    private ClientChannel channelOf(long generation) {
        return new ClientChannel() {
            @Override
            public boolean send(ClientRequest request) {
                return true;
            }

            @Override
            public long generation() {
                return generation;
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }

    @Test
    void aNodeOfAnotherGenerationIsLeftAndOneThatKnowsNoneIsTaken() throws Exception {
        for (long told : new long[] {ClientTransport.GENERATION_UNKNOWN, 0, 7}) {
            ClientChannel channel = channelOf(told);
            ClientTransport transport = (clusterId, address, timeout, listener) -> channel;
            for (long meant : new long[] {ClientTransport.GENERATION_UNKNOWN, 0, 7}) {
                if (told == meant || told < 0 || meant < 0) {
                    assertSame(channel, transport.connect("c", meant, "host:1", Duration.ofSeconds(1), nobody));
                } else {
                    closed.set(0);
                    assertEquals("host:1 belongs to another generation of cluster 'c': " + told + ", not " + meant,
                            assertThrows(ClientTransport.OtherClusterException.class, () -> transport.connect("c",
                            meant, "host:1", Duration.ofSeconds(1), nobody)).getMessage());
                    assertEquals(1, closed.get());
                }
            }
        }
    }
}
