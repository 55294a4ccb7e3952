package io.driftless.node.driver;

import io.driftless.concurrent.Turn;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import io.driftless.node.NodeEnd;
import io.driftless.node.NodeListener;
import io.driftless.node.NodeRole;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells its embedder, on the way there. Whoever has something to say leaves it here and goes on; a thread
 * that nothing else depends on calls the listener and the sink, in order. What they throw is dropped; while they hang,
 * what does not fit any more is dropped too, and counted. Thread safe.
 */
final class Notices implements NodeListener {

    /** Of heap, for what waits; the newest ones are dropped when it is full. */
    static final long BYTES_MAX = 1 << 20;
    /** What a line takes on the heap beside its characters, and the longest line that is passed on. */
    private static final int LINE_BYTES = 128;
    private static final int LINE_CHARS_MAX = 4_000;

    /** One call, and its weight on the heap. */
    private record Notice(Runnable call, long bytes) { }

    private final NodeListener listener;
    private final ErrorSink sink;
    private final Engine.Errands thread;
    private final Turn turn = new Turn();
    private final Queue<Notice> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile @Nullable Thread deliverer;

    /** {@code sink} takes errors beside the node's own list; {@code thread} calls. */
    Notices(NodeListener listener, ErrorSink sink, Engine.Errands thread) {
        this.listener = listener;
        this.sink = sink;
        this.thread = thread;
    }

    @Override
    public void info(String message) {
        line(message, listener::info);
    }

    @Override
    public void warning(String message) {
        line(message, listener::warning);
    }

    @Override
    public void roleChanged(NodeRole role, long term, Optional<String> leader) {
        add(() -> listener.roleChanged(role, term, leader), LINE_BYTES);
    }

    @Override
    public void ready() {
        add(listener::ready, LINE_BYTES);
    }

    @Override
    public void error(ErrorEntry error) {
        add(() -> {
            quietly(() -> sink.record(error));
            listener.error(error);
        }, LINE_BYTES + 2L * (error.message().length() + error.detail().length()));
    }

    /** The last one: not dropped for want of room. */
    @Override
    public void ended(NodeEnd end) {
        enqueue(new Notice(() -> listener.ended(end), 0));
    }

    /** What a state machine has thrown may have several lines; whoever reads the log must not take them for others. */
    private void line(String message, Consumer<String> call) {
        String whole = (message.length() <= LINE_CHARS_MAX ? message : message.substring(0, LINE_CHARS_MAX) + " ...")
                .replaceAll("\\R", " ");
        add(() -> call.accept(whole), LINE_BYTES + 2L * whole.length());
    }

    private void add(Runnable call, long bytes) {
        if (waitingBytes.addAndGet(bytes) > BYTES_MAX) {
            waitingBytes.addAndGet(-bytes);
            lost.incrementAndGet();
            return;
        }
        enqueue(new Notice(call, bytes));
    }

    private void enqueue(Notice notice) {
        waiting.add(notice);
        if (turn.announce()) {
            thread.execute(this::deliver);
        }
    }

    private void deliver() {
        deliverer = Thread.currentThread();
        do {
            Notice notice = waiting.remove();
            quietly(notice.call());
            waitingBytes.addAndGet(-notice.bytes());
            long missing = lost.getAndSet(0);
            if (missing > 0) {
                quietly(() -> listener.warning((missing == 1 ? "1 line was" : missing + " lines were")
                        + " lost here: the listener did not keep up"));
            }
        } while (turn.done(1));
    }

    private static void quietly(Runnable call) {
        try {
            call.run();
        } catch (Throwable embeddersOwn) {
            // The node has nobody to tell: whom it tells has thrown.
            return;
        }
    }

    /** How much waits, in bytes of heap. */
    long waitingBytes() {
        return waitingBytes.get();
    }

    /** Waits until everything said so far has been told, but not for longer than {@code patience}. */
    void await(Duration patience) {
        if (Thread.currentThread() == deliverer) {
            // A listener that closes the node would wait for itself.
            return;
        }
        CountDownLatch told = new CountDownLatch(1);
        enqueue(new Notice(told::countDown, 0));
        Joining.await(patience, left -> told.await(left, TimeUnit.NANOSECONDS));
    }

    /** The thread ends behind what was said so far. */
    void close() {
        thread.close();
    }
}
