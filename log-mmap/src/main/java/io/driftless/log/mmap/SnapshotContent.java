package io.driftless.log.mmap;

import io.driftless.raft.SnapshotId;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * The content of a snapshot's file, or what follows from some byte on. A chunk is handed out when its checksum has been
 * compared, and the last one when the end, and the content's checksum if all of it was read, have been compared too.
 * Confined to one thread.
 */
final class SnapshotContent extends InputStream {

    private final SnapshotFile snapshot;
    private final SnapshotFormat.Header header;
    private final RandomAccessFile in;
    private final byte[] chunkHeader = new byte[SnapshotFormat.CHUNK_HEADER];
    private final byte[] chunk;
    private final CRC32C read = new CRC32C();
    /** Whether {@code read} begins with the first chunk. */
    private final boolean isWhole;
    /** Where the next chunk begins in the file. */
    private long at;
    /** Content behind that. */
    private long remaining;
    /** Bytes at the beginning of the next chunk that nobody asked for; 0 from the second one on. */
    private int skipped;
    private int position;
    private int limit;
    /** Whether the end has been compared. */
    private boolean ended;
    private boolean closed;

    /** Reads from {@code in}, which it closes, what follows from byte {@code offset} of the content on. */
    SnapshotContent(SnapshotFile snapshot, RandomAccessFile in, long offset) {
        this.snapshot = snapshot;
        this.header = snapshot.header();
        this.in = in;
        this.chunk = new byte[header.chunkBytes()];
        long chunksBefore = offset / header.chunkBytes();
        this.isWhole = chunksBefore == 0;
        this.at = header.chunksFrom() + chunksBefore * (SnapshotFormat.CHUNK_HEADER + header.chunkBytes());
        this.remaining = snapshot.contentBytes() - chunksBefore * header.chunkBytes();
        this.skipped = (int) (offset % header.chunkBytes());
    }

    @Override
    public int read() throws IOException {
        return isAtEnd() ? -1 : chunk[position++] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (!closed && position == limit && skipped == 0 && remaining > 0 && length >= header.chunkBytes()) {
            // Not by way of the own array, which takes as long as the checksum.
            return take(bytes, offset);
        }
        if (isAtEnd()) {
            return -1;
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(chunk, position, bytes, offset, count);
        position += count;
        return count;
    }

    @Override
    public int available() {
        return limit - position;
    }

    private boolean isAtEnd() throws IOException {
        if (closed) {
            throw new IOException(snapshot.file() + ": this stream is closed");
        }
        if (position == limit && !ended) {
            next();
        }
        return position == limit;
    }

    private void next() {
        limit = take(chunk, 0);
        position = skipped;
        skipped = 0;
    }

    /** The content of the next chunk, and its length. After damage it is where it was: the next read meets it again. */
    private int take(byte[] into, int offset) {
        int length = (int) Math.min(header.chunkBytes(), remaining);
        long next = at;
        if (length > 0) {
            readChunk(into, offset, length);
            next += SnapshotFormat.CHUNK_HEADER + length;
        }
        if (length == remaining) {
            requireEnd(next);
            ended = true;
        }
        at = next;
        remaining -= length;
        return length;
    }

    private void readChunk(byte[] into, int offset, int length) {
        readAt(at, chunkHeader, 0, SnapshotFormat.CHUNK_HEADER);
        int found = RecordFormat.intAt(chunkHeader, 0);
        if (found != length) {
            throw SnapshotFormat.damaged(snapshot.file(), at, "a chunk of " + length + " bytes is due there and says "
                    + found);
        }
        readAt(at + SnapshotFormat.CHUNK_HEADER, into, offset, length);
        if (RecordFormat.intAt(chunkHeader, 4) != header.checkOfChunk(at, length, into, offset, length)) {
            throw SnapshotFormat.damaged(snapshot.file(), at, "the checksum of a chunk of " + length
                    + " bytes does not match");
        }
        read.update(into, offset, length);
    }

    private void requireEnd(long endAt) {
        byte[] end = new byte[SnapshotFormat.END];
        readAt(endAt, end, 0, end.length);
        SnapshotId id = snapshot.id();
        if (!header.isEnd(end, endAt) || isWhole && (int) read.getValue() != id.checksum()) {
            throw SnapshotFormat.damaged(snapshot.file(), endAt, "the content up to there is not that of " + id);
        }
    }

    private void readAt(long from, byte[] into, int offset, int length) {
        try {
            in.seek(from);
            in.readFully(into, offset, length);
        } catch (EOFException e) {
            throw SnapshotFormat.damaged(snapshot.file(), from, "it ends within the next " + length + " bytes");
        } catch (IOException e) {
            throw SnapshotFile.unreadable(snapshot.file(), e);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        in.close();
    }
}
