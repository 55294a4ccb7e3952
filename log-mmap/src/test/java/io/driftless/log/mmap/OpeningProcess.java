package io.driftless.log.mmap;

import io.driftless.errors.NodeStartException;
import java.nio.file.Path;

/** Opens a log and says how that went. */
final class OpeningProcess {

    private OpeningProcess() { }

    public static void main(String[] arguments) {
        try (MmapLog log = TestLogs.open(Path.of(arguments[0]))) {
            System.out.println("opened " + log.lastIndex());
        } catch (NodeStartException e) {
            System.out.println("refused " + e.endCause() + " " + e.getMessage());
        }
    }
}
