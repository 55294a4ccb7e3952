package io.driftless.ops.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder that is removed with everything in it. Immutable; removing may be tried by several processes at once. */
public final class ScratchFolder {

    /** Folders whose names do not begin like this are never removed. */
    private static final String PREFIX = "driftless-scratch-";
    private static final int ATTEMPTS = 5;

    private final Path path;

    private ScratchFolder(Path path) {
        this.path = path;
    }

    /** Makes one in the system's folder for temporary files. */
    public static ScratchFolder create() throws IOException {
        return new ScratchFolder(Files.createTempDirectory(PREFIX));
    }

    /** Makes one in {@code parent}. */
    public static ScratchFolder createIn(Path parent) throws IOException {
        return new ScratchFolder(Files.createTempDirectory(parent, PREFIX));
    }

    /** One that another process made; {@link IllegalArgumentException} if the name is not that of such a folder. */
    static ScratchFolder of(Path path) {
        if (!String.valueOf(path.getFileName()).startsWith(PREFIX)) {
            throw new IllegalArgumentException(path + " is no scratch folder");
        }
        return new ScratchFolder(path);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /**
     * Removes it. Nodes that are just ending may still write into it, and remove it too: so it is tried several times.
     *
     * @return whether it is gone
     */
    public boolean remove() {
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(path); attempt++) {
            for (Path each : deepestFirst()) {
                try {
                    Files.deleteIfExists(each);
                } catch (IOException stillInUse) {
                    // Somebody wrote into a folder that was just emptied: the next attempt finds it.
                }
            }
        }
        return Files.notExists(path);
    }

    private List<Path> deepestFirst() {
        try (Stream<Path> tree = Files.walk(path)) {
            return new ArrayList<>(tree.toList()).reversed();
        } catch (NoSuchFileException goneMeanwhile) {
            return List.of();
        } catch (IOException | UncheckedIOException changedMeanwhile) {
            return List.of();
        }
    }
}
