package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.client.MemberClient;
import io.driftless.client.RaftClient;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A client's JVM needs no flag: it does not even need Agrona on its class path. */
class FlaglessClientTest {

    @Test
    void aClientRunsWithoutFlagsAndWithoutAgrona() throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m", "-XX:TieredStopAtLevel=1",
                "-cp", location(RaftClient.class) + File.pathSeparator + location(FlaglessClientTest.class),
                FlaglessClientTest.class.getName())
                .redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(true, process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), output);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }

    /** The client's process: ends with 0 if all went well. */
    public static void main(String[] arguments) throws IOException {
        try (ScriptedServers servers = new ScriptedServers()) {
            servers.at("a:1").follows("b:2");
            servers.at("b:2").leads();
            try (RaftClient client = RaftClient.connect(servers.config("a:1").build()); MemberClient admin =
                    MemberClient.connect(servers, "b:2", Duration.ofSeconds(60))) {
                Outcome executed = client.execute(new byte[] {1}, Duration.ofSeconds(60));
                Outcome submitted = client.submit(new byte[] {2}, Duration.ofSeconds(60)).join();
                admin.statusJson(Duration.ofSeconds(60));
                admin.query(new byte[] {3}, Consistency.STALE, Duration.ofSeconds(60));
                if (!(executed instanceof Outcome.Committed && submitted instanceof Outcome.Committed)) {
                    throw new IllegalStateException(executed + ", " + submitted);
                }
            }
        }
    }
}
