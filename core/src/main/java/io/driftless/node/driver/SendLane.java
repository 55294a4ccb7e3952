package io.driftless.node.driver;

import io.driftless.concurrent.Turn;
import io.driftless.log.Entries;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCompactedException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.raft.TermRuns;
import io.driftless.transport.Transport;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Messages to one peer on one lane, in the order of the core's effects. They are queued while the core is owned, and
 * sent after it was let go, by one thread at a time. A message whose entries are no longer in memory is completed from
 * the log, once they are written there, and one with a part of a snapshot from that, on a thread that may wait for a
 * page; the lane waits with it. A message leaves
 * on the connection for which it was made, or not at all: behind it may be an earlier start of the peer.
 */
final class SendLane {

    /** Of no connection. */
    private static final long NONE = -1;

    /** A message, the write by which the entries that it names are in the log, and the connection it is meant for. */
    private record Queued(Message message, long writtenBy, long connection) { }

    private final ServerId to;
    private final Lane lane;
    private final Transport transport;
    private final RaftLog log;
    private final WrittenLog writtenLog;
    private final SnapshotSource snapshots;
    private final Executor catchUp;
    private final Failures failures;
    private final Turn turn = new Turn();
    private final Queue<Queued> queue = new ConcurrentLinkedQueue<>();
    /** The connection that the core knows of. Confined to its owner. */
    private long known = NONE;
    private final ReentrantLock leaving = new ReentrantLock();
    /** The connection that stands; guarded by the lock, so that none begins between the look at it and the sending. */
    private long standing = NONE;

    SendLane(ServerId to, Lane lane, Transport transport, RaftLog log, WrittenLog writtenLog, SnapshotSource snapshots,
            Executor catchUp, Failures failures) {
        this.to = to;
        this.lane = lane;
        this.transport = transport;
        this.log = log;
        this.writtenLog = writtenLog;
        this.snapshots = snapshots;
        this.catchUp = catchUp;
        this.failures = failures;
    }

    /**
     * Announces a message; true: the caller must {@link #work} once it has let the core go. Only for the owner of the
     * core.
     */
    boolean announce(Message message) {
        queue.add(new Queued(message, writtenLog.lastQueued(), known));
        return turn.announce();
    }

    /** The core learns of a connection: what is queued from now on is meant for it. Only for the owner of the core. */
    void meantFor(long connection) {
        known = connection;
    }

    /** A connection stands; before the core learns of it. */
    void stands(long connection) {
        leaving.lock();
        try {
            standing = connection;
        } finally {
            leaving.unlock();
        }
    }

    /** It is gone, and the next one does not stand before this returns. */
    void gone() {
        stands(NONE);
    }

    private void leave(Queued queued, Message message) {
        leaving.lock();
        try {
            if (queued.connection() == standing && standing != NONE) {
                transport.send(to, lane, message);
            }
        } finally {
            leaving.unlock();
        }
    }

    /** Sends everything that was announced. Only for who has the turn. */
    void work() {
        do {
            Queued next = queue.element();
            if (lacksContent(next)) {
                catchUpWith(next);
                return;
            }
            queue.remove();
            leave(next, next.message());
        } while (turn.done(1));
    }

    /** What fell out of memory before it was written would be a gap: the lane goes on when it can be read. */
    private void catchUpWith(Queued next) {
        writtenLog.whenWritten(next.writtenBy(), () -> catchUp.execute(this::sendFromLog));
    }

    private void sendFromLog() {
        // After a throw nothing follows, since that would be a gap: this server ends.
        failures.guard("driver", this::sendQueued);
    }

    private void sendQueued() {
        do {
            Queued next = queue.element();
            if (lacksContent(next) && !writtenLog.isWritten(next.writtenBy())) {
                catchUpWith(next);
                return;
            }
            queue.remove();
            if (lacksContent(next)) {
                complete(next.message()).ifPresent(whole -> leave(next, whole));
            } else {
                leave(next, next.message());
            }
        } while (turn.done(1));
    }

    private static boolean lacksContent(Queued queued) {
        return switch (queued.message()) {
            case Message.AppendEntries append -> !append.entries().isEmpty() && append.content().count() == 0;
            case Message.InstallSnapshot part -> part.content().count() == 0;
            case Message.AppendEntriesReply reply -> false;
            case Message.InstallSnapshotReply reply -> false;
            case Message.TimeoutNow request -> false;
            case Message.ReadIndex request -> false;
            case Message.ReadIndexReply reply -> false;
            case Message.PreVote request -> false;
            case Message.PreVoteReply reply -> false;
            case Message.RequestVote request -> false;
            case Message.RequestVoteReply reply -> false;
        };
    }

    /** The message as it leaves; empty if what it names is not there any more. */
    private Optional<Message> complete(Message message) {
        return switch (message) {
            case Message.AppendEntries append -> {
                List<LogEntry> entries = read(append.entries());
                yield entries.isEmpty() ? Optional.empty() : Optional.of(append.with(new Entries(entries)));
            }
            case Message.InstallSnapshot part -> snapshots.complete(part).map(whole -> whole);
            case Message.AppendEntriesReply whole -> Optional.of(whole);
            case Message.InstallSnapshotReply whole -> Optional.of(whole);
            case Message.TimeoutNow whole -> Optional.of(whole);
            case Message.ReadIndex whole -> Optional.of(whole);
            case Message.ReadIndexReply whole -> Optional.of(whole);
            case Message.PreVote whole -> Optional.of(whole);
            case Message.PreVoteReply whole -> Optional.of(whole);
            case Message.RequestVote whole -> Optional.of(whole);
            case Message.RequestVoteReply whole -> Optional.of(whole);
        };
    }

    /**
     * The entries with exactly these terms; empty if they were overwritten since, by a leader of a later term.
     */
    private List<LogEntry> read(TermRuns terms) {
        try (LogReader reader = log.reader()) {
            List<LogEntry> entries = reader.read(terms.firstIndex(), terms.lastIndex(), Long.MAX_VALUE);
            if (entries.size() != terms.count()) {
                HiddenEntries.check(log, terms.lastIndex());
                return List.of();
            }
            for (LogEntry entry : entries) {
                if (entry.term() != terms.termAt(entry.index())) {
                    return List.of();
                }
            }
            return entries;
        } catch (LogClosedException | LogCompactedException gone) {
            return List.of();
        }
    }
}
