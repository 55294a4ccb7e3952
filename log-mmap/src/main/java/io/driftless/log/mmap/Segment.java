package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.IoUtil;

/**
 * A segment's file, mapped for reading and syncing. Readers pin it while they stand on one of its records; it is
 * unmapped when the log has retired it and the last pin is gone, so that its space is free at once. Thread safe.
 */
final class Segment {

    private static final String PREFIX = "segment-";

    private final long number;
    private final Path directory;
    private final Path file;
    private final MappedByteBuffer mapping;
    private final UUID logId;
    /** One for the log, and one for each reader on it. */
    private final AtomicInteger pins = new AtomicInteger(1);

    Segment(long number, Path directory, Path file, MappedByteBuffer mapping, UUID logId) {
        this.number = number;
        this.directory = directory;
        this.file = file;
        this.mapping = mapping;
        this.logId = logId;
        mapping.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The directory of segment {@code number}. */
    static Path directory(Path logDirectory, long number) {
        return logDirectory.resolve(String.format(Locale.ROOT, "%s%010d", PREFIX, number));
    }

    /** Whether {@code path} is named like a segment's directory. */
    static boolean isDirectory(Path path) {
        return path.getFileName().toString().matches(PREFIX + "[0-9]{10,}");
    }

    /** The number of a segment, from its directory. */
    static long numberOf(Path directory) {
        return Long.parseLong(directory.getFileName().toString().substring(PREFIX.length()));
    }

    /**
     * The queue's file in a segment's directory; it is missing, or one of several, if the answer does not hold exactly
     * one.
     */
    static List<Path> queueFiles(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        return Disk.list(directory).stream().filter(file -> file.getFileName().toString().endsWith(".cq4"))
                .toList();
    }

    /** Maps a segment that an earlier process wrote, up to {@code length}, for reading. */
    static Segment mapSealed(long number, Path file, long length, UUID logId) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Path directory = Objects.requireNonNull(file.getParent());
            return new Segment(number, directory, file, channel.map(FileChannel.MapMode.READ_ONLY, 0, length), logId);
        }
    }

    long number() {
        return number;
    }

    Path directory() {
        return directory;
    }

    Path file() {
        return file;
    }

    UUID logId() {
        return logId;
    }

    /** Only for the log itself, and for who has pinned it. */
    MappedByteBuffer mapping() {
        return mapping;
    }

    /** Keeps the mapping until {@link #unpin}; false if it is gone. */
    boolean pin() {
        int now = pins.get();
        while (now > 0) {
            if (pins.compareAndSet(now, now + 1)) {
                return true;
            }
            now = pins.get();
        }
        return false;
    }

    /** Undoes one {@link #pin}. */
    void unpin() {
        if (pins.decrementAndGet() == 0) {
            IoUtil.unmap(mapping);
        }
    }

    /** The log needs it no more. Called once. */
    void retire() {
        unpin();
    }
}
