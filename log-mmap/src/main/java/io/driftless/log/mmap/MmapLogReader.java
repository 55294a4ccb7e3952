package io.driftless.log.mmap;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCompactedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link MmapLog} from its mappings. Pins the segment it stands on. Confined to one thread.
 */
final class MmapLogReader implements LogReader {

    private static final int PAGE = 4096;

    private final MmapLog log;
    private final byte[] header = new byte[RecordFormat.HEADER];
    private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
    private final RecordFormat format;
    private @Nullable Segment pinned;
    private @Nullable ByteBuffer window;
    private int at;
    private boolean standing;
    private boolean closed;
    private int touched;

    MmapLogReader(MmapLog log, UUID logId) {
        this.log = log;
        this.format = new RecordFormat(logId, 0);
    }

    @Override
    public boolean seek(long index) {
        standing = false;
        while (true) {
            requireOpen();
            long place = log.placeOf(index);
            if (place < 0) {
                return false;
            }
            // A segment that is gone was compacted or reset away in this moment: the index says so by now.
            if (pin(EntryIndex.segmentOf(place))) {
                load(place, index);
                standing = true;
                return true;
            }
        }
    }

    private boolean pin(long number) {
        Segment held = pinned;
        if (held != null && held.number() == number) {
            return true;
        }
        unpin();
        Segment segment = log.segment(number);
        if (segment == null || !segment.pin()) {
            return false;
        }
        pinned = segment;
        window = segment.mapping().duplicate();
        format.bind(segment.logId(), number);
        return true;
    }

    private void unpin() {
        Segment held = pinned;
        if (held != null) {
            pinned = null;
            window = null;
            held.unpin();
        }
    }

    /**
     * Reads the header of the record whose document is at {@code place} and checks that it is that of {@code index},
     * and its checksum.
     */
    private void load(long place, long index) {
        ByteBuffer mapping = mapping();
        at = (int) EntryIndex.positionOf(place) + 4;
        try {
            mapping.get(at, header);
            int length = RecordFormat.intAt(header, RecordFormat.LENGTH);
            if (RecordFormat.intAt(header, 0) != RecordFormat.MAGIC || length < 0
                    || length > mapping.capacity() - at - RecordFormat.HEADER
                    || RecordFormat.longAt(header, RecordFormat.INDEX) != index) {
                throw damage(index, "it is no record of this index");
            }
            int from = at + RecordFormat.HEADER;
            // The checksum's machine code kills the JVM on a page that is gone, where a plain read throws.
            int sum = 0;
            for (int page = from; page < from + length; page += PAGE) {
                sum += mapping.get(page);
            }
            touched = sum + (length > 0 ? mapping.get(from + length - 1) : 0);
            mapping.limit(from + length).position(from);
            boolean matches = format.matches(header, at, mapping);
            mapping.clear();
            if (!matches) {
                throw damage(index, "its checksum does not match");
            }
        } catch (InternalError e) {
            throw new LogCorruptException(segment().file() + ": index " + index + " at offset " + at
                    + " cannot be read: " + e, e);
        }
    }

    private LogCorruptException damage(long index, String why) {
        return new LogCorruptException(segment().file() + " is damaged at offset " + at + ", index " + index + ": "
                + why);
    }

    private Segment segment() {
        return Objects.requireNonNull(pinned);
    }

    private ByteBuffer mapping() {
        return Objects.requireNonNull(window);
    }

    @Override
    public long index() {
        requireStanding();
        return RecordFormat.longAt(header, RecordFormat.INDEX);
    }

    @Override
    public long term() {
        requireStanding();
        return RecordFormat.longAt(header, RecordFormat.TERM);
    }

    @Override
    public long timeMs() {
        requireStanding();
        return RecordFormat.longAt(header, RecordFormat.TIME);
    }

    @Override
    public EntryType type() {
        requireStanding();
        return EntryType.ofCode(header[RecordFormat.TYPE]);
    }

    @Override
    public long session() {
        requireStanding();
        return RecordFormat.longAt(header, RecordFormat.SESSION);
    }

    @Override
    public long serial() {
        requireStanding();
        return RecordFormat.longAt(header, RecordFormat.SERIAL);
    }

    @Override
    public int distance() {
        requireStanding();
        return RecordFormat.shortAt(header, RecordFormat.DISTANCE);
    }

    /** The record's sequence. */
    long sequence() {
        requireStanding();
        return RecordFormat.longAt(header, RecordFormat.SEQUENCE);
    }

    @Override
    public DirectBuffer payload() {
        requireStanding();
        payload.wrap(mapping(), at + RecordFormat.HEADER, RecordFormat.intAt(header, RecordFormat.LENGTH));
        return payload;
    }

    @Override
    public LogEntry entry() {
        requireStanding();
        byte[] bytes = new byte[RecordFormat.intAt(header, RecordFormat.LENGTH)];
        try {
            mapping().get(at + RecordFormat.HEADER, bytes);
        } catch (InternalError e) {
            throw new LogCorruptException(segment().file() + ": offset " + at + " cannot be read: " + e, e);
        }
        return new LogEntry(index(), term(), timeMs(), type(), session(), serial(), distance(),
                Bytes.wrap(bytes));
    }

    @Override
    public List<LogEntry> read(long fromIndex, long toIndex, long weightMax) {
        standing = false;
        while (true) {
            requireOpen();
            long[] places = log.places(fromIndex, toIndex, weightMax);
            // Asked once: a reset moves it while this thread looks.
            long firstIndex = log.firstIndex();
            if (places.length == 0 && fromIndex > 0 && fromIndex < firstIndex) {
                throw new LogCompactedException(fromIndex, firstIndex);
            }
            List<LogEntry> entries = new ArrayList<>(places.length);
            int i = 0;
            // Records never change, so the places of one moment give the entries of that moment, unless a segment goes
            // away meanwhile.
            while (i < places.length && pin(EntryIndex.segmentOf(places[i]))) {
                load(places[i], fromIndex + i);
                standing = true;
                entries.add(entry());
                i++;
            }
            standing = false;
            if (i == places.length) {
                return entries;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        standing = false;
        payload.wrap(0, 0);
        unpin();
    }

    private void requireStanding() {
        requireOpen();
        if (!standing) {
            throw new IllegalStateException("the reader stands on no entry");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new LogClosedException("the reader is closed");
        }
        log.requireOpen();
    }
}
