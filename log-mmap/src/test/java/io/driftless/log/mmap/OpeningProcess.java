package io.driftless.log.mmap;

import io.driftless.log.LogOpenException;
import java.nio.file.Path;

/** Opens a log and says how that went. */
final class OpeningProcess {

    private OpeningProcess() { }

    public static void main(String[] arguments) {
        try (MmapLog log = TestLogs.open(Path.of(arguments[0]))) {
            System.out.println("opened " + log.lastIndex());
        } catch (LogOpenException e) {
            System.out.println("refused " + e.endCause() + " " + e.getMessage());
        }
    }
}
