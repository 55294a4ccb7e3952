package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A member that is known by its host name comes back at another address, as a rescheduled container does. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "all of 127.0.0.0/8 is loopback on Linux only")
class MovedPeerTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Pattern IN_THE_CLUSTER = Pattern.compile("leader \\(won the election\\)|follower of n1");

    @TempDir
    private Path folder;

    private List<Integer> ports = List.of();

    @Test
    void isFoundByItsNameByPeersAndClients() throws Exception {
        ports = LoopbackPorts.free(2);
        twoIsAt("127.0.0.1");
        try (CommandRun n1 = node("n1", "127.0.0.1")) {
            try (CommandRun n2 = node("n2", "127.0.0.1")) {
                awaitMembership(n2);
            }
            twoIsAt("127.0.0.3");
            try (CommandRun n2 = node("n2", "127.0.0.3")) {
                awaitMembership(n2);
                awaitDone("kv", "put", "--cluster", "two.test:" + ports.get(1), "greeting", "hello");
            }
            assertTrue(n1.process().isAlive(), n1::err);
        }
    }

    private void twoIsAt(String address) throws IOException {
        Path written = Files.writeString(folder.resolve("hosts.new"), address + " two.test\n");
        Files.move(written, folder.resolve("hosts"), StandardCopyOption.REPLACE_EXISTING);
    }

    private CommandRun node(String id, String address) throws IOException {
        Path config = Files.writeString(folder.resolve(id + ".properties"), """
                cluster.id=c
                cluster.members=n1=127.0.0.1:%d,n2=two.test:%d
                node.id=%s
                bind=%s:%d
                data.dir=%s
                """.formatted(ports.get(0), ports.get(1), id, address, ports.get(id.equals("n1") ? 0 : 1),
                folder.resolve(id)));
        return command("node", "--config", config.toString());
    }

    private CommandRun command(String... arguments) throws IOException {
        return CommandRun.start(folder, Map.of("JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + folder.resolve("hosts")
                + " -Dsun.net.inetaddr.ttl=0 -Dsun.net.inetaddr.negative.ttl=0"), arguments);
    }

    /** Again if the leader was deposed meanwhile, as a pause of this machine can do. */
    private void awaitDone(String... arguments) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            try (CommandRun run = command(arguments)) {
                assertEquals(0, run.exitCode(), run.err());
            }
        });
    }

    private static void awaitMembership(CommandRun node) {
        await().atMost(PATIENCE).untilAsserted(() ->
                assertTrue(IN_THE_CLUSTER.matcher(node.err()).find(), node::err));
    }
}
