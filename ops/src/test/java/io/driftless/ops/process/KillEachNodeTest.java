package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvExchange;
import io.driftless.ops.cluster.NodeProbe;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three node processes under load; each in turn is killed with SIGKILL and restarted. Nothing acknowledged may be lost.
 */
class KillEachNodeTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int OUTSTANDING = 32;
    private static final int MORE = 300;

    @TempDir
    private Path folder;

    private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    void nothingAcknowledgedIsLostWhenEachNodeIsKilledInTurnUnderLoad() throws Exception {
        ScratchFolder scratch = ScratchFolder.createIn(folder);
        try (LocalCluster cluster = LocalCluster.startAndAwaitLeader(scratch, 3, Map.of("log.segment.bytes", "8MiB"),
                256, PATIENCE, started -> { })) {
            Thread load = Thread.ofPlatform().name("load").start(() -> load(cluster.addresses()));
            try {
                awaitMore();
                String leader = cluster.awaitLeader(PATIENCE);
                // The leader first, the others after it: each is the leader or a follower that the majority needs.
                Set<String> order = new LinkedHashSet<>();
                order.add(leader);
                order.addAll(cluster.names());
                for (String name : order) {
                    cluster.node(name).kill();
                    awaitMore();
                    cluster.restart(name);
                    awaitCaughtUp(cluster, name);
                    awaitMore();
                }
            } finally {
                stop.set(true);
                load.join();
            }
            awaitAgreement(cluster);
            Set<Integer> lost = new TreeSet<>();
            for (String name : cluster.names()) {
                Set<Integer> missing = new TreeSet<>(acknowledged);
                missing.removeAll(present(cluster.address(name)));
                lost.addAll(missing);
            }
            System.out.println("kill each node in turn: " + cluster.names().size() + " nodes killed, "
                    + acknowledged.size()
                    + " commands acknowledged, " + rejected + " rejected, " + unknown + " unknown, " + lost.size()
                    + " lost");
            assertEquals(Set.of(), lost);
            assertTrue(acknowledged.size() >= 7 * MORE);
        }
    }

    private void load(String addresses) {
        Semaphore free = new Semaphore(OUTSTANDING);
        try (KvClient client = KvClient.connect(addresses, 2 * OUTSTANDING)) {
            for (int number = 1; !stop.get(); number++) {
                int sent = number;
                free.acquireUninterruptibly();
                client.submit(new KvCommand.Put(key(number), value(number)), ANSWER).thenAccept(exchange -> {
                    settled(sent, exchange);
                    free.release();
                });
            }
            free.acquireUninterruptibly(OUTSTANDING);
        }
    }

    private void settled(int number, KvExchange exchange) {
        switch (exchange.outcome()) {
            case Outcome.Committed committed -> acknowledged.add(number);
            case Outcome.Rejected refused -> rejected.incrementAndGet();
            case Outcome.Unknown open -> unknown.incrementAndGet();
        }
    }

    private void awaitMore() {
        int before = acknowledged.size();
        await().atMost(PATIENCE).until(() -> acknowledged.size() >= before + MORE);
    }

    /** Only with three nodes whole again may the next one be killed: two of three would be no majority. */
    private static void awaitCaughtUp(LocalCluster cluster, String name) throws Exception {
        long goal = applied(cluster.address(cluster.awaitLeader(PATIENCE)));
        await().atMost(PATIENCE).ignoreExceptions().until(() -> applied(cluster.address(name)) >= goal);
    }

    private static void awaitAgreement(LocalCluster cluster) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            Set<NodeProbe.Summary> summaries = new HashSet<>();
            for (String name : cluster.names()) {
                try (NodeProbe probe = NodeProbe.connect(cluster.address(name), ANSWER)) {
                    summaries.add(probe.summary(ANSWER));
                }
            }
            return summaries.size() == 1;
        });
    }

    private static long applied(String address) throws IOException {
        try (NodeProbe probe = NodeProbe.connect(address, ANSWER)) {
            return probe.summary(ANSWER).applied();
        }
    }

    /** The numbers whose values are there and right. */
    private static Set<Integer> present(String address) throws IOException {
        Set<Integer> numbers = new HashSet<>();
        try (NodeProbe probe = NodeProbe.connect(address, ANSWER)) {
            Bytes from = Bytes.EMPTY;
            KvAnswer.Page page;
            do {
                page = probe.rows(new KvQuery.Scan(Bytes.EMPTY, from, 1000), ANSWER).page();
                for (KvAnswer.Row row : page.rows()) {
                    int number = Integer.parseInt(row.key().utf8());
                    assertEquals(value(number), row.value());
                    numbers.add(number);
                }
                from = page.rows().isEmpty() ? from : page.next();
            } while (page.more());
        }
        return numbers;
    }

    private static Bytes key(int number) {
        return Bytes.utf8(Integer.toString(number));
    }

    private static Bytes value(int number) {
        return Bytes.utf8("value of " + number);
    }
}
