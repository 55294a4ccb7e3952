package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.cluster.MemberStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three node processes whose leader gets SIGKILL: the others notice by their sockets that it is gone (R41). */
class LeaderKilledProcessTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** No election timeout passes on a machine that is short of time. */
    private static final Map<String, String> SETTINGS = Map.of("log.segment.bytes", "8MiB",
            "election.timeout.min", "6s", "election.timeout.max", "12s");

    @TempDir
    private Path folder;

    @Test
    void aLeaderThatIsKilledIsReplacedWithoutAnElectionTimeout() throws Exception {
        ScratchFolder scratch = ScratchFolder.createIn(folder);
        try (LocalCluster cluster = LocalCluster.startAndAwaitLeader(scratch, 3, SETTINGS, 256, PATIENCE,
                started -> { })) {
            MemberStatus leader = cluster.status().leader().orElseThrow();
            long term = leader.number("term");
            cluster.node(leader.node()).kill();
            MemberStatus next = await().atMost(PATIENCE).until(() -> cluster.status().leader()
                    .filter(member -> member.number("term") > term), Optional::isPresent).orElseThrow();
            String log = Files.readString(scratch.path().resolve(next.node() + ".log"), StandardCharsets.UTF_8);
            assertTrue(log.contains(leader.node() + ", which led, is gone"), log);
        }
    }
}
