package io.driftless.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.junit.jupiter.api.Test;

class CpuTimeTest {

    private static final String REST = " S 1 815 815 0 -1 4194304 7031 0 12 0 %d %d 0 0 20 0 23 0 184467 4123456 "
    + "9000 18446744073709551615\n";

    @Test
    void addsUserAndSystemTime() throws IOException {
        assertEquals(3.75, CpuTime.parse("815 (java)" + REST.formatted(250, 125)));
    }

    @Test
    void isNotMisledByAName() throws IOException {
        assertEquals(0.42, CpuTime.parse("815 (a) S 1 2 (b c)" + REST.formatted(42, 0)));
    }

    @Test
    void refusesWhatIsNoStatLine() {
        assertThrows(IOException.class, () -> CpuTime.parse("815 (java) S 1"));
        assertThrows(IOException.class, () -> CpuTime.parse("815 (java)" + REST.formatted(1, 2).replace(" 1 2 0 0 20",
                " x y 0 0 20")));
        assertThrows(IOException.class, () -> CpuTime.parse(""));
    }

    @Test
    void seesThisProcessWork() throws IOException {
        assumeTrue(CpuTime.supported());
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double before = CpuTime.seconds(ProcessHandle.current().pid());
        // Of this thread's own work, however long that takes: a process that others keep from working uses nothing.
        long until = threads.getCurrentThreadCpuTime() + 200_000_000;
        long work = 0;
        while (threads.getCurrentThreadCpuTime() < until) {
            work++;
        }
        double used = CpuTime.seconds(ProcessHandle.current().pid()) - before;
        assertTrue(used >= 0.1 && used < 10, "used " + used + " s in " + work + " turns");
    }

    @Test
    void saysThatAProcessIsGone() {
        assumeTrue(CpuTime.supported());
        assertThrows(IOException.class, () -> CpuTime.seconds(Integer.MAX_VALUE));
    }
}
