package io.driftless.log.mmap;

import io.driftless.log.LogCorruptException;
import io.driftless.log.LogOpenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The snapshots in a data directory, looked at without opening it: no lock, no change. A node may be at work there.
 * Immutable.
 *
 * @param newest the one that a node would start from; {@link #in} has not looked at its content
 * @param damage what is wrong with newer ones, which a node would set aside
 */
public record SnapshotsFound(Optional<SnapshotFile> newest, List<LogCorruptException> damage) {

    private static final int LOOKS = 10;

    /** Copies the list. */
    public SnapshotsFound {
        damage = List.copyOf(damage);
    }

    /**
     * Looks; empty if {@code dir} is not a data directory but a log's own folder.
     *
     * @throws LogOpenException     if the newest has another format, or is a directory
     * @throws UncheckedIOException if a file cannot be read
     */
    public static Optional<SnapshotsFound> in(Path dir) {
        if (!Files.isDirectory(dir.resolve(MmapStorage.LOG))) {
            return Optional.empty();
        }
        try {
            for (int i = 1; true; i++) {
                try {
                    return Optional.of(look(dir.resolve(MmapStorage.SNAPSHOTS)));
                } catch (NoSuchFileException replaced) {
                    if (i == LOOKS) {
                        throw replaced;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(dir.resolve(MmapStorage.SNAPSHOTS) + " cannot be read: " + e, e);
        }
    }

    /**
     * The newest one, if the server that {@code dir} belongs to has taken it itself; what cannot be read says nothing.
     * Such a snapshot is of entries that its log has held, and has not shortened away.
     */
    public static Optional<SnapshotFile> own(Path dir) {
        try {
            Optional<String> server = IdentityFile.read(dir).map(values -> values.get(MmapStorage.INCARNATION));
            return in(dir).flatMap(SnapshotsFound::newest)
                    .filter(newest -> server.equals(Optional.of(newest.id().creator().toString())));
        } catch (IOException | UncheckedIOException | LogCorruptException | LogOpenException unreadable) {
            return Optional.empty();
        }
    }

    private static SnapshotsFound look(Path folder) throws IOException {
        List<LogCorruptException> damage = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return new SnapshotsFound(Optional.empty(), damage);
        }
        for (Path file : Disk.list(folder).reversed()) {
            if (file.getFileName().toString().endsWith(SnapshotFormat.WHOLE)) {
                try {
                    return new SnapshotsFound(Optional.of(SnapshotFile.openNamed(file)), damage);
                } catch (LogCorruptException damaged) {
                    requireThere(file);
                    damage.add(damaged);
                }
            }
        }
        return new SnapshotsFound(Optional.empty(), damage);
    }

    /** Looks, and reads all of the newest one: if its content is damaged, there is none. Otherwise as {@link #in}. */
    public static Optional<SnapshotsFound> verify(Path dir) {
        Optional<SnapshotsFound> found = in(dir);
        for (int i = 1; i < LOOKS && found.isPresent() && found.get().newest.isPresent(); i++) {
            SnapshotFile newest = found.get().newest.get();
            try {
                newest.verify();
                return found;
            } catch (LogCorruptException damaged) {
                if (Files.exists(newest.file())) {
                    return Optional.of(found.get().without(damaged));
                }
            }
            found = in(dir);
        }
        return found;
    }

    private SnapshotsFound without(LogCorruptException newestDamaged) {
        List<LogCorruptException> more = new ArrayList<>(damage);
        more.add(newestDamaged);
        return new SnapshotsFound(Optional.empty(), more);
    }

    private static void requireThere(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
    }
}
