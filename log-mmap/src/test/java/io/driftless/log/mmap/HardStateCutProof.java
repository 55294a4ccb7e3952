package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.log.LogListener;
import io.driftless.log.SyncFailedException;
import io.driftless.raft.HardState;
import io.driftless.raft.ServerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Cuts the power of a hard-state file at every kind of moment, also after a kill and a second opening: it shows what
 * was written last, or what was under way, and never less than what had returned. A write whose sync failed is one that
 * is under way for ever: it may be there or not. Follows from its seed alone. Confined to one thread.
 */
final class HardStateCutProof {

    private static final int CUTS = 8;
    /** Inside the opening after a write whose sync failed. */
    private static final int CUTS_AFTER_FAILURE = 24;

    /** A write; {@code returnedAt} is the end of time if it has not. */
    private record Write(HardState state, int begunAt, int returnedAt) { }

    private final Path directory;
    private final List<Write> writes = new ArrayList<>();
    private int directories;

    private HardStateCutProof(Path directory) {
        this.directory = directory;
    }

    /** Throws an error that names the seed if a cut shows less, or something else. */
    static void round(long seed) {
        WorkDirectory.round(seed, work -> {
            new HardStateCutProof(work).run(new Random(seed));
            return 0;
        });
    }

    private Path root() throws IOException {
        return Files.createDirectory(directory.resolve(Integer.toString(directories++)));
    }

    private void run(Random random) throws IOException {
        Path root = root();
        try (RecordingDisk disk = RecordingDisk.from(root)) {
            boolean failed = use(root, disk, random, 4);
            int reopened = disk.history().now();
            use(root, disk, random, 2);
            for (int i = 0; i < CUTS; i++) {
                cut(disk.history(), disk.moment(random).at(), random);
            }
            List<Integer> opening = disk.moments().stream()
                    .filter(moment -> moment.phase() == RecordingDisk.Phase.OPEN && moment.at() > reopened)
                    .map(RecordingDisk.Moment::at).toList();
            for (int i = 0; failed && i < CUTS_AFTER_FAILURE; i++) {
                cut(disk.history(), opening.get(random.nextInt(opening.size())), random);
            }
            int killed = disk.moment(random).at();
            writes.replaceAll(write -> write.returnedAt() <= killed ? write
                    : new Write(write.state(), write.begunAt(), Integer.MAX_VALUE));
            writes.removeIf(write -> write.begunAt() > killed);
            Path after = root();
            DiskHistory history = disk.history().until(killed);
            history.present().write(after);
            try (RecordingDisk second = RecordingDisk.after(after, history)) {
                use(after, second, random, 2);
                for (int i = 0; i < CUTS; i++) {
                    cut(history, second.moment(random).at(), random);
                }
            }
        }
    }

    /** Opens it and writes; whether the last write failed. */
    private boolean use(Path root, RecordingDisk disk, Random random, int count) {
        boolean failing = random.nextInt(3) == 0;
        disk.begin(RecordingDisk.Phase.OPEN);
        DiskHistory history = disk.history();
        try (HardStateFile store = HardStateFile.open(root.resolve("hard-state"), LogListener.NONE, disk,
                HardStateFile.Terms.STRICT)) {
            check(store.read(), history.now());
            writes.add(new Write(store.read(), history.now(), history.now()));
            for (int i = 0; i < count; i++) {
                disk.begin(RecordingDisk.Phase.SYNC);
                HardState before = store.read();
                HardState next = before.votedFor().isNone() && before.currentTerm() > 0 && random.nextBoolean()
                        ? new HardState(before.currentTerm(), new ServerId("n" + random.nextInt(3)))
                        : new HardState(before.currentTerm() + 1, random.nextBoolean() ? ServerId.NONE
                                : new ServerId("n1"));
                int begun = history.now();
                if (i == count - 1 && failing) {
                    failToWrite(store, disk, next);
                    writes.add(new Write(next, begun, Integer.MAX_VALUE));
                } else {
                    store.write(next);
                    disk.observe();
                    writes.add(new Write(next, begun, history.now()));
                }
            }
        }
        return failing;
    }

    /** The sync fails once; the next would not, but nothing may be acknowledged any more. */
    private static void failToWrite(HardStateFile store, RecordingDisk disk, HardState next) {
        HardState before = store.read();
        disk.failOnce();
        assertThrows(SyncFailedException.class, () -> store.write(next));
        HardState later = new HardState(next.currentTerm() + 7, ServerId.NONE);
        assertThrows(SyncFailedException.class, () -> store.write(later));
        assertThrows(SyncFailedException.class, store::markClean);
        assertEquals(before, store.read());
    }

    private void cut(DiskHistory history, int at, Random random) throws IOException {
        Path root = root();
        history.cut(at, random).write(root);
        try (HardStateFile store = HardStateFile.open(root.resolve("hard-state"), LogListener.NONE)) {
            check(store.read(), at);
        }
    }

    /** The last write that had returned at {@code cut}, or one that began after it. */
    private void check(HardState found, int cut) {
        int returned = -1;
        for (int i = 0; i < writes.size(); i++) {
            returned = writes.get(i).returnedAt() <= cut ? i : returned;
        }
        for (int i = Math.max(returned, 0); i < writes.size(); i++) {
            if (writes.get(i).begunAt() <= cut && writes.get(i).state().equals(found)) {
                return;
            }
        }
        if (returned >= 0 || !found.equals(HardState.INITIAL)) {
            throw new AssertionError(found + " after a cut at " + cut + " of " + writes);
        }
    }

    /** See {@link ProofRounds#check}. */
    public static void main(String[] arguments) {
        ProofRounds.check(arguments, HardStateCutProof::round);
    }
}
