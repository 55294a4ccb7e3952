package io.driftless.ops.shell;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/** Where the shell keeps its history: a file that only its user can read, as values stand in it. */
final class HistoryFile {

    private HistoryFile() { }

    /**
     * {@code $XDG_STATE_HOME/driftless/shell-history}, by default below {@code ~/.local/state}, made if it is missing;
     * empty if it cannot be made or written: then there is no history beyond the session.
     */
    static Optional<Path> of(Map<String, String> environment) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        String home = environment.getOrDefault("HOME", "");
        if (!Path.of(state).isAbsolute() && !Path.of(home).isAbsolute()) {
            return Optional.empty();
        }
        Path folder = (Path.of(state).isAbsolute() ? Path.of(state) : Path.of(home, ".local", "state"))
                .resolve("driftless");
        Path file = folder.resolve("shell-history");
        try {
            if (!Path.of(state).isAbsolute() && !Files.isDirectory(Path.of(home))) {
                return Optional.empty();
            }
            Files.createDirectories(folder, only(folder, "rwx------"));
            try {
                Files.createFile(file, only(folder, "rw-------"));
            } catch (FileAlreadyExistsException usual) {
                if (isPosix(folder)) {
                    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
                }
            }
            return Files.isWritable(file) && Files.isWritable(folder) ? Optional.of(file) : Optional.empty();
        } catch (IOException | UnsupportedOperationException noHistory) {
            return Optional.empty();
        }
    }

    private static FileAttribute<?>[] only(Path folder, String permissions) {
        return isPosix(folder) ? new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        } : new FileAttribute<?>[0];
    }

    private static boolean isPosix(Path folder) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
