package io.driftless.log.mmap;

import io.driftless.errors.EndCause;
import io.driftless.log.Bytes;
import io.driftless.log.DamagedSnapshot;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogOpenException;
import io.driftless.log.OutOfResourcesException;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.SnapshotId;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A snapshot in a file, which is only read. Takes no lock and holds nothing open between calls, so that it can be used
 * beside a running node. Immutable, thread safe.
 */
public final class SnapshotFile implements StoredSnapshot {

    private static final int READ_BYTES = 64 * 1024;

    private final Path file;
    private final SnapshotFormat.Header header;
    private final SnapshotId id;
    private final Bytes boundary;
    private final long contentBytes;

    SnapshotFile(Path file, SnapshotFormat.Header header, Bytes boundary, long contentBytes, int contentCheck) {
        this.file = file;
        this.header = header;
        this.id = new SnapshotId(header.index(), header.term(), header.creator(), contentCheck);
        this.boundary = boundary;
        this.contentBytes = contentBytes;
    }

    /**
     * Reads header, boundary and end of {@code file} and compares them with their checksums and with its length. The
     * content is not looked at.
     *
     * @throws LogCorruptException     if one of them is damaged, or cannot be read
     * @throws LogOpenException        if it has another format, or is a directory
     * @throws OutOfResourcesException if the process has no descriptor left
     * @throws IOException             if there is no such file, or it cannot be opened
     */
    public static SnapshotFile open(Path file) throws IOException {
        try (RandomAccessFile in = openToRead(file)) {
            return read(file, in);
        }
    }

    /** As {@link #open}; damaged is also one whose name is another's. */
    static SnapshotFile openNamed(Path file) throws IOException {
        SnapshotFile found = open(file);
        found.requireName();
        return found;
    }

    /** Throws a {@link LogCorruptException} if the name of the file is another's: a node sets such a file aside. */
    public void requireName() {
        String due = SnapshotFormat.name(id);
        if (!String.valueOf(file.getFileName()).equals(due)) {
            throw new LogCorruptException(file + " holds a snapshot whose name is " + due);
        }
    }

    /**
     * What is left in a file that may be damaged anywhere. A name is easily changed, and a header has a checksum: so it
     * is of the index that its header says, and only where that is damaged of the one in its name.
     */
    static DamagedSnapshot damaged(Path file, SnapshotId named) {
        SnapshotId id = named;
        try (RandomAccessFile in = openToRead(file)) {
            SnapshotFormat.Header header = header(file, in);
            id = new SnapshotId(header.index(), header.term(), header.creator(), named.checksum());
            return new DamagedSnapshot(id, Optional.of(boundary(file, in, header)));
        } catch (IOException | LogCorruptException | LogOpenException damaged) {
            return new DamagedSnapshot(id, Optional.empty());
        }
    }

    private static RandomAccessFile openToRead(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new LogOpenException(EndCause.UNWRITABLE, file
                    + " is a directory, and named like the file of a snapshot: move it away");
        }
        try {
            return Descriptors.with(() -> new RandomAccessFile(file.toFile(), "r"));
        } catch (IOException e) {
            if (SystemErrors.here().isExhausted(e)) {
                throw new OutOfResourcesException(file + " cannot be opened: " + SystemErrors.words(file, e), e);
            }
            throw e;
        }
    }

    private static SnapshotFile read(Path file, RandomAccessFile in) {
        try {
            long length = in.length();
            requireLength(file, length, SnapshotFormat.HEADER + SnapshotFormat.END);
            SnapshotFormat.Header header = header(file, in);
            requireLength(file, length, header.fileBytes(0));
            Bytes boundary = boundary(file, in, header);
            long endAt = length - SnapshotFormat.END;
            byte[] end = new byte[SnapshotFormat.END];
            in.seek(endAt);
            in.readFully(end);
            if (!header.isEnd(end, endAt)) {
                throw SnapshotFormat.damaged(file, endAt, "no end of a snapshot is there, where the file of " + length
                        + " bytes ends"
                        + (file.toString().endsWith(SnapshotFormat.TEMPORARY) ? ", it is still being written" : ""));
            }
            long contentBytes = RecordFormat.longAt(end, SnapshotFormat.CHUNK_HEADER);
            if (contentBytes < 0 || header.fileBytes(contentBytes) != length) {
                throw SnapshotFormat.damaged(file, endAt, "its " + length + " bytes do not hold a content of "
                        + contentBytes);
            }
            return new SnapshotFile(file, header, boundary, contentBytes,
                    RecordFormat.intAt(end, SnapshotFormat.CHUNK_HEADER + 8));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static SnapshotFormat.Header header(Path file, RandomAccessFile in) throws IOException {
        byte[] bytes = new byte[SnapshotFormat.HEADER];
        in.readFully(bytes);
        return SnapshotFormat.Header.decode(file, bytes);
    }

    private static Bytes boundary(Path file, RandomAccessFile in, SnapshotFormat.Header header) throws IOException {
        byte[] bytes = new byte[header.boundaryBytes()];
        in.readFully(bytes);
        Bytes boundary = Bytes.wrap(bytes);
        if (SnapshotFormat.checkOf(boundary) != header.boundaryCheck()) {
            throw SnapshotFormat.damaged(file, SnapshotFormat.HEADER, "the checksum of the boundary does not match");
        }
        return boundary;
    }

    private static void requireLength(Path file, long length, long least) {
        if (length < least) {
            throw SnapshotFormat.damaged(file, length, length == 0 ? "the file is empty"
                    : "it ends there, and would take " + least + " bytes even without a content");
        }
    }

    /** A sector that cannot be read is damage like one that holds something else. */
    static LogCorruptException unreadable(Path file, IOException e) {
        return new LogCorruptException(file + " cannot be read: " + SystemErrors.words(file, e), e);
    }

    /** The file. */
    Path file() {
        return file;
    }

    /** What it begins with. */
    SnapshotFormat.Header header() {
        return header;
    }

    @Override
    public SnapshotId id() {
        return id;
    }

    @Override
    public Bytes boundary() {
        return boundary;
    }

    @Override
    public long contentBytes() {
        return contentBytes;
    }

    @Override
    public long storedBytes() {
        return header.fileBytes(contentBytes);
    }

    @Override
    public String description() {
        return file.toString();
    }

    /**
     * Reads all of it and compares its checksums.
     *
     * @throws LogCorruptException     if it is not what was written, or gone
     * @throws OutOfResourcesException if the process has no descriptor left
     */
    @Override
    public void verify() {
        try {
            SnapshotFile now = open(file);
            if (!now.header.equals(header) || !now.id.equals(id)) {
                throw new LogCorruptException(file + " is another snapshot now");
            }
            try (InputStream content = content()) {
                byte[] part = new byte[READ_BYTES];
                int read = 0;
                while (read >= 0) {
                    read = content.read(part);
                }
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The content from its beginning, as {@link StoredSnapshot#content}.
     *
     * @throws OutOfResourcesException if the process has no descriptor left
     */
    @Override
    public InputStream content() {
        return content(0);
    }

    /**
     * The content from byte {@code offset} on, as {@link StoredSnapshot#content(long)}. Reading begins with the chunk
     * that holds it.
     *
     * @throws OutOfResourcesException if the process has no descriptor left
     */
    @Override
    public InputStream content(long offset) {
        if (offset < 0 || offset > contentBytes) {
            throw new IllegalArgumentException("offset " + offset + " of a content of " + contentBytes + " bytes");
        }
        try {
            return new SnapshotContent(this, openToRead(file), offset);
        } catch (IOException e) {
            throw new LogCorruptException(file + " is gone, or cannot be opened: " + SystemErrors.words(file, e), e);
        }
    }
}
