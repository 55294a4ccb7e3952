package io.driftless.log.mmap;

import io.driftless.errors.EndCause;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogOpenException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file that says whose a directory is: lines {@code key=value} in UTF-8, first {@code format=3}, last
 * {@code crc32c=} over the bytes before it. Written when everything else in a new directory is durable: a directory
 * without it was never finished. Written once more only to raise the format.
 */
final class IdentityFile {

    /** Its name. */
    static final String FILE = "identity";
    /** The format that this version writes, and the newest that it reads. It is raised with any file beside it. */
    static final int FORMAT = 3;
    /** The oldest format that this version reads. In it, no node had a log that began after index 1. */
    static final int FORMAT_MIN = 2;

    private static final String FORMAT_KEY = "format";
    private static final String FIRST_LINE = FORMAT_KEY + "=" + FORMAT + "\n";
    private static final String CHECK = "crc32c=";

    private IdentityFile() { }

    /** Writes it; durable on return. No key or value may hold a line break. */
    static void write(Disk disk, Path directory, Map<String, String> values) throws IOException {
        StringBuilder text = new StringBuilder(FIRST_LINE);
        values.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        String check = check(text.toString());
        text.append(CHECK).append(check).append('\n');
        disk.replace(directory.resolve(FILE), text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads it; empty if there is none.
     *
     * @throws LogOpenException    if its format is newer or older than this version reads
     * @throws LogCorruptException if it is damaged
     */
    static Optional<Map<String, String>> read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        int end = text.lastIndexOf(CHECK);
        if (end < 0 || !text.substring(end).equals(CHECK + check(text.substring(0, end)) + "\n")) {
            throw new LogCorruptException(file + " is damaged: its checksum is missing or wrong");
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : text.substring(0, end).split("\n")) {
            int equals = line.indexOf('=');
            values.put(line.substring(0, Math.max(equals, 0)), line.substring(equals + 1));
        }
        requireFormat(file, values.remove(FORMAT_KEY));
        return Optional.of(values);
    }

    /**
     * Has a directory that is there name the present format, so that earlier versions refuse it; durable on return. The
     * rest of the file stays as it is.
     *
     * @throws Disk.NoRoomException if the disk is full; nothing has changed
     */
    static void raise(Disk disk, Path directory) throws IOException {
        Optional<Map<String, String>> values = read(directory);
        if (values.isPresent() && !Files.readString(directory.resolve(FILE)).startsWith(FIRST_LINE)) {
            write(disk, directory, values.get());
        }
    }

    /** The value of a key that must be there. */
    static String require(Path directory, Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new LogCorruptException(directory.resolve(FILE) + " has no " + key);
        }
        return value;
    }

    private static void requireFormat(Path file, @Nullable String format) {
        if (format == null || !format.matches("[0-9]{1,9}")) {
            throw new LogCorruptException(file + " names no format");
        }
        int found = Integer.parseInt(format);
        if (found > FORMAT) {
            throw new LogOpenException(EndCause.OTHER_FORMAT, file + " has format " + found
                    + ", written by a newer version; this one reads up to " + FORMAT + ": start the newer version");
        }
        if (found < FORMAT_MIN) {
            throw new LogOpenException(EndCause.OTHER_FORMAT, file + " has format " + found
                    + ", written by an earlier version; this one reads from " + FORMAT_MIN
                    + " on: start the version that wrote it");
        }
    }

    private static String check(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }
}
