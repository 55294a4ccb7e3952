package io.driftless.log.mmap;

import io.driftless.log.LogEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.core.io.SingleThreadedChecked;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.SparseRollCycles;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * Appends records to a fresh segment: a directory with one Chronicle Queue in it, whose single file is filled with
 * zeros before Chronicle sees it. The only class that imports Chronicle, and only for this: syncing, reading and
 * recovery work on the file's bytes.
 *
 * <p>Made by one thread, then used by one owner at a time. Chronicle's own check of that is off, because ownership is
 * handed over.
 */
final class SegmentWriter implements AutoCloseable {

    private static final String QUEUE_METADATA = "metadata.cq4t";
    private static final long QUEUE_METADATA_SIZE = 128 * 1024;
    /**
     * Chronicle gives its only file this name (a constant clock never rolls to another), and renames a prepared one to
     * it.
     */
    private static final String QUEUE_FILE = "19700101-00LX.cq4";
    private static final String PREPARED_FILE = "19700101-00LX.precreated";
    private static final long QUEUE_TIMEOUT_MS = 1_000;
    /** Room for a record at first; grows with the largest. */
    private static final int RECORD_BYTES = 1024;

    static {
        // Chronicle reads these once, when its classes load. Without them it reports usage, prints a banner, watches
        // disks from a thread of its own, shrinks files that we have mapped, and leaves a thread behind that releases
        // them.
        setIfAbsent("chronicle.analytics.disable", "true");
        setIfAbsent("chronicle.announcer.disable", "true");
        setIfAbsent("chronicle.disk.monitor.disable", "true");
        setIfAbsent("chronicle.queue.disableFileShrinking", "true");
        setIfAbsent("background.releaser", "false");
    }

    private final Segment segment;
    private final RecordFormat format;
    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private final int usable;
    private final int payloadBytesMax;
    /** The record that is being written, outside the heap: from there Chronicle copies it in one go. */
    private final Bytes<Void> record;
    private int end;

    private SegmentWriter(Segment segment, RecordFormat format, SingleChronicleQueue queue, ExcerptAppender appender,
            int size) {
        this.segment = segment;
        this.format = format;
        this.queue = queue;
        this.appender = appender;
        this.usable = SegmentSizes.usable(size);
        this.payloadBytesMax = SegmentSizes.payloadBytesMax(size);
        this.record = Bytes.allocateElasticDirect(RECORD_BYTES);
        record.singleThreadedCheckDisabled(true);
    }

    private static void setIfAbsent(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    /**
     * Makes the segment {@code number} of {@code size} bytes in the log's directory: files filled and forced,
     * directories forced, its first record written. On failure nothing is left.
     */
    static SegmentWriter create(Disk disk, Path logDirectory, UUID logId, long number, int size) throws IOException {
        Path directory = Segment.directory(logDirectory, number);
        disk.makeDirectory(directory);
        SegmentWriter writer = null;
        try {
            disk.fill(directory.resolve(QUEUE_METADATA), QUEUE_METADATA_SIZE);
            disk.fill(directory.resolve(PREPARED_FILE), size);
            writer = open(disk, directory, logId, number, size);
            writer.writeSegmentRecord(number, size);
            disk.force(writer.segment.mapping(), 0, writer.end);
            try (Disk.Output output = disk.change(writer.segment.file())) {
                output.force();
            }
            disk.forceDirectory(directory);
            disk.forceDirectory(logDirectory);
            return writer;
        } catch (IOException | RuntimeException | Error e) {
            if (writer != null) {
                writer.close();
                writer.segment.retire();
            }
            disk.deleteDirectory(directory);
            throw e;
        }
    }

    private static SegmentWriter open(Disk disk, Path directory, UUID logId, long number, int size) throws IOException {
        SingleChronicleQueue queue = SingleChronicleQueueBuilder.binary(directory)
                .blockSize(size)
                .rollCycle(SparseRollCycles.LARGE_HOURLY_XSPARSE)
                .timeProvider(() -> 0L)
                .syncMode(SyncMode.NONE)
                .checkInterrupts(false)
                .timeoutMS(QUEUE_TIMEOUT_MS)
                .build();
        try {
            ExcerptAppender appender = queue.createAppender();
            ((SingleThreadedChecked) appender).singleThreadedCheckDisabled(true);
            // The store appears with the first document; an empty one that is rolled back leaves the file ready to be
            // mapped.
            try (DocumentContext document = appender.writingDocument()) {
                document.rollbackOnClose();
            }
            Path file = directory.resolve(QUEUE_FILE);
            Segment segment = new Segment(number, directory, file, disk.map(file, size), logId);
            return new SegmentWriter(segment, new RecordFormat(logId, number), queue, appender, size);
        } catch (IOException | RuntimeException | Error e) {
            queue.close();
            throw e;
        }
    }

    Segment segment() {
        return segment;
    }

    /** Where the last record ends. */
    int end() {
        return end;
    }

    /** Whether an entry with such a payload still fits. */
    boolean fits(int payloadLength) {
        return payloadLength <= payloadBytesMax && end + SegmentSizes.bytesOf(payloadLength) <= usable;
    }

    /**
     * Appends an entry's record, which fits; any failure leaves the segment in an unknown state and is final.
     *
     * @return where its document begins
     */
    int write(LogEntry entry, long sequence, long durableSequence) {
        io.driftless.log.Bytes payload = entry.payload();
        int length = RecordFormat.HEADER + payload.length();
        try {
            int at = end + 4;
            if (at + length > usable) {
                throw new IllegalStateException("record at " + at + " leaves the segment of " + usable + " bytes");
            }
            record.clear();
            record.write(format.encode(entry, at, sequence, durableSequence), 0, RecordFormat.HEADER);
            record.write(payload.array(), payload.offset(), payload.length());
            // A document context would look for the end of the queue with each document, and costs twice as much.
            appender.writeBytes(record);
            // Through Chronicle's mapping, which has the page: through ours it would be another fault.
            if (Objects.requireNonNull(appender.wire()).bytes().readVolatileInt(end) != length) {
                throw new IllegalStateException("the record is not where its checksum says");
            }
            end = at + length + 3 & ~3;
            return at - 4;
        } catch (RuntimeException | VirtualMachineError | AssertionError e) {
            throw SystemErrors.here().failed(segment.file() + ": record " + sequence + " at offset " + end
                    + " could not be written: " + e, e);
        }
    }

    /**
     * Begins the segment. Its records follow each other without a gap: Chronicle has put its first index page before
     * them, and a second one would come after 2^31 records, which no segment holds.
     */
    private void writeSegmentRecord(long number, int size) {
        try (DocumentContext document = appender.writingDocument()) {
            Bytes<?> bytes = Objects.requireNonNull(document.wire()).bytes();
            long at = bytes.writePosition();
            bytes.write(format.encodeSegment(at, number, size), 0, RecordFormat.HEADER);
            end = (int) (at + RecordFormat.HEADER + 3) & ~3;
        }
    }

    /** Lets go of Chronicle's part; the segment stays as it is. Idempotent. */
    @Override
    public void close() {
        appender.close();
        queue.close();
        if (record.refCount() > 0) {
            record.releaseLast();
        }
    }
}
