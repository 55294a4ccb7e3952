package io.driftless.log.mmap;

import io.driftless.log.LogListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Room kept aside in a file of zeros, so that on a full disk the log still opens, into a small segment, and can be
 * compacted. It is given back before it is needed, and made again when there is room. Confined to the log's owner.
 */
final class Reserve {

    /** Its name. */
    static final String FILE = "reserve";

    /** Besides a segment: Chronicle's metadata, a manifest, directories. */
    private static final int BESIDES = 192 * 1024;
    /** Enough for a manifest, where there is no room for more. */
    private static final int LEAST = 32 * 1024;

    private final Disk disk;
    private final Path file;
    private final int segmentBytes;
    private final LogListener listener;

    Reserve(Disk disk, Path logDirectory, MmapLogOptions options, LogListener listener) {
        this.disk = disk;
        this.listener = listener;
        this.file = logDirectory.resolve(FILE);
        this.segmentBytes = Math.max(2 * SegmentSizes.MIN,
                SegmentSizes.sizeFor(0, options.entryBytesMax(), SegmentSizes.MIN));
    }

    /** How much of what an earlier process wrote may be copied into the small segment. */
    int copyBytesMax() {
        return segmentBytes / 2;
    }

    /** Makes it if it is not there, as far as there is room. */
    void make() {
        try {
            if (!isWhole() && !fill(segmentBytes + BESIDES) && !fill(LEAST)) {
                listener.warning(file + " could not be made: there is no room kept aside for a full disk");
            }
        } catch (IOException e) {
            listener.warning(file + " could not be made: " + e);
        }
    }

    /** Whether it is there in its full size. */
    boolean isWhole() {
        try {
            return Files.exists(file) && Files.size(file) >= segmentBytes + BESIDES;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean fill(int bytes) throws IOException {
        disk.delete(file);
        try {
            disk.fill(file, bytes);
            return true;
        } catch (IOException e) {
            disk.delete(file);
            if (Disk.isFull(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Gives the room back; false if there was none. */
    boolean release() {
        try {
            boolean there = Files.exists(file);
            disk.delete(file);
            return there;
        } catch (IOException e) {
            listener.warning(file + " could not be removed: " + e);
            return false;
        }
    }
}
