package io.driftless.log.mmap;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

/**
 * Writes to a log until it is killed. Opens one in {@code arguments[0]} first, so that its classes are loaded, says
 * {@code ready}, and reads two lines: the directory of the log, and a seed. Then it says on standard output what it is
 * about to do: {@code open}; {@code write FROM COUNT TERM LENGTH}; {@code compact UPTO}; and what is done:
 * {@code opened}, {@code synced WRITEID}.
 */
final class WritingProcess {

    private WritingProcess() { }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        TestLogs.open(Path.of(arguments[0])).close();
        out.println("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Path directory = Path.of(in.readLine());
        Random random = new Random(Long.parseLong(in.readLine()));
        out.println("open");
        try (MmapLog log = TestLogs.open(directory)) {
            out.println("opened " + log.lastIndex());
            long term = Math.max(1, log.termAt(log.lastIndex()));
            while (true) {
                int count = 1 + random.nextInt(20);
                int length = random.nextInt(10) == 0 ? random.nextInt(9_000) : random.nextInt(300);
                boolean overwrite = random.nextInt(6) == 0 && log.lastIndex() > log.firstIndex();
                term += overwrite ? 1 : 0;
                long reach = Math.min(30, log.lastIndex() - log.firstIndex());
                long from = overwrite ? log.lastIndex() - random.nextLong(reach) : log.lastIndex() + 1;
                out.println("write " + from + " " + count + " " + term + " " + length);
                if (overwrite) {
                    log.overwrite(from, TestLogs.entries(from, from + count - 1, term, length));
                } else {
                    log.append(TestLogs.entries(from, from + count - 1, term, length));
                }
                if (random.nextInt(3) == 0) {
                    out.println("synced " + log.sync());
                }
                if (random.nextInt(40) == 0 && log.durableIndex() > log.firstIndex()) {
                    long upTo = log.firstIndex() + random.nextLong(log.durableIndex() - log.firstIndex());
                    out.println("compact " + upTo);
                    log.compact(upTo);
                }
            }
        }
    }
}
