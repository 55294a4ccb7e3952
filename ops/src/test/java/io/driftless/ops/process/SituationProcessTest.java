package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real node processes that cannot work as they should: what they and {@code status} say of it. */
class SituationProcessTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    private Path folder;

    @Test
    void aLostQuorumIsExplainedOnceAndWhoIsBackIsTold() throws Exception {
        try (LocalCluster cluster = cluster()) {
            String all = cluster.addresses();
            await().atMost(PATIENCE).until(() -> status(all).exitCode() == 0);
            cluster.node("n2").kill();
            String before = log(cluster, "n1");
            long fromNs = System.nanoTime();
            signal(cluster, "n3", "STOP");
            try {
                await().atMost(PATIENCE).until(() -> log(cluster, "n1").contains(
                        "no quorum: 1 of 3 reachable for ") && log(cluster, "n1").contains(
                        ", missing n2 (refused), n3 (silent)"));
                // Long enough for many rounds of an election: there are three a second.
                await().atMost(PATIENCE).untilAsserted(() -> {
                    CommandRun status = status(all);
                    assertTrue(status.out().matches("(?s).*no quorum: 1 of 3 reachable for ([7-9]|\\d\\d+) s,"
                            + " missing n2 .refused., n3 .silent..*"), status.out());
                    assertEquals(1, status.exitCode(), status.out());
                    List<String> rows = status.out().lines().toList();
                    assertTrue(rows.getFirst().endsWith("LAG  REMARKS"), status.out());
                    assertTrue(rows.get(2).matches("n2 +\\S+ +unreachable .*"), status.out());
                    assertTrue(rows.get(3).matches("n3 +\\S+ +unreachable .*"), status.out());
                });
                await().atMost(PATIENCE).untilAsserted(() -> {
                    CommandRun put = CommandRun.start(folder, "kv", "put", "k", "v", "--cluster",
                            cluster.address("n1"), "--timeout", "5s");
                    assertEquals(1, put.exitCode());
                    assertTrue(put.err().contains("not the leader, no quorum: 1 of 3 reachable for "), put.err());
                });
                CommandRun newest = get(cluster, "linearizable");
                assertEquals(1, newest.exitCode());
                assertTrue(newest.err().matches("(waiting for .*\n)?failed: no_leader: .*no quorum: 1 of 3 .*\n"),
                        newest.err());
                CommandRun stale = get(cluster, "stale");
                assertEquals(0, stale.exitCode(), stale.err());
                assertTrue(stale.err().startsWith("absent (index "), stale.err());
                assertToldSeldom(log(cluster, "n1").substring(before.length()), System.nanoTime() - fromNs);
            } finally {
                signal(cluster, "n3", "CONT");
            }
            await().atMost(PATIENCE).until(() -> status(all).exitCode() == 0);
            cluster.restart("n2");
            await().atMost(PATIENCE).until(() -> log(cluster, "n1").contains("connected with n2 again, after "));
        }
    }

    @Test
    void aServerThatLostItsDiskSaysWhatItIsAndSoDoItsPeers() throws Exception {
        try (LocalCluster cluster = cluster()) {
            cluster.node("n1").kill();
            delete(cluster.dataFolder("n1"));
            cluster.restart("n1");
            String says = "not a member by its data: the cluster of ";
            await().atMost(PATIENCE).until(() -> log(cluster, "n1").contains(says));
            await().atMost(PATIENCE).until(() -> {
                List<String> rows = status(cluster.addresses()).out().lines().toList();
                return rows.get(1).startsWith("n1 ") && rows.get(1).contains(says)
                        && rows.stream().skip(2).anyMatch(row -> row.contains(" leader ")
                        && row.endsWith("missing n1 (has lost its data: not counted)"));
            });
            await().atMost(PATIENCE).untilAsserted(() -> {
                String seenByOthers = status(cluster.addresses(), "--json").out();
                assertTrue(seenByOthers.contains("\"counted\":false"), seenByOthers);
                CommandRun alone = status(cluster.address("n1"), "--json");
                assertEquals(1, alone.exitCode());
                assertTrue(alone.out().contains("\"blocked\":\"" + says), alone.out());
            });
            cluster.node("n1").terminate();
            assertTrue(cluster.node("n1").awaitEnd(PATIENCE));
            assertEquals(0, cluster.node("n1").exitCode());
            assertTrue(cluster.node("n1").lastLines(1).getFirst().contains("stopped, as it was: " + says),
                    cluster.node("n1").lastLines(5)::toString);
        }
    }

    @Test
    void aFormingClusterNamesTheReasonForEachThatItWaitsFor() throws Exception {
        List<Integer> ports = LoopbackPorts.free(3);
        String three = "n1=127.0.0.1:%d,n2=127.0.0.1:%d,n3=127.0.0.1:%d".formatted(ports.toArray());
        String four = three + ",n4=no-such-host.invalid:7001";
        try (CommandRun n1 = node("n1", "walk", four); CommandRun n2 = node("n2", "other", four);
                CommandRun n3 = node("n3", "walk", three)) {
            await().atMost(PATIENCE).until(() -> n1.err().lines().anyMatch(line -> line.contains(
                    "forming: waiting for n2 (other cluster id: n1 belongs to cluster 'walk', n2 to cluster 'other'), "
                            + "n3 (member lists differ: it has voters [n1, n2, n3]), n4 (host not found)")
                    || line.contains("forming: waiting for n2 (other cluster id: n2 belongs to cluster 'other', n1 to "
                            + "cluster 'walk'), n3 (member lists differ: it has voters [n1, n2, n3]), n4 (host not")));
            await().atMost(PATIENCE).until(() -> n3.err().contains("n1 (member lists differ: it has voters "
                    + "[n1, n2, n3, n4])"));
            await().atMost(PATIENCE).untilAsserted(() -> {
                CommandRun status = status("n1=127.0.0.1:" + ports.getFirst() + ",n4=127.0.0.1:" + ports.get(1));
                assertEquals(1, status.exitCode());
                assertTrue(status.out().contains("n4 (host not found)"), status.out());
                assertTrue(status.out().contains("this is n2, not n4"), status.out());
            });
            assertTrue(n2.process().isAlive());
        }
    }

    private LocalCluster cluster() throws Exception {
        return LocalCluster.startAndAwaitLeader(ScratchFolder.createIn(folder), 3, Map.of("log.segment.bytes", "8MiB"),
                256, PATIENCE, started -> { });
    }

    private CommandRun get(LocalCluster cluster, String consistency) throws IOException {
        return CommandRun.start(folder, "kv", "get", "k", "--consistency", consistency, "--cluster",
                cluster.address("n1"), "--timeout", "3s");
    }

    private CommandRun node(String id, String clusterId, String members) throws IOException {
        Path config = Files.writeString(folder.resolve(id + ".properties"), "cluster.id=" + clusterId
                + "\ncluster.members=" + members + "\nnode.id=" + id + "\ndata.dir=" + folder.resolve("data-" + id)
                + "\n");
        return CommandRun.start(folder, "node", "--config", config.toString());
    }

    private CommandRun status(String cluster, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("status", "--cluster", cluster, "--timeout", "2s"));
        arguments.addAll(List.of(more));
        CommandRun run = CommandRun.start(folder, arguments.toArray(String[]::new));
        run.exitCode();
        return run;
    }

    private static String log(LocalCluster cluster, String name) {
        return String.join("\n", cluster.node(name).lastLines(Integer.MAX_VALUE));
    }

    /** Each kind of line comes no sooner than five seconds after the one before, however long all this takes. */
    private static void assertToldSeldom(String log, long elapsedNs) {
        long most = 3 + elapsedNs / 5_000_000_000L;
        assertTrue(count(log, "no quorum: ") <= most, log);
        assertTrue(count(log, "pre_candidate (election timeout)") <= most, log);
    }

    private static long count(String log, String words) {
        return log.lines().filter(line -> line.contains(words)).count();
    }

    private static void signal(LocalCluster cluster, String name, String signal) throws Exception {
        int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(cluster.node(name).pid())).inheritIO().start()
                .waitFor();
        assertEquals(0, exit);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
