package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.ops.cluster.ClusterStatus;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.MemberStatus;
import io.driftless.ops.kv.KvCommand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real nodes under {@code log.durability=os}: who is in doubt after which end (R18). */
class DurabilityProcessTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Pattern ABOVE_ALL_LOST = Pattern.compile("term 10000000\\d\\d: leader \\(won the election\\)");

    @TempDir
    private Path folder;

    @Test
    void aKilledProcessIsSureAndOneWhoseMachineRestartedCatchesUpFirst() throws Exception {
        ScratchFolder scratch = ScratchFolder.createIn(folder);
        try (LocalCluster cluster = LocalCluster.startAndAwaitLeader(scratch, 3, Map.of("log.durability", "os",
                "log.segment.bytes", "8MiB"), 256, PATIENCE, started -> { })) {
            put(cluster, 50);
            String leader = cluster.awaitLeader(PATIENCE);
            String victim = cluster.names().stream().filter(name -> !name.equals(leader)).findFirst().orElseThrow();
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() ->
                    assertEquals("os", statusOf(cluster, victim).text("durability")));

            cluster.node(victim).kill();
            put(cluster, 10);
            cluster.restart(victim);
            awaitCaughtUp(cluster, victim);
            assertFalse(told(cluster, victim, "in doubt since term"));

            cluster.node(victim).kill();
            restartMachine(cluster.dataFolder(victim));
            put(cluster, 10);
            cluster.restart(victim);
            awaitCaughtUp(cluster, victim);
            await().atMost(PATIENCE).until(() -> told(cluster, victim, "not in doubt any more: caught up with"));
            assertTrue(told(cluster, victim, "in doubt since term"));
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
                MemberStatus sure = statusOf(cluster, victim);
                assertTrue(sure.isReachable() && !sure.isInDoubt(), sure::toString);
            });
        }
    }

    @Test
    void aSingleNodeInDoubtGoesOnOnlyWhenTheLossIsAccepted() throws Exception {
        int port = LoopbackPorts.free(1).getFirst();
        Path config = Files.writeString(folder.resolve("n1.properties"), "cluster.id=c\ncluster.members=n1=127.0.0.1:"
                + port + "\nnode.id=n1\nlog.durability=os\ndata.dir=" + folder.resolve("data") + "\n");
        try (CommandRun node = CommandRun.start(folder, "node", "--config", config.toString())) {
            await().atMost(PATIENCE).until(() -> node.err().contains("leader (won the election)"));
            node.process().destroyForcibly().waitFor();
        }
        restartMachine(folder.resolve("data"));
        try (CommandRun node = CommandRun.start(folder, "node", "--config", config.toString())) {
            await().atMost(PATIENCE).until(() -> node.err().contains("in doubt since term "));
            await().atMost(PATIENCE).ignoreExceptions().until(() -> new ClusterStatus(MemberStatus.askAll(
                    List.of("127.0.0.1:" + port), Duration.ofSeconds(2))).advice().isPresent());
            node.process().toHandle().destroy();
            assertEquals(0, node.exitCode(), node.err());
        }
        try (CommandRun node = CommandRun.start(folder, "node", "--config", config.toString(), "--accept-loss")) {
            await().atMost(PATIENCE).until(() -> node.err().contains("LOSS ACCEPTED"));
            // A pause deposes a single node as well: each time it leads in a later term.
            await().atMost(PATIENCE).until(() -> ABOVE_ALL_LOST.matcher(node.err()).find());
        }
    }

    private static void put(LocalCluster cluster, int count) {
        try (KvClient client = KvClient.connect(cluster.addresses(), 64)) {
            for (int i = 0; i < count; i++) {
                KvCommand.Put put = new KvCommand.Put(Bytes.utf8("k" + i), Bytes.utf8("v"));
                // The leader may be deposed by a pause of this machine; once more does no harm.
                await().atMost(PATIENCE).until(() -> client.execute(put, PATIENCE).outcome()
                        instanceof Outcome.Committed);
            }
        }
    }

    private static MemberStatus statusOf(LocalCluster cluster, String name) throws InterruptedException {
        return cluster.status().members().stream().filter(member -> member.text("node").equals(name)).findFirst()
                .orElseThrow();
    }

    private static void awaitCaughtUp(LocalCluster cluster, String name) throws Exception {
        // Asked anew each time: another one may lead by now.
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            ClusterStatus status = cluster.status();
            long committed = status.leader().orElseThrow().number("commit");
            return status.members().stream().anyMatch(member -> member.text("node").equals(name)
                    && member.number("commit") == committed);
        });
    }

    private static boolean told(LocalCluster cluster, String name, String words) {
        return cluster.node(name).lastLines(1000).stream().anyMatch(line -> line.contains(words));
    }

    /** Writes another kernel's boot id into the hard state, as docs/log-format.md describes it. */
    private static void restartMachine(Path data) throws IOException {
        Path file = data.resolve("hard-state");
        byte[] bytes = Files.readAllBytes(file);
        for (int page = 0; page < bytes.length; page += 4096) {
            ByteBuffer copy = ByteBuffer.wrap(bytes, page, 176).slice().order(ByteOrder.LITTLE_ENDIAN);
            if (copy.getInt(0) != 0) {
                copy.putLong(40, 1).putLong(48, 1);
                CRC32C crc = new CRC32C();
                crc.update(bytes, page + 8, 168);
                copy.putInt(4, (int) crc.getValue());
            }
        }
        Files.write(file, bytes);
    }
}
