package io.driftless.log.mmap;

import io.driftless.log.Bytes;
import io.driftless.log.LogCorruptException;
import io.driftless.log.StoredSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * Damages the file of a snapshot: a bit flips, it is cut off, something is behind its end, or chunks change places. The
 * opening or the verification finds it, and reading gives what was written up to the damage, and no other byte. Follows
 * from its seed alone. Confined to one thread.
 */
final class SnapshotRotProof {

    private static final int DAMAGES = 200;

    private final Path directory;
    private final Random random;

    private SnapshotRotProof(Path directory, long seed) {
        this.directory = directory;
        this.random = new Random(seed);
    }

    /** Throws an error that names the seed if damage passes; how often the opening found it. */
    static int round(long seed) {
        return WorkDirectory.round(seed, work -> new SnapshotRotProof(work, seed).run());
    }

    private int run() throws IOException {
        int chunkBytes = 1 + random.nextInt(300);
        byte[] content = TestSnapshots.bytes(chunkBytes * 2 + random.nextInt(1_000), random.nextLong());
        byte[] boundary = TestSnapshots.bytes(random.nextInt(100), random.nextLong());
        Path file = file(chunkBytes, boundary, content);
        byte[] whole = Files.readAllBytes(file);
        SnapshotFile good = SnapshotFile.open(file);
        int found = 0;
        for (int i = 0; i < DAMAGES; i++) {
            byte[] damaged = switch (i % 8) {
                case 0 -> Arrays.copyOf(whole, random.nextInt(whole.length));
                case 1 -> Arrays.copyOf(whole, whole.length + 1 + random.nextInt(40));
                case 2 -> swapped(whole, (int) good.header().chunksFrom(),
                        SnapshotFormat.CHUNK_HEADER + chunkBytes);
                case 3 -> flipped(whole, random.nextInt(SnapshotFormat.HEADER));
                case 4 -> flipped(whole, whole.length - 1 - random.nextInt(SnapshotFormat.END));
                default -> flipped(whole, random.nextInt(whole.length));
            };
            Files.write(file, damaged);
            found += isFoundByOpening(file, good, content) ? 1 : 0;
        }
        return found;
    }

    /** Of one that was taken here, or received. */
    private Path file(int chunkBytes, byte[] boundary, byte[] content) throws IOException {
        SnapshotFiles store = TestSnapshots.open(directory.resolve("whole"), chunkBytes);
        StoredSnapshot stored = random.nextBoolean() ? TestSnapshots.write(store, 5, boundary, content)
                : TestSnapshots.receive(store, 5, boundary, content);
        store.close();
        return Path.of(stored.description());
    }

    private byte[] flipped(byte[] whole, int at) {
        byte[] flipped = whole.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    /** The first two chunks. */
    private static byte[] swapped(byte[] whole, int from, int length) {
        byte[] swapped = whole.clone();
        System.arraycopy(whole, from, swapped, from + length, length);
        System.arraycopy(whole, from + length, swapped, from, length);
        return swapped;
    }

    private boolean isFoundByOpening(Path file, SnapshotFile good, byte[] content) throws IOException {
        SnapshotFile opened;
        try {
            opened = SnapshotFile.open(file);
        } catch (LogCorruptException found) {
            // One that was opened before finds it too.
            requireFound(good, content);
            return true;
        }
        Bytes boundary = good.boundary();
        if (!opened.id().equals(good.id()) || !opened.boundary().equals(boundary)) {
            throw new AssertionError(opened.id() + " was opened instead of " + good.id());
        }
        requireFound(opened, content);
        return false;
    }

    private void requireFound(SnapshotFile damaged, byte[] content) throws IOException {
        requireRight(damaged, content, 0);
        requireRight(damaged, content, random.nextInt(content.length + 1));
        try {
            damaged.verify();
        } catch (LogCorruptException found) {
            requireNamed(damaged, found);
            return;
        }
        throw new AssertionError("the damage in " + damaged.file() + " was not found");
    }

    /** What is read from {@code offset} on is what was written, up to damage. */
    private static void requireRight(SnapshotFile damaged, byte[] content, int offset) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try (InputStream in = damaged.content(offset)) {
            in.transferTo(read);
        } catch (LogCorruptException found) {
            requireNamed(damaged, found);
        }
        if (!Arrays.equals(read.toByteArray(), Arrays.copyOfRange(content, offset, offset + read.size()))) {
            throw new AssertionError("wrong bytes were read from " + damaged.file() + " from " + offset + " on");
        }
    }

    private static void requireNamed(SnapshotFile damaged, LogCorruptException found) {
        String message = found.getMessage();
        if (!message.contains(damaged.file() + " is damaged at offset ") || message.contains("\n")) {
            throw new AssertionError("no place is named: " + message, found);
        }
    }

    /** See {@link ProofRounds#check}. */
    public static void main(String[] arguments) {
        ProofRounds.check(arguments, SnapshotRotProof::round);
    }
}
