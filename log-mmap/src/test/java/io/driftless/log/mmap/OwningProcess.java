package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.file.Path;

/** Has a log open until its input ends. */
final class OwningProcess {

    private OwningProcess() { }

    public static void main(String[] arguments) throws IOException {
        try (MmapLog log = TestLogs.open(Path.of(arguments[0]))) {
            System.out.println("open " + log.lastIndex());
            System.in.read();
        }
    }
}
