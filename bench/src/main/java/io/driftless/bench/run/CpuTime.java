package io.driftless.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Processor time that a process has used, as Linux tells it in {@code /proc/PID/stat} (proc(5)). Pure but for the
 * reading.
 */
public final class CpuTime {

    /** {@code USER_HZ}: the unit of the times in {@code /proc}, part of Linux' ABI and 100 wherever a JDK runs. */
    private static final long TICKS_PER_SECOND = 100;

    /** Fields 14 and 15, utime and stime, counted from field 3, the first one behind the name. */
    private static final int UTIME = 14 - 3;
    private static final int STIME = 15 - 3;

    private CpuTime() { }

    /** Whether this system has such a file at all. */
    public static boolean supported() {
        return Files.isReadable(Path.of("/proc/self/stat"));
    }

    /**
     * User and system time of {@code pid} since its start, all threads together, in seconds, in steps of 10 ms.
     *
     * @throws IOException if there is no such process
     */
    static double seconds(long pid) throws IOException {
        return parse(Files.readString(Path.of("/proc/" + pid + "/stat")));
    }

    /**
     * User and system time in seconds out of the text of a {@code stat} file. The name in it may contain spaces and
     * parentheses.
     */
    static double parse(String stat) throws IOException {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        if (fields.length <= STIME) {
            throw new IOException("not a /proc/PID/stat line: " + stat.strip());
        }
        try {
            return (double) (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
        } catch (NumberFormatException e) {
            throw new IOException("not a /proc/PID/stat line: " + stat.strip(), e);
        }
    }
}
