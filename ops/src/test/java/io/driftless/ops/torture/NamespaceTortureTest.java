package io.driftless.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.process.CommandRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes in network namespaces, on file systems that fill up; nothing of it is visible outside. */
@Tag("root")
class NamespaceTortureTest {

    private static final long LIMIT_S = 180;

    @TempDir
    private Path folder;

    @Test
    void nothingIsLostDoubledOrOutOfOrderOnRealNetworksAndFullDisks() throws Exception {
        long seed = Long.getLong("driftless.torture.seed", System.nanoTime() % 1_000_000_000);
        System.out.println("torture seed " + seed + " in namespaces");
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--net", "--propagation", "private",
                "sh", "-c", "mount -t tmpfs tmpfs /run && mkdir /run/netns && ip link set lo up && exec \"$@\"", "sh"));
        command.addAll(CommandRun.java(folder));
        command.removeLast();
        command.addAll(List.of("-Ddriftless.top=" + System.getProperty("driftless.top"),
                NamespaceTorture.class.getName(), Path.of("target", "torture").toString(), Long.toString(seed)));
        Process process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            assertTrue(process.waitFor(LIMIT_S, TimeUnit.SECONDS), "it does not end");
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly().onExit().join();
        }
    }
}
