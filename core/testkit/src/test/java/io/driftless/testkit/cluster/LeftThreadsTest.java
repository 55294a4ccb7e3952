package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.machine.MachineContext;
import io.driftless.node.Members;
import io.driftless.node.RaftNode;
import io.driftless.node.driver.Engine;
import io.driftless.node.driver.EngineAccess;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing a cluster fails if something of it still runs. */
@Timeout(180)
class LeftThreadsTest {

    @Test
    void closingFailsOnAThreadThatAMachineHasLeft() {
        CountDownLatch release = new CountDownLatch(1);
        InMemoryCluster cluster = InMemoryCluster.of(1, () -> new Counter() {
            @Override
            public long open(MachineContext context) {
                Thread.ofPlatform().daemon(true).name("left-behind").start(() -> {
                    try {
                        release.await();
                    } catch (InterruptedException interrupt) {
                        Thread.currentThread().interrupt();
                    }
                });
                return 0;
            }
        });
        AssertionError left = assertThrows(AssertionError.class, cluster::close);
        assertEquals("threads are left after all nodes were closed: [left-behind]", left.getMessage());
        release.countDown();
        cluster.close();
    }

    @Test
    void aNodeThatCannotStartItsSecondThreadLeavesNotTheFirst() throws Exception {
        Engine real = Engine.ofThreads();
        List<Engine.Errands> started = new ArrayList<>();
        Engine narrow = (Engine) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Engine.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("standby")) {
                        if (!started.isEmpty()) {
                            throw new OutOfMemoryError("unable to create native thread");
                        }
                        started.add(real.standby((String) arguments[0]));
                        return started.getFirst();
                    }
                    return method.invoke(real, arguments);
                });
        RaftNode.Builder builder = RaftNode.builder("c", "left", Members.parse("left=a:1"))
                .storage(new InMemoryStorage()).transport(new InMemoryNetwork().factory())
                .stateMachine(Counter::new);
        assertEquals(EndCause.OUT_OF_RESOURCES, assertThrows(NodeStartException.class, () ->
                EngineAccess.start(builder, narrow)).endCause());
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("driftless-left-")) {
                thread.join();
            }
        }
    }
}
