package io.driftless.ops.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Scanner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Where the ports of local nodes come from: of a thousand, two clusters on one machine would often want the same. */
@EnabledOnOs(OS.LINUX)
class LoopbackPortsTest {

    private static final int MANY = 100;

    @Test
    void theyComeFromTheWholeRangeBelowTheOnesOfOutgoingConnections() throws Exception {
        int first;
        try (Scanner range = new Scanner(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))) {
            first = range.nextInt();
        }
        assumeTrue(first > 20_000, "outgoing connections begin at " + first);
        List<Integer> ports = LoopbackPorts.free(MANY);
        assertEquals(MANY, new HashSet<>(ports).size());
        assertTrue(ports.stream().allMatch(port -> port >= 10_000 && port < first), ports::toString);
        // None of so many by chance: that is less likely than one in 10^25.
        assertTrue(ports.stream().anyMatch(port -> port > (10_000 + first) / 2), ports::toString);
    }
}
