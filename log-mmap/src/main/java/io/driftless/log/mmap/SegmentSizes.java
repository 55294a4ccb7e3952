package io.driftless.log.mmap;

/** What fits into a segment. */
final class SegmentSizes {

    /** Smallest size of a segment. */
    static final int MIN = 256 * 1024;

    /** Chronicle's own pages at the beginning: a header and two index pages, with room to spare. */
    private static final int BEGINNING = 64 * 1024;
    /** Sizes are multiples of this. */
    private static final int STEP = 64 * 1024;
    /** Room kept free at the end, for an empty header. */
    private static final int MARGIN = 64;
    /** A document's header, a record's header, padding. */
    private static final int OVERHEAD = 4 + RecordFormat.HEADER + 3;

    private SegmentSizes() { }

    /** Rounded up to a size that a segment can have. */
    static int round(int size) {
        return size + STEP - 1 & -STEP;
    }

    /** Where the last record must end. */
    static int usable(int size) {
        return size - MARGIN;
    }

    /**
     * The largest payload that a segment of {@code size} bytes takes: Chronicle refuses more than a quarter of its
     * block.
     */
    static int payloadBytesMax(int size) {
        return size / 4 - RecordFormat.HEADER - MARGIN;
    }

    /** Bytes that an entry takes in a segment, at most. */
    static long bytesOf(int payloadLength) {
        return OVERHEAD + payloadLength;
    }

    /** Bytes that so many entries take, at most. */
    static long bytesOf(long entries, long payloadBytes) {
        return entries * OVERHEAD + payloadBytes;
    }

    /**
     * Size of a segment that takes records of so many bytes, each payload at most so long, and not below
     * {@code sizeMin}.
     */
    static int sizeFor(long recordBytes, int payloadLengthMax, int sizeMin) {
        long forAll = recordBytes + BEGINNING + MARGIN;
        long forLargest = 4L * (payloadLengthMax + RecordFormat.HEADER + MARGIN);
        long size = Math.max(forAll, forLargest);
        return round(Math.toIntExact(Math.max(size, sizeMin)));
    }
}
