package io.driftless.log.mmap;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.UUID;

/**
 * Walks a segment's file with a channel and bounds of its own, without Chronicle and without a mapping, and stops at the first thing that is not a
 * valid record. Confined to one thread; changes nothing.
 *
 * <p>The file is a sequence of Chronicle documents, each at a multiple of 4: a little-endian header of 4 bytes, then the content.
 * <pre>
 *  31          30          29                    0
 *  ┌───────────┬───────────┬─────────────────────┐
 *  │not ready  │ metadata  │ length of content   │     0: nothing written from here on
 *  └───────────┴───────────┴─────────────────────┘     next document: (position + 4 + length + 3) &amp; ~3
 * </pre>
 * Metadata is Chronicle's own and skipped, unless it holds a record of ours: then a bit has flipped. The first record tells the segment.
 */
final class SegmentScan implements AutoCloseable {

    private static final int NOT_READY = 0x8000_0000;
    private static final int METADATA = 0x4000_0000;
    private static final int LENGTH = 0x3fff_ffff;
    private static final int WINDOW = 1 << 20;

    private final Path file;
    private final FileChannel channel;
    private final RecordFormat format;
    private final long number;
    private final long limit;
    private byte[] window = new byte[WINDOW];
    private long windowStart;
    private int windowLength;
    private long documentAt;
    private long end;
    private long firstEnd;
    private int at;
    private String stop = "";

    /** Over {@code file}, segment {@code number} of the log {@code logId}; nothing at or after {@code limit} is looked at. */
    SegmentScan(Path file, UUID logId, long number, long limit) throws IOException {
        this.file = file;
        this.number = number;
        this.format = new RecordFormat(logId, number);
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.limit = Math.min(limit, channel.size());
    }

    /** Goes to the next entry's record; false at the end of what is valid, and {@link #stop} says why. */
    boolean next() throws IOException {
        while (stop.isEmpty()) {
            documentAt = end;
            if (documentAt + 4 > limit || !load(documentAt, 4)) {
                return stop("the file ends");
            }
            int header = RecordFormat.intAt(window, (int) (documentAt - windowStart));
            int length = header & LENGTH;
            if (header == 0) {
                return stop("nothing is written");
            }
            if ((header & NOT_READY) != 0) {
                return stop("a record was not completed");
            }
            if (documentAt + 4 + length > limit || !load(documentAt, 4 + length)) {
                return stop("a document of " + length + " bytes does not fit");
            }
            at = (int) (documentAt + 4 - windowStart);
            boolean magic = length >= RecordFormat.HEADER && RecordFormat.intAt(window, at) == RecordFormat.MAGIC;
            boolean metadata = (header & METADATA) != 0;
            if (metadata && magic) {
                return stop("a record is marked as metadata");
            }
            if (!metadata) {
                String problem = magic ? problem(length) : "a document is no record";
                if (!problem.isEmpty()) {
                    return stop(problem);
                }
            }
            end = documentAt + 4 + length + 3 & ~3L;
            if (!metadata && firstEnd > 0) {
                return true;
            }
            firstEnd = metadata ? firstEnd : end;
        }
        return false;
    }

    /** Goes to the record whose document is at {@code position}; false if there is none that is valid. */
    boolean seek(long position) throws IOException {
        end = position;
        firstEnd = Math.max(firstEnd, 1);
        stop = "";
        return next() && documentAt == position;
    }

    private boolean stop(String why) {
        stop = why;
        return false;
    }

    private String problem(int length) {
        int payload = RecordFormat.intAt(window, at + RecordFormat.LENGTH);
        if (payload != length - RecordFormat.HEADER) {
            return "a record's length is wrong";
        }
        if (!format.matches(window, at, documentAt + 4)) {
            return "a record's checksum does not match";
        }
        boolean segment = window[at + RecordFormat.TYPE] == RecordFormat.SEGMENT_TYPE;
        if (segment != (firstEnd == 0) || segment && index() != number) {
            return segment ? "a segment begins inside another" : "the record that begins a segment is missing";
        }
        if (window[at + RecordFormat.VERSION_AT] != RecordFormat.VERSION) {
            return "a record has version " + window[at + RecordFormat.VERSION_AT];
        }
        return "";
    }

    /** Brings {@code length} bytes from {@code from} on into the window; false if the file is shorter. */
    private boolean load(long from, int length) throws IOException {
        if (from >= windowStart && from + length <= windowStart + windowLength) {
            return true;
        }
        if (length > window.length) {
            window = new byte[Math.max(length, window.length * 2)];
        }
        windowStart = from;
        ByteBuffer buffer = ByteBuffer.wrap(window);
        buffer.limit((int) Math.min(window.length, Math.max(0, limit - from)));
        while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {
            continue;
        }
        windowLength = buffer.position();
        return length <= windowLength;
    }

    /** Why {@link #next} said false; empty before. */
    String stop() {
        return stop;
    }

    /** Where the last valid document ends, and the next one would begin. */
    long end() {
        return end;
    }

    /** Where the segment's first record ends; 0 if it is not there. */
    long firstEnd() {
        return firstEnd;
    }

    /** Where the record's document begins. */
    long position() {
        return documentAt;
    }

    long index() {
        return RecordFormat.longAt(window, at + RecordFormat.INDEX);
    }

    long term() {
        return RecordFormat.longAt(window, at + RecordFormat.TERM);
    }

    long sequence() {
        return RecordFormat.longAt(window, at + RecordFormat.SEQUENCE);
    }

    long durableSequence() {
        return RecordFormat.longAt(window, at + RecordFormat.DURABLE);
    }

    int payloadLength() {
        return RecordFormat.intAt(window, at + RecordFormat.LENGTH);
    }

    /** A copy of the entry. */
    LogEntry entry() {
        int from = at + RecordFormat.HEADER;
        return new LogEntry(index(), term(), RecordFormat.longAt(window, at + RecordFormat.TIME), EntryType.ofCode(window[at + RecordFormat.TYPE]),
                RecordFormat.longAt(window, at + RecordFormat.SESSION), RecordFormat.longAt(window, at + RecordFormat.SERIAL),
                Bytes.wrap(Arrays.copyOfRange(window, from, from + payloadLength())));
    }

    Path file() {
        return file;
    }

    /**
     * What lies after the end.
     *
     * @param written         whether a byte there is not zero
     * @param durableSequence the highest durable sequence that a valid record there names: evidence that a bad record before it was synced once
     */
    record Rest(boolean written, long durableSequence) { }

    /** Looks at everything after {@link #end}. The scan is over then. */
    Rest rest() throws IOException {
        boolean written = false;
        long durable = 0;
        long position = end;
        while (position + 4 <= limit && load(position, 4)) {
            int from = (int) (position - windowStart);
            if (RecordFormat.intAt(window, from) == 0) {
                position += 4;
                continue;
            }
            written = true;
            if (RecordFormat.intAt(window, from) == RecordFormat.MAGIC && position + RecordFormat.HEADER <= limit && load(position, RecordFormat.HEADER)) {
                at = (int) (position - windowStart);
                int payload = payloadLength();
                if (payload >= 0 && position + RecordFormat.HEADER + payload <= limit && load(position, RecordFormat.HEADER + payload)) {
                    at = (int) (position - windowStart);
                    durable = format.matches(window, at, position) ? Math.max(durable, durableSequence()) : durable;
                }
            }
            position += 4;
        }
        return new Rest(written, durable);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
