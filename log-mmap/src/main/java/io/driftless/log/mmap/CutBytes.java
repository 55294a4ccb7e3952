package io.driftless.log.mmap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Keeps a copy of a torn tail before it is cut, for whoever wants to look at it later: at most {@value #BYTES_MAX}
 * bytes a file, and the newest {@value #FILES_MAX} files. Never a reason for not opening.
 */
final class CutBytes {

    /** How their names begin; number of the segment and offset follow. */
    static final String PREFIX = "cut-";

    static final int BYTES_MAX = 1 << 20;
    static final int FILES_MAX = 8;

    private CutBytes() { }

    /** Keeps it; where, in words. */
    static String keep(Disk disk, Path logDirectory, LogWalk.Tail tail) {
        Path kept = logDirectory.resolve(String.format(Locale.ROOT, "%s%010d-%010d", PREFIX, tail.segment(),
                tail.offset()));
        long length = tail.end() - tail.offset();
        try (InputStream in = Files.newInputStream(tail.file())) {
            in.skipNBytes(tail.offset());
            disk.replace(kept, in.readNBytes((int) Math.min(length, BYTES_MAX)));
            List<Path> all = Disk.list(logDirectory).stream()
                    .filter(file -> file.getFileName().toString().startsWith(PREFIX)).toList();
            for (Path old : all.subList(0, Math.max(0, all.size() - FILES_MAX))) {
                disk.delete(old);
            }
        } catch (IOException e) {
            return "its " + length + " bytes could not be kept: " + e;
        }
        return (length > BYTES_MAX ? "the first " + BYTES_MAX + " of its " : "its ") + length + " bytes are kept in "
                + kept;
    }
}
