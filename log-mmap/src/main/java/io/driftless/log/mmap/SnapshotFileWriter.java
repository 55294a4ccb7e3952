package io.driftless.log.mmap;

import io.driftless.log.Bytes;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogFullException;
import io.driftless.log.OutOfResourcesException;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.SnapshotId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes a snapshot into a temporary file, chunk by chunk, and gives it its name once it is whole and synced. The first
 * failure is final. Everything on the disk is done under the lock of its {@link SnapshotFiles}, which may close it at
 * any time.
 */
final class SnapshotFileWriter implements SnapshotWriter {

    /** A step on the disk. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** A look at what has been written. */
    @FunctionalInterface
    private interface Check {
        void require(SnapshotId written) throws IOException;
    }

    /** Why the writer can no longer be used. */
    @FunctionalInterface
    private interface Failure {
        /** Returns what to throw, or throws it if it is unchecked; a new one each time. */
        IOException thrown();
    }

    private final class Content extends OutputStream {

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            int done = 0;
            while (done < length) {
                int count = Math.min(length - done, header.chunkBytes());
                files.lock.lock();
                try {
                    requireUsable();
                    put(bytes, offset + done, count);
                } finally {
                    files.lock.unlock();
                }
                done += count;
                pace.rest();
            }
        }
    }

    /** For so many bytes at a time it is asked whether the disk has room. */
    private static final long ROOM_STEP = 1 << 20;

    private final SnapshotFiles files;
    private final Path temporary;
    private final SnapshotFormat.Header header;
    private final Bytes boundary;
    private final Disk.Output output;
    private final Content content = new Content();
    private final CRC32C written = new CRC32C();
    private final SnapshotPace pace = new SnapshotPace(System::nanoTime, LockSupport::parkNanos);
    /** The chunk in the making, with room for its header. */
    private final ByteBuffer chunk;
    private long contentBytes;
    /** Where the next chunk begins in the file. */
    private long at;
    /** Up to there in the file there was room when it was last asked. */
    private long roomUpTo;
    private int unforcedChunks;
    private boolean finished;
    private boolean closed;
    private @Nullable Failure failure;

    private SnapshotFileWriter(SnapshotFiles files, Path temporary, SnapshotFormat.Header header, Bytes boundary,
            Disk.Output output) {
        this.files = files;
        this.temporary = temporary;
        this.header = header;
        this.boundary = boundary;
        this.output = output;
        this.chunk = ByteBuffer.allocate(SnapshotFormat.CHUNK_HEADER + header.chunkBytes())
                .order(ByteOrder.LITTLE_ENDIAN).position(SnapshotFormat.CHUNK_HEADER);
        this.at = header.chunksFrom();
    }

    /** Makes the temporary file, with header and boundary; none is left if that fails. Under the lock. */
    static SnapshotFileWriter begin(SnapshotFiles files, SnapshotFormat.Header header, Bytes boundary)
            throws IOException {
        Path temporary = files.directory().resolve(SnapshotFormat.temporary(header.index(), header.term(),
                header.creator()));
        files.requireRoom(temporary, header.fileBytes(0), "nothing of it is written");
        SnapshotFileWriter writer;
        try {
            files.disk().delete(temporary);
            writer = new SnapshotFileWriter(files, temporary, header, boundary, files.disk().create(temporary));
        } catch (IOException e) {
            files.remove(temporary);
            throw notWritten(temporary, e);
        }
        try {
            writer.output.write(header.encode(), SnapshotFormat.HEADER);
            writer.output.write(boundary.toByteArray(), boundary.length());
            return writer;
        } catch (IOException e) {
            writer.close();
            throw notWritten(temporary, e);
        }
    }

    @Override
    public void takeTime() {
        pace.takeTime();
    }

    @Override
    public void hurry() {
        pace.hurry();
    }

    @Override
    public OutputStream content() {
        return content;
    }

    private void put(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (!chunk.hasRemaining()) {
                writeChunk();
            }
            int count = Math.min(chunk.remaining(), length - done);
            chunk.put(bytes, offset + done, count);
            done += count;
        }
    }

    private void writeChunk() throws IOException {
        byte[] bytes = chunk.array();
        int length = chunk.position() - SnapshotFormat.CHUNK_HEADER;
        chunk.putInt(0, length);
        chunk.putInt(4, header.checkOfChunk(at, length, bytes, SnapshotFormat.CHUNK_HEADER, length));
        written.update(bytes, SnapshotFormat.CHUNK_HEADER, length);
        requireRoom((long) chunk.position() + SnapshotFormat.END);
        append(bytes, chunk.position());
        contentBytes += length;
        chunk.position(SnapshotFormat.CHUNK_HEADER);
        if (++unforcedChunks >= pace.chunksPerForce()) {
            unforcedChunks = 0;
            step(true, output::force);
            pace.forced();
        }
    }

    /** The log and others write meanwhile, so it is asked again and again; for each chunk would be too dear. */
    private void requireRoom(long more) throws IOException {
        if (at + more <= roomUpTo) {
            return;
        }
        String known = at + " bytes of it are written";
        if (files.lackOfRoom(temporary, ROOM_STEP, known).isEmpty()) {
            roomUpTo = at + ROOM_STEP;
            return;
        }
        Optional<String> lacking = files.lackOfRoom(temporary, more, known);
        if (lacking.isPresent()) {
            failure = () -> {
                throw new LogFullException(lacking.get());
            };
            requireUsable();
        }
    }

    private void append(byte[] bytes, int length) throws IOException {
        step(false, () -> output.write(bytes, length));
        at += length;
    }

    @Override
    public StoredSnapshot finish() throws IOException {
        return finish(written -> { });
    }

    @Override
    public StoredSnapshot finish(SnapshotId expected) throws IOException {
        return finish(written -> {
            if (!written.equals(expected)) {
                String what = temporary + " holds the snapshot " + written + " where " + expected + " is due";
                failure = () -> {
                    throw new LogCorruptException(what);
                };
                requireUsable();
            }
        });
    }

    /** {@code check} comes before the file has its end, and long before it has its name. */
    private StoredSnapshot finish(Check check) throws IOException {
        files.lock.lock();
        try {
            requireUsable();
            if (chunk.position() > SnapshotFormat.CHUNK_HEADER) {
                writeChunk();
            }
            SnapshotId id = new SnapshotId(header.index(), header.term(), header.creator(), (int) written.getValue());
            check.require(id);
            append(header.encodeEnd(at, contentBytes, id.checksum()), SnapshotFormat.END);
            Path whole = files.directory().resolve(SnapshotFormat.name(id));
            publish(whole);
            SnapshotFile stored = new SnapshotFile(whole, header, boundary, contentBytes, id.checksum());
            finished = true;
            files.finished(stored);
            return stored;
        } finally {
            files.lock.unlock();
        }
    }

    /** The order of these steps is rule R27. */
    private void publish(Path whole) throws IOException {
        step(true, output::force);
        step(false, output::close);
        step(false, () -> files.disk().rename(temporary, whole));
        try {
            step(true, () -> files.disk().forceDirectory(files.directory()));
        } catch (IOException | RuntimeException e) {
            // It may come back at the next opening, whole. Nobody has been told of it.
            files.remove(whole);
            throw e;
        }
    }

    private void step(boolean isSync, Step step) throws IOException {
        try {
            step.run();
        } catch (IOException e) {
            failure = () -> isSync ? notSynced(e) : notWritten(temporary, e);
            requireUsable();
        }
    }

    /** Throws if it is not, for the reason that it had first. */
    private void requireUsable() throws IOException {
        if (closed) {
            throw new LogClosedException(temporary + ": its writer is closed");
        }
        if (finished) {
            throw new IllegalStateException(temporary + ": the snapshot is finished");
        }
        if (failure != null) {
            throw failure.thrown();
        }
    }

    private IOException notSynced(IOException e) {
        throw SystemErrors.here().refused(temporary + ": the snapshot could not be synced: "
                + SystemErrors.words(temporary, e), e);
    }

    /** Returns what to throw, or throws it if it is unchecked. */
    private static IOException notWritten(Path file, IOException e) {
        String what = file + ": the snapshot could not be written: " + SystemErrors.words(file, e);
        if (Disk.isFull(e)) {
            throw new LogFullException(what, e);
        }
        if (SystemErrors.here().isExhausted(e)) {
            throw new OutOfResourcesException(what, e);
        }
        return new IOException(what, e);
    }

    @Override
    public void close() {
        files.lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            if (!finished) {
                files.abandon(this, temporary, output);
            }
        } finally {
            files.lock.unlock();
        }
    }
}
