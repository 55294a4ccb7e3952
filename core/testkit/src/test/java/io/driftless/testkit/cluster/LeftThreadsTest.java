package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.machine.MachineContext;
import io.driftless.testkit.InMemoryCluster;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing a cluster fails if something of it still runs. */
@Timeout(60)
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
}
