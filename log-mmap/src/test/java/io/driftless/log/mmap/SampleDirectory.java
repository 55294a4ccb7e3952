package io.driftless.log.mmap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Data directories as a version wrote them, one per format, each kept as an archive beside the tests. */
final class SampleDirectory {

    private static final Path SAMPLES =
            Path.of(System.getProperty("driftless.top"), "log-mmap/src/test/resources/formats");

    private SampleDirectory() { }

    private static Path archive(int format) {
        return SAMPLES.resolve("format-" + format + ".zip");
    }

    /** Whether the sample of this format has been made. */
    static boolean isKept(int format) {
        return Files.exists(archive(format));
    }

    /** Puts the sample of this format into {@code to}, which is made. */
    static void unpack(int format, Path to) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive(format)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = to.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
            }
        }
    }

    /** Keeps the files in {@code from} as the sample of this format. */
    static void keep(int format, Path from) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive(format)))) {
            zip.setLevel(9);
            for (Path file : files(from)) {
                ZipEntry entry = new ZipEntry(from.relativize(file).toString());
                entry.setLastModifiedTime(FileTime.fromMillis(0));
                zip.putNextEntry(entry);
                Files.copy(file, zip);
            }
        }
    }

    /** The files in a directory and below, sorted. */
    static List<Path> files(Path directory) {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
