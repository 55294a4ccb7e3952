package io.driftless.ops.torture;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a node's data folder shows of its snapshots and its log, whether the node runs or not: docs/snapshot-format.md.
 * No state.
 */
final class SnapshotFolder {

    private static final int INDEX_DIGITS = 20;

    private SnapshotFolder() { }

    /** The unfinished snapshots: those that the node takes itself, or those that come from others. */
    static Set<String> unfinished(Path data, boolean own) throws IOException {
        return ofCreator(data, ".tmp", own);
    }

    /** The whole ones that the node took itself, or those that came from others. */
    static Set<String> whole(Path data, boolean own) throws IOException {
        return ofCreator(data, ".snapshot", own);
    }

    private static Set<String> ofCreator(Path data, String ending, boolean own) throws IOException {
        Set<String> names = names(data.resolve("snapshots"));
        names.removeIf(name -> !name.endsWith(ending));
        if (!names.isEmpty()) {
            String incarnation = incarnation(data);
            names.removeIf(name -> name.contains(incarnation) != own);
        }
        return names;
    }

    /** The highest index of which there is a whole one; 0 if there is none. */
    static long newest(Path data) throws IOException {
        return names(data.resolve("snapshots")).stream().filter(name -> name.endsWith(".snapshot"))
                .mapToLong(name -> Long.parseLong(name.substring(0, INDEX_DIGITS))).max().orElse(0);
    }

    /** The segments of the log. */
    static Set<String> segments(Path data) throws IOException {
        Set<String> names = names(data.resolve("log"));
        names.removeIf(name -> !name.startsWith("segment-"));
        return names;
    }

    private static String incarnation(Path data) throws IOException {
        Optional<String> line = Files.readAllLines(data.resolve("identity")).stream()
                .filter(each -> each.startsWith("incarnation=")).findFirst();
        return line.orElseThrow(() -> new IOException(data + " names no incarnation"))
                .substring("incarnation=".length());
    }

    private static Set<String> names(Path folder) throws IOException {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        } catch (NoSuchFileException notYet) {
            return names;
        }
        return names;
    }
}
