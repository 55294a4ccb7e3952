package io.driftless.log.mmap;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.LogListener;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Small logs, their entries, and what breaks them. */
final class TestLogs {

    /** The smallest segments. */
    static final MmapLogOptions SMALL = new MmapLogOptions(SegmentSizes.MIN, 16 * 1024);

    private TestLogs() { }

    static MmapLog open(Path directory) {
        return open(directory, LogListener.NONE);
    }

    static MmapLog open(Path directory, LogListener listener) {
        return MmapLog.open(directory, SMALL, listener);
    }

    /** Syncs fail while {@code broken} is set. */
    static MmapLog open(Path directory, LogListener listener, AtomicBoolean broken) {
        return MmapLog.open(directory, SMALL, listener, new ForcingDisk((mapping, from, length) -> {
            if (broken.get()) {
                throw new UncheckedIOException(new IOException("Input/output error"));
            }
            mapping.force(from, length);
        }));
    }

    /** Takes every warning, but not the one about the file system that the test happens to run on. */
    static LogListener warningsTo(List<String> warnings) {
        return message -> {
            if (!message.contains("is claimed for ext4")) {
                warnings.add(message);
            }
        };
    }

    /** An entry whose payload follows from its numbers. */
    static LogEntry entry(long index, long term, int payloadLength) {
        byte[] payload = new byte[payloadLength];
        for (int i = 0; i < payloadLength; i++) {
            payload[i] = (byte) (index * 31 + term * 17 + i);
        }
        return new LogEntry(index, term, index * 10, EntryType.COMMAND, index % 3, index, (int) (index * 257 & 0xffff),
                Bytes.wrap(payload));
    }

    static List<LogEntry> entries(long from, long to, long term, int payloadLength) {
        List<LogEntry> entries = new ArrayList<>();
        for (long index = from; index <= to; index++) {
            entries.add(entry(index, term, payloadLength));
        }
        return entries;
    }

    /** Everything that a log holds. */
    static List<LogEntry> all(RaftLog log) {
        List<LogEntry> all = new ArrayList<>();
        try (LogReader reader = log.reader()) {
            long next = log.firstIndex();
            while (next <= log.lastIndex()) {
                List<LogEntry> part = reader.read(next, log.lastIndex(), 1 << 20);
                all.addAll(part);
                next += part.size();
            }
        }
        return all;
    }

    static List<Path> segmentDirectories(Path directory) {
        try {
            return Disk.list(directory).stream().filter(Segment::isDirectory).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path queueFile(Path segmentDirectory) {
        try {
            return Segment.queueFiles(segmentDirectory).get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The records of a log in the order of writing. */
    static List<DumpedRecord> records(Path directory) {
        List<DumpedRecord> records = new ArrayList<>();
        LogDump.read(directory, records::add);
        return records;
    }

    /** Flips bits of the byte at {@code offset}. */
    static void flip(Path file, long offset, int bits) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ bits)).clear();
            channel.write(one, offset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
