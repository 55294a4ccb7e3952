package io.driftless.ops.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A temporary folder that is removed with everything in it, or kept if that was wished for when it was made. Immutable;
 * removing may be tried by several processes at once.
 */
public final class ScratchFolder {

    /** Folders whose names do not begin like this are never removed. */
    private static final String PREFIX = "driftless-scratch-";
    private static final int ATTEMPTS = 5;

    private final Path path;
    private final boolean kept;

    private ScratchFolder(Path path, boolean kept) {
        this.path = path;
        this.kept = kept;
    }

    /** Makes one in the system's folder for temporary files; a kept one is never removed. */
    public static ScratchFolder create(boolean kept) throws IOException {
        return new ScratchFolder(Files.createTempDirectory(PREFIX), kept);
    }

    /** Makes one in {@code parent}. */
    public static ScratchFolder createIn(Path parent) throws IOException {
        return new ScratchFolder(Files.createTempDirectory(parent, PREFIX), false);
    }

    /** One that another process made; {@link IllegalArgumentException} if the name is not that of such a folder. */
    static ScratchFolder of(Path path) {
        if (!String.valueOf(path.getFileName()).startsWith(PREFIX)) {
            throw new IllegalArgumentException(path + " is no scratch folder");
        }
        return new ScratchFolder(path, false);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Whether it stays when everything else goes. */
    public boolean isKept() {
        return kept;
    }

    /**
     * Removes it, unless it is kept. Nodes that are just ending may still write into it, and remove it too: so it is
     * tried several times.
     *
     * @return whether it is gone
     */
    public boolean remove() {
        for (int attempt = 0; !kept && attempt < ATTEMPTS && Files.exists(path); attempt++) {
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
