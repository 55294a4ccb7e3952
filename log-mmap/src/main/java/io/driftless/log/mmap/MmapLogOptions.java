package io.driftless.log.mmap;

/**
 * How a log is laid out. Immutable. May differ from one opening to the next: what is there keeps the size it was
 * written with.
 *
 * @param segmentBytes  size of a new segment, from 256 KiB to 1 GiB
 * @param entryBytesMax largest payload for which room is planned; must fit a quarter of a segment. Larger ones, up to
 *                      {@link io.driftless.log.RaftLog#ENTRY_BYTES_MAX}, are taken too, in a segment of a size of their
 *                      own where need be
 */
public record MmapLogOptions(int segmentBytes, int entryBytesMax) {

    /** Segments of 64 MiB, payloads up to 1 MiB. */
    public static final MmapLogOptions DEFAULT = new MmapLogOptions(64 << 20, 1 << 20);

    private static final int SEGMENT_BYTES_MAX = 1 << 30;

    /** Checks the bounds. */
    public MmapLogOptions {
        if (segmentBytes < SegmentSizes.MIN || segmentBytes > SEGMENT_BYTES_MAX) {
            throw new IllegalArgumentException("segments of " + segmentBytes + " bytes: must be from "
                    + SegmentSizes.MIN + " to "
                    + SEGMENT_BYTES_MAX);
        }
        if (entryBytesMax < 0 || entryBytesMax > SegmentSizes.payloadBytesMax(segmentBytes)) {
            throw new IllegalArgumentException("entries of up to " + entryBytesMax + " bytes: segments of "
                    + segmentBytes + " bytes take at most "
                    + SegmentSizes.payloadBytesMax(segmentBytes));
        }
    }
}
