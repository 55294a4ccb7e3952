package io.driftless.log.mmap;

import io.driftless.log.LogCorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Which segments are the log. A segment is listed before it takes an entry that anybody hears of, and no longer listed
 * before it is removed: one that is not listed is a leftover, one that is listed and missing is damage. The file is
 * replaced as a whole. Immutable.
 *
 * <pre>
 *   0 magic "DLM1" │ CRC32C over bytes 8 to the end
 *   8 version      │ number of segments
 *  16 log id (16 bytes: most significant half, least significant half)
 *  32 boundary: index before the first entry
 *  40 term of that index
 *  48 first sequence: records with a lower one are no entries any more
 *  56 per segment: number │ first sequence │ end
 * </pre>
 *
 * @param logId         which log
 * @param boundary      index before the first entry
 * @param boundaryTerm  its term
 * @param firstSequence records with a lower sequence are no longer part of the log
 * @param segments      in order; all but the last are sealed
 */
record Manifest(UUID logId, long boundary, long boundaryTerm, long firstSequence, List<Listed> segments) {

    /** Its name. */
    static final String FILE = "manifest";
    /** {@link Listed#end} of the segment that is being written. */
    static final long OPEN = 0;

    private static final int MAGIC = 'D' | 'L' << 8 | 'M' << 16 | '1' << 24;
    private static final int VERSION = 1;
    private static final int HEADER = 56;
    private static final int PER_SEGMENT = 24;

    /**
     * A segment of the log.
     *
     * @param number        its number
     * @param firstSequence sequence of its first record
     * @param end           where its last record ends, or {@link #OPEN}
     */
    record Listed(long number, long firstSequence, long end) { }

    Manifest {
        segments = List.copyOf(segments);
    }

    /** Of a log that never had an entry nor a segment. */
    static Manifest empty(UUID logId) {
        return new Manifest(logId, 0, 0, 1, List.of());
    }

    /** The last segment ends at {@code end}. */
    Manifest sealed(long end) {
        List<Listed> now = new ArrayList<>(segments);
        Listed last = now.remove(now.size() - 1);
        now.add(new Listed(last.number(), last.firstSequence(), end));
        return new Manifest(logId, boundary, boundaryTerm, firstSequence, now);
    }

    /** Segment {@code next} follows. */
    Manifest followedBy(long next, long nextSequence) {
        List<Listed> now = new ArrayList<>(segments);
        now.add(new Listed(next, nextSequence, OPEN));
        return new Manifest(logId, boundary, boundaryTerm, firstSequence, now);
    }

    /** Without the leading {@code dropped} segments. */
    Manifest from(int dropped, long newBoundary, long newBoundaryTerm, long newFirstSequence) {
        return new Manifest(logId, newBoundary, newBoundaryTerm, newFirstSequence,
                segments.subList(dropped, segments.size()));
    }

    /** Writes it; durable on return. */
    void write(Disk disk, Path logDirectory) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(HEADER + PER_SEGMENT * segments.size()).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(MAGIC).putInt(0).putInt(VERSION).putInt(segments.size());
        buffer.putLong(logId.getMostSignificantBits()).putLong(logId.getLeastSignificantBits());
        buffer.putLong(boundary).putLong(boundaryTerm).putLong(firstSequence);
        for (Listed listed : segments) {
            buffer.putLong(listed.number()).putLong(listed.firstSequence()).putLong(listed.end());
        }
        buffer.putInt(4, check(buffer.array()));
        disk.replace(logDirectory.resolve(FILE), buffer.array());
    }

    /** Reads it; {@link LogCorruptException} if it is missing, damaged or of another log. */
    static Manifest read(Path logDirectory, UUID logId) throws IOException {
        Path file = logDirectory.resolve(FILE);
        if (!Files.exists(file)) {
            throw new LogCorruptException(file + " is missing");
        }
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEADER || buffer.getInt() != MAGIC || buffer.getInt() != check(bytes)
                || buffer.getInt() != VERSION
                || bytes.length != HEADER + (long) PER_SEGMENT * buffer.getInt()) {
            throw new LogCorruptException(file + " is damaged: its checksum, version or length is wrong");
        }
        UUID found = new UUID(buffer.getLong(), buffer.getLong());
        if (!found.equals(logId)) {
            throw new LogCorruptException(file + " belongs to log " + found + ", not to " + logId);
        }
        long boundary = buffer.getLong();
        long boundaryTerm = buffer.getLong();
        long firstSequence = buffer.getLong();
        List<Listed> segments = new ArrayList<>();
        while (buffer.hasRemaining()) {
            segments.add(new Listed(buffer.getLong(), buffer.getLong(), buffer.getLong()));
        }
        return new Manifest(logId, boundary, boundaryTerm, firstSequence, segments);
    }

    private static int check(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 8, bytes.length - 8);
        return (int) crc.getValue();
    }
}
