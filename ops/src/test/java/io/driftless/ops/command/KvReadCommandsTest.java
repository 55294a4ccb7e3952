package io.driftless.ops.command;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.cluster.MemberStatus;
import io.driftless.ops.console.Console;
import io.driftless.ops.process.LocalCluster;
import io.driftless.ops.process.ScratchFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code kv get} and {@code kv scan} say, with and without an answer, against real nodes. */
class KvReadCommandsTest {

    private static final Map<String, String> SETTINGS = Map.of("log.segment.bytes", "8MiB");
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static LocalCluster cluster;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        cluster = LocalCluster.startAndAwaitLeader(ScratchFolder.createIn(folder), 1, SETTINGS, 256, PATIENCE,
                started -> { });
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aLinearizableScanSaysAtWhichIndex() {
        assertEquals(0, run("kv", "put", "linear/a", "1"));
        assertEquals(0, run("kv", "put", "linear/b", "2"));
        out.reset();
        err.reset();
        assertEquals(0, run("kv", "scan", "--prefix", "linear/", "--linearizable"), err::toString);
        assertEquals("linear/a\t1\nlinear/b\t2\n", out());
        assertTrue(error().matches("linearizable, index=\\d+, 2 rows\n"), err::toString);
        out.reset();
        assertEquals(0, run("kv", "scan", "--prefix", "linear/b", "--linearizable", "--json"));
        assertTrue(out().matches("(?s).*\n\\{\"op\":\"scan\",\"outcome\":\"answered\",\"local\":false,"
                + "\"address\":null,\"first_applied\":\\d+,\"applied\":\\d+,\"rows\":1,\"more\":false,"
                + "\"reason\":null}\n"), out());
    }

    @Test
    void aScanWithoutAnAnswerSaysWhy() {
        for (boolean local : new boolean[] {false, true}) {
            List<String> scan = new ArrayList<>(List.of("kv", "scan", "--timeout", "300ms"));
            if (!local) {
                scan.add("--linearizable");
            }
            err.reset();
            assertEquals(1, runOn("127.0.0.1:1", scan.toArray(String[]::new)));
            assertTrue(error().matches("failed: unreachable: .*Connection refused.*\n"), error());
            out.reset();
            err.reset();
            scan.add("--json");
            assertEquals(1, runOn("127.0.0.1:1", scan.toArray(String[]::new)));
            assertTrue(out().matches("\\{\"op\":\"scan\",\"outcome\":\"failed\",\"local\":" + local
                    + ",\"address\":null,\"first_applied\":null,\"applied\":null,\"rows\":0,\"more\":null,"
                    + "\"reason\":\"unreachable: .*\"}\n"), out());
            assertEquals("", error());
        }
    }

    @Test
    void whatAReadMustShowCanBeChosen() {
        assertEquals(0, run("kv", "put", "read/k", "v", "--json"));
        String index = out().replaceFirst("(?s).*\"index\":(\\d+).*", "$1");
        for (String consistency : List.of("linearizable", "STALE", "at-least:" + index)) {
            for (String member : List.of(cluster.addresses(), "n1=" + cluster.addresses(), "n1")) {
                out.reset();
                assertEquals(0, runOn("n1=" + cluster.addresses(), "kv", "get", "read/k", "--consistency",
                        consistency, "--member", member), err::toString);
                assertEquals("v\n", out());
            }
        }
    }

    @Test
    void aReadWithoutAnAnswerSaysWhy() {
        String member = cluster.addresses();
        List<String> ahead = List.of("kv", "get", "read/k", "--consistency", "at-least:999999999", "--timeout",
                "300ms");
        List<String> nobody = List.of("kv", "get", "read/k", "--timeout", "300ms");
        failsWith("timeout: .*", ahead);
        failsWith("timeout: " + member + ": .*", and(ahead, "--member", member));
        failsWith("unreachable: 127.0.0.1:1: Connection refused", and(nobody, "--member", "127.0.0.1:1"));
    }

    private void failsWith(String reason, List<String> get) {
        err.reset();
        assertEquals(1, run(get.toArray(String[]::new)));
        assertTrue(error().matches("failed: " + reason + "\n"), error());
        out.reset();
        err.reset();
        assertEquals(1, run(and(get, "--json").toArray(String[]::new)));
        assertTrue(out().matches("\\{\"op\":\"get\",\"key\":\"read/k\",\"outcome\":\"failed\",\"index\":null,"
                + "\"value\":null,\"micros\":\\d+,\"reason\":\"" + reason + "\",\"version\":null,"
                + "\"age_ms\":null}\n"), out());
        assertEquals("", error());
    }

    private static List<String> and(List<String> words, String... more) {
        return Stream.concat(words.stream(), Stream.of(more)).toList();
    }

    @Test
    void aReadThatWaitsForOneMemberNamesThatOne() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + silent.getLocalPort();
            assertEquals(1, runOn("n1=" + cluster.addresses() + ",n2=" + address, "kv", "get", "read/k",
                    "--member", "n2", "--timeout", "2500ms"));
            assertTrue(error().matches("waiting for " + address + ", 2 s\nfailed: unreachable: " + address
                    + " accepted the connection but said nothing within 2\\d{3} ms\n"), error());
        }
    }

    @Test
    void aMemberThatKnowsNoLeaderSaysSo(@TempDir Path folder) throws Exception {
        try (LocalCluster pair = LocalCluster.startAndAwaitLeader(ScratchFolder.createIn(folder), 2, SETTINGS, 256,
                PATIENCE, started -> { })) {
            pair.node(pair.status().leader().orElseThrow().node()).kill();
            MemberStatus left = await().atMost(PATIENCE).until(() -> pair.status().members().stream()
                    .filter(MemberStatus::isReachable).filter(member -> !member.knowsALeader()).findAny(),
                    Optional::isPresent).orElseThrow();
            failsWith("no_leader: " + left.address() + ": .*", List.of("kv", "get", "read/k", "--member",
                    left.address()));
        }
    }

    private int run(String... arguments) {
        return runOn(cluster.addresses(), arguments);
    }

    private int runOn(String addresses, String... arguments) {
        String[] all = Stream.concat(Stream.of(arguments), Stream.of("--cluster", addresses)).toArray(String[]::new);
        return CommandTree.execute(Console.of(InputStream.nullInputStream(), out, err), all);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String error() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
