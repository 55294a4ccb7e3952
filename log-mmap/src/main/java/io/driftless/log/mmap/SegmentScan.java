package io.driftless.log.mmap;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.UUID;

/**
 * Walks a segment's file with a channel and bounds of its own, without Chronicle and without a mapping, and stops at
 * the first thing that is not a valid record. Confined to one thread; changes nothing.
 *
 * <p>The file is a sequence of Chronicle documents, each at a multiple of 4: a little-endian header of 4 bytes, then
 * the content.
 * <pre>
 *  31          30          29                    0
 *  ┌───────────┬───────────┬─────────────────────┐
 *  │not ready  │ metadata  │ length of content   │     0: nothing written from here on
 *  └───────────┴───────────┴─────────────────────┘     next document: (position + 4 + length + 3) &amp; ~3
 * </pre>
 * Metadata is Chronicle's own and skipped, unless it holds a record of ours: then a bit has flipped. The first record
 * tells the segment.
 */
final class SegmentScan implements AutoCloseable {

    private static final int NOT_READY = 0x8000_0000;
    private static final int METADATA = 0x4000_0000;
    private static final int LENGTH = 0x3fff_ffff;
    private static final int WINDOW = 1 << 20;
    private static final long WORD = 8;

    /** The disk does not give the bytes back. */
    static final class UnreadableException extends IOException {

        private static final long serialVersionUID = 1L;

        private final long offset;

        UnreadableException(Path file, long offset, IOException cause) {
            super(file + " at offset " + offset + " cannot be read: " + cause.getMessage(), cause);
            this.offset = offset;
        }

        long offset() {
            return offset;
        }

        String reason() {
            return "the disk does not give it back: " + getCause().getMessage();
        }
    }

    private final Path file;
    private final FileChannel channel;
    private final RecordFormat format;
    private final long number;
    private final long fileSize;
    private final long limit;
    private byte[] window;
    private long windowStart;
    private int windowLength;
    private long documentAt;
    private long end;
    private long firstEnd;
    private long size;
    private int at;
    private String stop = "";

    /**
     * Over {@code file}, segment {@code number} of the log {@code logId}; nothing at or after {@code limit} is looked
     * at.
     */
    SegmentScan(Path file, UUID logId, long number, long limit) throws IOException {
        this(file, logId, number, limit, WINDOW);
    }

    /** The same, reading so many bytes at once. */
    SegmentScan(Path file, UUID logId, long number, long limit, int windowBytes) throws IOException {
        this.file = file;
        this.window = new byte[windowBytes];
        this.number = number;
        this.format = new RecordFormat(logId, number);
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.fileSize = channel.size();
        this.limit = Math.min(limit, fileSize);
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
            if (!metadata) {
                firstEnd = end;
                size = term();
            }
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
        return segment || EntryType.isCode(window[at + RecordFormat.TYPE]) ? ""
                : "a record has type " + window[at + RecordFormat.TYPE];
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
        try {
            while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {
                continue;
            }
        } catch (ClosedByInterruptException e) {
            // No word about the disk.
            throw e;
        } catch (IOException e) {
            windowLength = 0;
            throw new UnreadableException(file, from + buffer.position(), e);
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

    /** The segment's number. */
    long number() {
        return number;
    }

    /** A copy of the entry. */
    LogEntry entry() {
        int from = at + RecordFormat.HEADER;
        EntryType type = EntryType.ofCode(window[at + RecordFormat.TYPE]);
        long timeMs = RecordFormat.longAt(window, at + RecordFormat.TIME);
        long session = RecordFormat.longAt(window, at + RecordFormat.SESSION);
        long serial = RecordFormat.longAt(window, at + RecordFormat.SERIAL);
        return new LogEntry(index(), term(), timeMs, type, session, serial,
                RecordFormat.shortAt(window, at + RecordFormat.DISTANCE),
                Bytes.wrap(Arrays.copyOfRange(window, from, from + payloadLength())));
    }

    Path file() {
        return file;
    }

    /** Whether the file is shorter than the segment was made; only of a segment that was not sealed. */
    boolean isCutShort() {
        return fileSize < size;
    }

    /**
     * Whether what the scan stopped at can be a record that was being written when the machine went down. A segment is
     * zeros at first and written once, and stores reach the disk in whole words of {@value #WORD} bytes, in any order:
     * then a word of it is still zero, or its document was not completed. Where two lengths that were both written
     * differ, the rest of the record tells nothing: nobody knows where it ends.
     */
    boolean isUnfinished() throws IOException {
        if (documentAt + 4 > limit || !load(documentAt, 4)) {
            return true;
        }
        int header = RecordFormat.intAt(window, (int) (documentAt - windowStart));
        if (header == 0 || (header & NOT_READY) != 0) {
            return true;
        }
        long documentEnd = documentAt + 4 + (header & LENGTH);
        if ((header & METADATA) != 0 || documentEnd > limit || !load(documentAt, (int) (documentEnd - documentAt))) {
            return false;
        }
        int length = (header & LENGTH) - RecordFormat.HEADER;
        int recorded = (int) (documentAt + 4 - windowStart) + RecordFormat.LENGTH;
        if (length >= 0 && RecordFormat.intAt(window, recorded) != length) {
            documentEnd = documentAt + 4 + RecordFormat.TERM;
        }
        for (long word = documentAt; word < documentEnd; word = (word & -WORD) + WORD) {
            if (isZero(word, Math.min((word & -WORD) + WORD, documentEnd))) {
                return true;
            }
        }
        return false;
    }

    private boolean isZero(long from, long to) {
        for (long i = from; i < to; i++) {
            if (window[(int) (i - windowStart)] != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * What lies after the end.
     *
     * @param writtenEnd      behind the last byte that is not zero; the end itself if there is none
     * @param durableSequence the highest durable sequence that a valid record there names: evidence that a bad record
     *                        before it was synced once
     * @param next            where the document of the first valid record begins; -1 without one
     * @param nextSequence    that record's sequence
     */
    record Rest(long writtenEnd, long durableSequence, long next, long nextSequence) { }

    /** Looks at everything after {@link #end}. The scan is over then, unless it is {@link #resume}d. */
    Rest rest() throws IOException {
        long writtenEnd = end;
        long durable = 0;
        long next = -1;
        long nextSequence = 0;
        for (long position = end; position + 4 <= limit && load(position, 4); position += 4) {
            int word = RecordFormat.intAt(window, (int) (position - windowStart));
            if (word == 0) {
                continue;
            }
            writtenEnd = position + 4;
            if (word == RecordFormat.MAGIC && position >= 4 && matchesAt(position)) {
                durable = Math.max(durable, durableSequence());
                if (next < 0) {
                    next = position - 4;
                    nextSequence = sequence();
                }
            }
        }
        return new Rest(writtenEnd, durable, next, nextSequence);
    }

    /** Whether a valid record of an entry is at {@code position}, its document's header aside. */
    private boolean matchesAt(long position) throws IOException {
        if (position + RecordFormat.HEADER > limit || !load(position, RecordFormat.HEADER)) {
            return false;
        }
        int payload = RecordFormat.intAt(window, (int) (position - windowStart) + RecordFormat.LENGTH);
        if (payload < 0 || position + RecordFormat.HEADER + payload > limit
                || !load(position, RecordFormat.HEADER + payload)) {
            return false;
        }
        at = (int) (position - windowStart);
        return EntryType.isCode(window[at + RecordFormat.TYPE]) && format.matches(window, at, position);
    }

    /** Stands on the record that {@link #rest} found, whatever its document's header says, and goes on from there. */
    void resume(long next) throws IOException {
        load(next, 4 + RecordFormat.HEADER);
        load(next, 4 + RecordFormat.HEADER
                + RecordFormat.intAt(window, (int) (next + 4 - windowStart) + RecordFormat.LENGTH));
        documentAt = next;
        at = (int) (next + 4 - windowStart);
        end = next + 4 + RecordFormat.HEADER + payloadLength() + 3 & ~3L;
        firstEnd = Math.max(firstEnd, 1);
        stop = "";
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
