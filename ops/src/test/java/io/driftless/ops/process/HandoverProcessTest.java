package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.cluster.MemberStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three node processes that hand leadership over (R26): because the leader gets SIGTERM, or is asked to. */
class HandoverProcessTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** No election timeout passes on a machine that is short of time. */
    private static final Map<String, String> SETTINGS = Map.of("log.segment.bytes", "8MiB",
            "election.timeout.min", "3s", "election.timeout.max", "6s");

    @TempDir
    private Path folder;

    private static String log(ScratchFolder scratch, String name) throws IOException {
        return Files.readString(scratch.path().resolve(name + ".log"), StandardCharsets.UTF_8);
    }

    @Test
    void aLeaderThatIsStoppedHandsOver() throws Exception {
        ScratchFolder scratch = ScratchFolder.createIn(folder);
        try (LocalCluster cluster = LocalCluster.startAndAwaitLeader(scratch, 3, SETTINGS, 256, PATIENCE,
                started -> { })) {
            MemberStatus leader = cluster.status().leader().orElseThrow();
            long term = leader.number("term");
            cluster.node(leader.node()).terminate();
            assertTrue(cluster.node(leader.node()).awaitEnd(PATIENCE));
            assertEquals(0, cluster.node(leader.node()).exitCode(), () -> String.join("\n", cluster.node(leader.node())
                    .lastLines(20)));
            MemberStatus next = await().atMost(PATIENCE).until(() -> cluster.status().leader()
                    .filter(member -> member.number("term") > term), Optional::isPresent).orElseThrow();
            assertEquals(term + 1, next.number("term"));
            String line = "term " + (term + 1) + ": candidate (its leader hands over)";
            await().atMost(PATIENCE).until(() -> log(scratch, next.node()).contains(line));
        }
    }

    @Test
    void aSuccessorThatStandsStillCostsTheLeaderNothingButTheTime() throws Exception {
        ScratchFolder scratch = ScratchFolder.createIn(folder);
        try (LocalCluster cluster = LocalCluster.startAndAwaitLeader(scratch, 3, SETTINGS, 256, PATIENCE,
                started -> { })) {
            MemberStatus leader = cluster.status().leader().orElseThrow();
            String target = cluster.names().stream().filter(name -> !name.equals(leader.node())).findFirst()
                    .orElseThrow();
            signal("STOP", cluster.node(target));
            try {
                CommandRun run = CommandRun.start(folder, "admin", "transfer", "--to", target, leader.address(),
                        "--timeout", "30s");
                assertEquals(1, run.exitCode(), run.out());
                // It may have been noticed before that it is silent.
                assertTrue(run.err().strip().matches("(?s).*driftless: " + leader.node() + ": leadership was not handed"
                        + " over: " + target + " (was told, and has not taken over|is not connected|has not caught up)"
                        + ".*"), run.err());
                MemberStatus still = MemberStatus.askAll(List.of(leader.address()), Duration.ofSeconds(5)).getFirst();
                assertEquals("leader " + leader.number("term"), still.text("role") + " " + still.number("term"));
                CommandRun put = CommandRun.start(folder, "kv", "put", "k", "v", "--timeout", "1m", "--cluster",
                        cluster.addresses());
                assertEquals(0, put.exitCode(), put.err());
            } finally {
                signal("CONT", cluster.node(target));
            }
        }
    }

    private static void signal(String signal, ChildNode node) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", "-" + signal, Long.toString(node.pid())).inheritIO().start()
                .waitFor());
    }
}
