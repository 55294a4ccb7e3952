package io.driftless.testkit;

import io.driftless.errors.LogException;
import io.driftless.log.Bytes;
import io.driftless.log.DamagedSnapshot;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.RaftLog;
import io.driftless.log.SnapshotStore;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.StoredSnapshot;
import io.driftless.log.SyncFailedException;
import io.driftless.raft.SnapshotId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A {@link SnapshotStore} in memory. What is finished is durable, and what is not dies with its store. */
final class InMemorySnapshotStore implements SnapshotStore {

    private final MemorySnapshots kept;
    private final ReentrantLock lock;
    private @Nullable Writer writer;
    private boolean closed;

    /** Over what a disk keeps, guarded by {@code lock}. */
    InMemorySnapshotStore(MemorySnapshots kept, ReentrantLock lock) {
        this.kept = kept;
        this.lock = lock;
    }

    @Override
    public Optional<StoredSnapshot> newest() {
        lock.lock();
        try {
            requireOpen();
            return kept.newest().map(Stored::new);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public SnapshotWriter begin(long index, long term, UUID creator, Bytes boundary) {
        SnapshotId boundaryId = new SnapshotId(index, term, creator, 0);
        if (boundary.length() > RaftLog.ENTRY_BYTES_MAX) {
            throw new IllegalArgumentException("a boundary of " + boundary.length() + " bytes; at most "
                    + RaftLog.ENTRY_BYTES_MAX + " are allowed");
        }
        lock.lock();
        try {
            requireOpen();
            if (writer != null) {
                throw new IllegalStateException("a snapshot is being written already");
            }
            kept.newest().filter(found -> found.id().index() >= index).ifPresent(found -> {
                throw new IllegalArgumentException("a snapshot of index " + index + " after " + found.id());
            });
            Writer begun = new Writer(boundaryId, boundary);
            writer = begun;
            return begun;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void setAside(StoredSnapshot damaged) {
        lock.lock();
        try {
            requireOpen();
            kept.setAside(damaged.id());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<DamagedSnapshot> damaged() {
        lock.lock();
        try {
            requireOpen();
            return kept.aside().map(found -> new DamagedSnapshot(found.id(), Optional.of(found.boundary()))).stream()
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void remove(StoredSnapshot useless) {
        lock.lock();
        try {
            requireOpen();
            kept.remove(useless.id());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void removeDamaged(DamagedSnapshot useless) {
        lock.lock();
        try {
            requireOpen();
            kept.removeAside(useless.id());
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new LogClosedException("the in-memory snapshots are closed");
        }
    }

    /** Ends everything of this store, as the death of its process would. Idempotent. */
    void close() {
        lock.lock();
        try {
            closed = true;
            writer = null;
        } finally {
            lock.unlock();
        }
    }

    private final class Writer implements SnapshotWriter {

        private final SnapshotId begun;
        private final Bytes boundary;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean finished;
        /** Makes what every use throws, once one has failed. */
        private @Nullable Supplier<LogException> failed;

        Writer(SnapshotId begun, Bytes boundary) {
            this.begun = begun;
            this.boundary = boundary;
        }

        private final OutputStream content = new OutputStream() {

            @Override
            public void write(int one) {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] from, int offset, int length) {
                lock.lock();
                try {
                    requireUsable();
                    bytes.write(from, offset, length);
                } finally {
                    lock.unlock();
                }
            }
        };

        @Override
        public OutputStream content() {
            return content;
        }

        @Override
        public StoredSnapshot finish() {
            return finish(written -> { });
        }

        @Override
        public StoredSnapshot finish(SnapshotId expected) {
            return finish(written -> {
                if (!written.equals(expected)) {
                    failed = () -> new LogCorruptException("the in-memory snapshot " + written + " was written where "
                            + expected + " is due");
                    requireUsable();
                }
            });
        }

        private StoredSnapshot finish(Consumer<SnapshotId> check) {
            try {
                kept.beforeFinish();
            } catch (LogException e) {
                throw e;
            } catch (RuntimeException e) {
                failed = () -> new SyncFailedException("in-memory snapshot: " + e.getMessage(), e);
            }
            StoredSnapshot stored = finishNow(check);
            kept.afterFinish();
            return stored;
        }

        private StoredSnapshot finishNow(Consumer<SnapshotId> check) {
            lock.lock();
            try {
                requireUsable();
                Bytes written = Bytes.wrap(bytes.toByteArray());
                CRC32C crc = new CRC32C();
                crc.update(written.array(), written.offset(), written.length());
                SnapshotId id = new SnapshotId(begun.index(), begun.term(), begun.creator(), (int) crc.getValue());
                check.accept(id);
                MemorySnapshots.Kept whole = new MemorySnapshots.Kept(id, boundary, written, written.length());
                kept.put(whole);
                finished = true;
                writer = null;
                return new Stored(whole);
            } finally {
                lock.unlock();
            }
        }

        private void requireUsable() {
            if (finished) {
                throw new IllegalStateException("the snapshot is finished");
            }
            if (writer != this) {
                throw new LogClosedException("the in-memory snapshot's writer is closed");
            }
            if (failed != null) {
                throw failed.get();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (writer == this) {
                    writer = null;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Looks at the disk when it is asked. */
    private final class Stored implements StoredSnapshot {

        private final MemorySnapshots.Kept named;

        Stored(MemorySnapshots.Kept named) {
            this.named = named;
        }

        @Override
        public SnapshotId id() {
            return named.id();
        }

        @Override
        public Bytes boundary() {
            return named.boundary();
        }

        @Override
        public long contentBytes() {
            return named.content().length();
        }

        @Override
        public long storedBytes() {
            return contentBytes() + boundary().length();
        }

        @Override
        public String description() {
            return "snapshot " + id() + " in memory";
        }

        private MemorySnapshots.Kept now() {
            lock.lock();
            try {
                return kept.find(id()).orElseThrow(() -> new LogCorruptException(description() + " is gone"));
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void verify() {
            MemorySnapshots.Kept now = now();
            if (!now.isWhole()) {
                throw new Damage(description(), now.rotten()).thrown();
            }
        }

        @Override
        public InputStream content(long offset) {
            if (offset < 0 || offset > contentBytes()) {
                throw new IllegalArgumentException("offset " + offset + " of a content of " + contentBytes()
                        + " bytes");
            }
            MemorySnapshots.Kept now = now();
            int from = (int) offset;
            InputStream good = new ByteArrayInputStream(now.content().array(), now.content().offset() + from,
                    Math.max(now.rotten() - from, 0));
            return now.isWhole() ? good : new Rotten(good, new Damage(description(), now.rotten()));
        }
    }

    private record Damage(String description, int offset) {

        LogCorruptException thrown() {
            return new LogCorruptException(description + " is damaged at offset " + offset + " of its content");
        }
    }

    /** Throws where the good bytes end. */
    private static final class Rotten extends InputStream {

        private final InputStream good;
        private final Damage damage;

        Rotten(InputStream good, Damage damage) {
            this.good = good;
            this.damage = damage;
        }

        @Override
        public int read() throws IOException {
            return orThrow(good.read());
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return length == 0 ? 0 : orThrow(good.read(bytes, offset, length));
        }

        private int orThrow(int read) {
            if (read < 0) {
                throw damage.thrown();
            }
            return read;
        }
    }
}
