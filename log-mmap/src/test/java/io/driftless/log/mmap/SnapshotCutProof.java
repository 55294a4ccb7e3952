package io.driftless.log.mmap;

import io.driftless.log.Bytes;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogListener;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * Cuts the power of a folder of snapshots at every kind of moment, also after a kill and a second opening: its newest
 * one is whole, and is the one that was finished last or the one that was under way. One that was received and is not
 * the one expected never shows. Follows from its seed alone. Confined to one thread.
 */
final class SnapshotCutProof {

    private static final int CUTS = 12;
    private static final int CHUNK = 100;
    private static final UUID SENDER = new UUID(5, 6);

    private record Written(SnapshotId id, byte[] boundary, byte[] content) {

        boolean isIn(Optional<StoredSnapshot> found) throws IOException {
            if (found.isEmpty() || !found.get().id().equals(id)) {
                return false;
            }
            found.get().verify();
            return Arrays.equals(boundary, found.get().boundary().toByteArray())
                    && Arrays.equals(content, TestSnapshots.read(found.get()));
        }
    }

    /** What becomes of a snapshot that is begun. */
    private enum Way { TAKEN, RECEIVED, RECEIVED_WRONG, GIVEN_UP }

    /** What leads to another newest one, or to none; {@code returnedAt} is the end of time if it has not returned. */
    private record Change(Optional<Written> to, int begunAt, int returnedAt) {

        boolean leadsTo(Optional<StoredSnapshot> found) throws IOException {
            return to.isEmpty() ? found.isEmpty() : to.get().isIn(found);
        }
    }

    private final Path directory;
    private final List<Change> changes = new ArrayList<>();
    private int directories;

    private SnapshotCutProof(Path directory) {
        this.directory = directory;
    }

    /** Throws an error that names the seed if a cut shows less, or something else. */
    static void round(long seed) {
        WorkDirectory.round(seed, work -> {
            new SnapshotCutProof(work).run(new Random(seed));
            return 0;
        });
    }

    private Path root() throws IOException {
        return Files.createDirectory(directory.resolve(Integer.toString(directories++)));
    }

    private void run(Random random) throws IOException {
        Path root = root();
        changes.add(new Change(Optional.empty(), 0, 0));
        try (RecordingDisk disk = RecordingDisk.from(root)) {
            use(root, disk, random, 4);
            use(root, disk, random, 2);
            cuts(disk.history(), disk, random);
            int killed = disk.moment(random).at();
            changes.replaceAll(change -> change.returnedAt() <= killed ? change
                    : new Change(change.to(), change.begunAt(), Integer.MAX_VALUE));
            changes.removeIf(change -> change.begunAt() > killed);
            Path after = root();
            DiskHistory history = disk.history().until(killed);
            history.present().write(after);
            try (RecordingDisk second = RecordingDisk.after(after, history)) {
                use(after, second, random, 2);
                cuts(history, second, random);
            }
        }
    }

    private void use(Path root, RecordingDisk disk, Random random, int count) throws IOException {
        disk.begin(RecordingDisk.Phase.OPEN);
        DiskHistory history = disk.history();
        SnapshotFiles store = SnapshotFiles.open(disk, root.resolve("snapshots"), LogListener.NONE, CHUNK, 0);
        Change shown = check(store.newest(), history.now());
        changes.add(new Change(shown.to(), history.now(), history.now()));
        for (int i = 0; i < count; i++) {
            if (store.newest().isPresent() && random.nextInt(6) == 0) {
                disk.begin(RecordingDisk.Phase.COMPACT);
                int begun = history.now();
                store.setAside(store.newest().get());
                changes.add(new Change(Optional.empty(), begun, history.now()));
            } else {
                write(store, disk, random, Way.values()[random.nextInt(Way.values().length)]);
            }
        }
        if (random.nextBoolean()) {
            // A clean stop; otherwise the next opening is that of another process.
            store.close();
        }
    }

    private void write(SnapshotFiles store, RecordingDisk disk, Random random, Way way) throws IOException {
        long index = store.newest().map(stored -> stored.id().index()).orElse(0L) + 1 + random.nextInt(3);
        byte[] boundary = TestSnapshots.bytes(random.nextInt(2_000), random.nextLong());
        byte[] content = TestSnapshots.bytes(random.nextInt(6_000), random.nextLong());
        DiskHistory history = disk.history();
        disk.begin(RecordingDisk.Phase.WRITE);
        int begun = history.now();
        UUID creator = way == Way.TAKEN ? TestSnapshots.CREATOR : SENDER;
        SnapshotId due = new SnapshotId(index, 3, creator, TestSnapshots.checksum(content));
        boolean isTwisted = way == Way.RECEIVED_WRONG && content.length > 0;
        if (isTwisted) {
            content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
        }
        SnapshotWriter writer = store.begin(index, 3, creator, Bytes.wrap(boundary));
        int at = 0;
        while (at < content.length) {
            int length = Math.min(1 + random.nextInt(3_000), content.length - at);
            writer.content().write(content, at, length);
            disk.observe();
            at += length;
        }
        disk.begin(RecordingDisk.Phase.SYNC);
        if (isTwisted) {
            requireRefused(writer, due);
        } else if (way != Way.GIVEN_UP) {
            StoredSnapshot stored = way == Way.TAKEN ? writer.finish() : writer.finish(due);
            changes.add(new Change(Optional.of(new Written(stored.id(), boundary, content)), begun, history.now()));
        }
        writer.close();
    }

    private static void requireRefused(SnapshotWriter writer, SnapshotId due) throws IOException {
        try {
            writer.finish(due);
        } catch (LogCorruptException refused) {
            return;
        }
        throw new AssertionError("another one was taken for " + due);
    }

    private void cuts(DiskHistory history, RecordingDisk disk, Random random) throws IOException {
        for (int i = 0; i < CUTS; i++) {
            int at = disk.moment(random).at();
            Path root = root();
            history.cut(at, random).write(root);
            check(TestSnapshots.open(root.resolve("snapshots"), CHUNK).newest(), at);
        }
    }

    /** The last change that had returned at {@code cut}, or one that began after it. */
    private Change check(Optional<StoredSnapshot> found, int cut) throws IOException {
        int returned = 0;
        for (int i = 0; i < changes.size(); i++) {
            returned = changes.get(i).returnedAt() <= cut ? i : returned;
        }
        boolean settingAside = false;
        for (int i = returned; i < changes.size(); i++) {
            Change change = changes.get(i);
            if (change.begunAt() <= cut && change.leadsTo(found)) {
                return change;
            }
            settingAside |= i > returned && change.begunAt() <= cut && change.to().isEmpty();
        }
        // Until it is set aside for good, the one before it, which had just been removed, may be back.
        for (int i = 0; settingAside && i < returned; i++) {
            if (changes.get(i).leadsTo(found)) {
                return changes.get(i);
            }
        }
        throw new AssertionError(found.map(StoredSnapshot::description) + " after a cut at " + cut + " of " + changes);
    }

    /** See {@link ProofRounds#check}. */
    public static void main(String[] arguments) {
        ProofRounds.check(arguments, SnapshotCutProof::round);
    }
}
