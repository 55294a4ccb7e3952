package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a proof makes its logs: in memory if there is such a place. What a killed process left there is removed. */
final class WorkDirectory {

    private static final String PREFIX = "driftless-proof-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "([0-9]{1,18})-.*");

    private WorkDirectory() { }

    /** A new one. */
    static Path make() throws IOException {
        Path memory = Path.of("/dev/shm");
        return makeIn(Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** What a proof does in a directory; how much it found. */
    @FunctionalInterface
    interface Round {
        int in(Path directory) throws IOException;
    }

    /** Runs a round of a proof in a new one, and removes it. Throws an error that names the seed if the round fails. */
    static int round(long seed, Round round) {
        try {
            Path work = make();
            try {
                return round.in(work);
            } finally {
                Disk.REAL.deleteDirectory(work);
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    /** A new one in {@code place}. */
    static Path makeIn(Path place) throws IOException {
        for (Path path : Disk.list(place)) {
            Matcher name = NAME.matcher(path.getFileName().toString());
            if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
                try {
                    Disk.REAL.deleteDirectory(path);
                } catch (AccessDeniedException anotherUsers) {
                    continue;
                }
            }
        }
        return Files.createTempDirectory(place, PREFIX + ProcessHandle.current().pid() + "-").toRealPath();
    }
}
