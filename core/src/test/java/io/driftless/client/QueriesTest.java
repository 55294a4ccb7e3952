package io.driftless.client;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QueriesTest {

    /** One that is answered at once. */
    private static ClientConfig config() {
        return ClientConfig.builder("a:1", (clusterId, address, timeout, listener) -> new ClientChannel() {
            @Override
            public boolean send(ClientRequest request) {
                Thread.ofVirtual().start(() -> listener.replied(List.of(new ClientReply.QueryAnswered(request.id(),
                        new QueryOutcome.Answered(1, Result.ok(), Optional.empty()), ""))));
                return true;
            }

            @Override
            public void close() { }
        }).build();
    }

    /** Each thread keeps its own deadline, however near that is. */
    @Test
    void queriesThatAreAnsweredAtOnceDoNotWakeTheWatchEach() {
        Router router = new Router(config());
        AtomicInteger walks = new AtomicInteger();
        Watch watch = new Watch(new Watch.Calls() {
            @Override
            public boolean isQuiet() {
                return false;
            }

            @Override
            public long endOverdue(long nowNs) {
                walks.incrementAndGet();
                return Long.MAX_VALUE;
            }
        });
        Queries queries = new Queries(router, watch, 100);
        int asked = 0;
        // It looks each second all the same.
        for (long beganNs = System.nanoTime(); asked < 2_000
                && System.nanoTime() - beganNs < TimeUnit.SECONDS.toNanos(60); asked++) {
            assertInstanceOf(QueryOutcome.class, queries.ask(Bytes.EMPTY, Consistency.LINEARIZABLE,
                    System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(900)));
        }
        queries.close();
        router.close();
        watch.close();
        assertTrue(walks.get() < 200, walks + " walks for " + asked + " queries");
    }
}
