package io.driftless.node.driver;

import io.driftless.codec.SnapshotBoundary;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import io.driftless.log.Bytes;
import io.driftless.log.Chunk;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.OutOfResourcesException;
import io.driftless.log.SnapshotStore;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.Event;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.raft.SnapshotId;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parts of the own snapshot that are sent to one peer. One that proves bad is set aside, and the core hears
 * of it (R31). Between two parts the file stays open, until {@link #letGo}. Thread safe; whoever comes second waits for
 * what the first one reads.
 */
final class SnapshotSource implements AutoCloseable {

    private final ServerId to;
    private final SnapshotStore store;
    private final LongSupplier era;
    private final ErrorSink errors;
    private final Consumer<String> info;
    private final Consumer<Event.SnapshotLost> events;
    /** Held while it is read; guards what follows. */
    private final ReentrantLock reading = new ReentrantLock();
    private @Nullable SnapshotId open;
    private @Nullable InputStream stream;
    private long offset;
    private boolean closed;
    /** Whether there is something to let go of, or will be in a moment. */
    private volatile boolean isOpen;

    /**
     * {@code era} tells in which era all is committed that this server has applied; {@code events} takes to the core
     * that a snapshot is not there any more.
     */
    SnapshotSource(ServerId to, SnapshotStore store, LongSupplier era, ErrorSink errors, Consumer<String> info,
            Consumer<Event.SnapshotLost> events) {
        this.to = to;
        this.store = store;
        this.era = era;
        this.errors = errors;
        this.info = info;
        this.events = events;
    }

    /** The message with what it names; empty if that is not there. */
    Optional<Message.InstallSnapshot> complete(Message.InstallSnapshot request) {
        reading.lock();
        try {
            isOpen = true;
            return closed ? Optional.empty() : completeNow(request);
        } finally {
            isOpen = stream != null;
            reading.unlock();
        }
    }

    private Optional<Message.InstallSnapshot> completeNow(Message.InstallSnapshot request) {
        SnapshotId id = request.snapshot();
        Optional<StoredSnapshot> found = Optional.empty();
        try {
            found = store.newest().filter(newest -> newest.id().equals(id));
            if (found.isEmpty()) {
                lost(id);
                return Optional.empty();
            }
            Bytes bytes = request.isOffer() ? boundary(found.get()) : read(found.get(), request);
            return Optional.of(request.with(new Chunk(bytes)));
        } catch (LogClosedException ending) {
            return Optional.empty();
        } catch (LogCorruptException damaged) {
            errors.record(ErrorEntry.of("snapshot", "set aside, it cannot be sent: " + ErrorEntry.messageOf(damaged),
                    damaged));
            found.ifPresent(this::setAside);
            lost(id);
            return Optional.empty();
        } catch (IOException | OutOfResourcesException problem) {
            // It may be read another time: nothing is heard of it then, and it is offered again.
            letGoNow();
            errors.record(ErrorEntry.of("snapshot", "a part of the snapshot cannot be read now: "
                    + ErrorEntry.messageOf(problem), problem));
            return Optional.empty();
        }
    }

    /** With the era in which this server, a leader, knows it to be committed by now (R18). */
    private Bytes boundary(StoredSnapshot snapshot) {
        return SnapshotBoundary.decode(snapshot.boundary()).in(era.getAsLong()).encode();
    }

    private void lost(SnapshotId id) {
        letGoNow();
        events.accept(new Event.SnapshotLost(id));
    }

    private void setAside(StoredSnapshot damaged) {
        try {
            store.setAside(damaged);
        } catch (IOException | OutOfResourcesException problem) {
            errors.record(ErrorEntry.of("snapshot", damaged.description() + " cannot be set aside: "
                    + ErrorEntry.messageOf(problem), problem));
        }
    }

    private Bytes read(StoredSnapshot snapshot, Message.InstallSnapshot request) throws IOException {
        InputStream in = stream;
        if (in == null || !snapshot.id().equals(open) || offset != request.offset()) {
            letGoNow();
            in = snapshot.content(request.offset());
            info.accept(String.format(Locale.ROOT, "sending the snapshot of index %d to %s, from byte %,d of %,d",
                    snapshot.id().index(), to, request.offset(), request.size()));
            stream = in;
            open = snapshot.id();
            offset = request.offset();
        }
        byte[] bytes = new byte[request.length()];
        int count = in.readNBytes(bytes, 0, bytes.length);
        if (count < bytes.length) {
            throw new LogCorruptException(snapshot.description() + " ends at " + (offset + count));
        }
        offset += bytes.length;
        if (request.done()) {
            info.accept("all of the snapshot of index " + snapshot.id().index() + " has gone to " + to);
            letGoNow();
        }
        return Bytes.wrap(bytes);
    }

    /** Whether to {@link #letGo}; takes no time. */
    boolean isOpen() {
        return isOpen;
    }

    /** The transfer is over, or its file replaced: one that is deleted keeps its room on the disk while it is open. */
    void letGo() {
        reading.lock();
        try {
            letGoNow();
        } finally {
            isOpen = false;
            reading.unlock();
        }
    }

    /** The same; nothing is read from now on. */
    @Override
    public void close() {
        reading.lock();
        try {
            closed = true;
            letGo();
        } finally {
            reading.unlock();
        }
    }

    private void letGoNow() {
        InputStream left = stream;
        stream = null;
        open = null;
        if (left != null) {
            NodeRun.closeQuietly(left);
        }
    }
}
