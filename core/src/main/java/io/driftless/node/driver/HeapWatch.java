package io.driftless.node.driver;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;

/**
 * The heap of this process, seen after each collection, on the thread by which the JVM tells of it. Where everything is
 * refused little is allocated, and a collection that would show room may never come: while somebody is refused it asks
 * for one itself, seldom. Thread safe.
 */
final class HeapWatch implements Engine.Heap {

    static final long ASK_FIRST_NS = 10_000_000_000L;
    private static final long ASK_LAST_NS = 300_000_000_000L;

    private final HeapLevel level = new HeapLevel(Runtime.getRuntime().maxMemory());
    private final List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP).toList();
    private final NotificationListener listener = this::collected;
    private final Consumer<String> news;
    /** When a collection is asked for, and how long after that again. */
    private final AtomicLong askAtNs = new AtomicLong();
    private final long askFirstNs;
    private volatile long askAgainNs;

    /**
     * Watches until it is closed.
     *
     * @param askFirstNs how long after a shortage has begun it asks for a collection
     * @param news       is told of each change in words, on the JVM's own thread
     */
    HeapWatch(long askFirstNs, Consumer<String> news) {
        this.askFirstNs = askFirstNs;
        this.askAgainNs = askFirstNs;
        this.news = news;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener(listener, null, null);
            }
        }
    }

    private void collected(Notification notification, Object nothing) {
        long used = 0;
        long oldUsed = 0;
        for (MemoryPoolMXBean pool : pools) {
            used += pool.getUsage().getUsed();
            MemoryUsage left = pool.getCollectionUsage();
            oldUsed += left == null ? 0 : left.getUsed();
        }
        String before = level.shortage();
        level.collected(used, oldUsed);
        String now = level.shortage();
        if (before.isEmpty() != now.isEmpty()) {
            askAgainNs = askFirstNs;
            askAtNs.set(System.nanoTime() + askFirstNs);
            news.accept(now.isEmpty() ? "there is room in the heap again" : now);
        }
    }

    @Override
    public String shortage() {
        return level.shortage();
    }

    @Override
    public void refused() {
        long dueNs = askAtNs.get();
        long nowNs = System.nanoTime();
        if (nowNs - dueNs >= 0 && askAtNs.compareAndSet(dueNs, nowNs + askAgainNs)) {
            askAgainNs = Math.min(askAgainNs * 2, ASK_LAST_NS);
            // A full one, which stops all threads: a concurrent one moves nothing, and so may never show the room. Not
            // on this thread: it returns only when the collection is over. Nor on a virtual one: that would keep its
            // carrier, and with it the connections that are served there, from running meanwhile.
            try {
                Thread.ofPlatform().name("driftless-heap").daemon(true).start(System::gc);
            } catch (OutOfMemoryError noThread) {
                // Then the next time.
                return;
            }
        }
    }

    @Override
    public void close() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector instanceof NotificationEmitter emitter) {
                try {
                    emitter.removeNotificationListener(listener);
                } catch (ListenerNotFoundException neverAdded) {
                    // Then there is nothing to remove.
                }
            }
        }
    }
}
