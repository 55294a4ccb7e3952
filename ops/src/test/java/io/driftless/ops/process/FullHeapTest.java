package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvExchange;
import io.driftless.ops.cluster.LoadRun;
import io.driftless.ops.cluster.MemberStatus;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvReply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State that wants more room than there is: by the quota, and where the quota is too large, by the heap. */
class FullHeapTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** A client tries again until its time is over; a node that only pauses must have answered by then. */
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(5);
    private static final long MIB = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void everyServerRefusesTheSameAboveTheQuota() throws Exception {
        try (LocalCluster cluster = start(3, 128); KvClient client = KvClient.connect(cluster.addresses(), 16)) {
            done(client, new KvCommand.SetQuota(8 * MIB));
            LoadRun.Tally tally = new LoadRun(300, 100_000, 2, 8, PATIENCE).run(cluster.addresses(),
                    (settled, committed) -> { });
            assertTrue(tally.refused() > 0, tally::toString);
            KvReply.Usage usage = assertInstanceOf(KvReply.Usage.class, done(client, new KvCommand.Usage()));
            // So many values of 100,000 bytes fit, with their keys and 100 bytes for each.
            assertEquals(83, usage.keys());
            await().atMost(PATIENCE).until(() -> cluster.status().members().stream()
                    .map(member -> member.json().map(json -> json.path("machine").toString()).orElse("none"))
                    .collect(Collectors.toSet()).equals(Set.of("{\"keys\":83,\"quota_bytes\":"
                    + 8 * MIB + ",\"used_bytes\":" + usage.usedBytes() + "}")));
        }
    }

    @Test
    void aNodeWhoseHeapIsNearlyFullRefusesLivesOnAndOpensAgain() throws Exception {
        try (LocalCluster cluster = start(1, 64); KvClient client = KvClient.connect(cluster.addresses(), 16)) {
            done(client, new KvCommand.SetQuota(4096 * MIB));
            LoadRun.Tally tally = new LoadRun(300, 300_000, 4, 16, REFUSED_WITHIN).run(cluster.addresses(),
                    (settled, committed) -> { });
            assertTrue(tally.rejected() > 0 && tally.committed() > 0, tally::toString);
            KvExchange refused = client.execute(new KvCommand.Put(Bytes.utf8("k"), Bytes.utf8("v")),
                    REFUSED_WITHIN);
            assertEquals(Outcome.Reason.OVERLOADED,
                    assertInstanceOf(Outcome.Rejected.class, refused.outcome()).reason());
            await().atMost(PATIENCE).untilAsserted(() -> {
                MemberStatus member = member(cluster);
                assertTrue(member.text("blocked").contains("the heap is nearly full: "), member::toString);
            });
            await().atMost(PATIENCE).until(() -> cluster.node("n1").lastLines(1000).stream()
                    .anyMatch(line -> line.contains("WARN") && line.contains("the heap is nearly full: ")));
            AtomicLong applied = new AtomicLong(-1);
            await().atMost(PATIENCE).until(() -> {
                applied.set(member(cluster).number("applied"));
                return applied.get() >= 0;
            });
            cluster.node("n1").kill();
            cluster.restart("n1");
            cluster.awaitLeader(PATIENCE);
            await().atMost(PATIENCE).until(() -> member(cluster).number("applied") > applied.get());
            assertTrue(cluster.node("n1").isAlive());
        }
    }

    private LocalCluster start(int nodes, long heapMib) throws Exception {
        return LocalCluster.startAndAwaitLeader(ScratchFolder.createIn(folder), nodes,
                Map.of("log.segment.bytes", "8MiB"), heapMib, PATIENCE, started -> { });
    }

    /** Executes it until that is known to be done: a pause of this machine may depose the leader meanwhile. */
    private static KvReply done(KvClient client, KvCommand command) {
        AtomicReference<KvExchange> last = new AtomicReference<>();
        await().atMost(PATIENCE).until(() -> {
            last.set(client.execute(command, PATIENCE));
            return last.get().isDone();
        });
        return last.get().reply().orElseThrow();
    }

    private static MemberStatus member(LocalCluster cluster) throws InterruptedException {
        return cluster.status().members().getFirst();
    }
}
