package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks every few seconds whether the files of an open log are still those that it opened, and brings the mark to the
 * disk when nothing has been synced meanwhile. A file that somebody removed or replaced would go on to take writes that
 * no opening ever finds. Thread safe.
 */
final class FileWatch implements AutoCloseable {

    /** Between two looks, unless a test says otherwise. */
    static final int PERIOD_MS = 5_000;

    private final Path directory;
    private final LongFunction<@Nullable Segment> live;
    private final DurableMark mark;
    private final Consumer<String> lost;
    private final ScheduledExecutorService thread;
    private final ReentrantLock lock = new ReentrantLock();
    /** What each file was when it was first seen. */
    private final Map<Path, Object> keys = new HashMap<>();
    private final Map<Long, Segment> segments = new HashMap<>();
    private long markSeen = -1;
    private long markForced = -1;
    private boolean closed;

    /**
     * Begins to look.
     *
     * @param live     the segment of a number, or null once it is no longer part of the log
     * @param periodMs between two looks
     * @param lost     is told once, in a line, when a file is gone, on any thread
     */
    FileWatch(Path directory, List<Segment> segments, LongFunction<@Nullable Segment> live, DurableMark mark,
            int periodMs, Consumer<String> lost) throws IOException {
        this.directory = directory;
        this.live = live;
        this.mark = mark;
        this.lost = lost;
        for (String name : List.of(DirectoryLock.FILE, IdentityFile.FILE, DurableMark.FILE)) {
            keys.put(directory.resolve(name), key(directory.resolve(name)));
        }
        for (Segment segment : segments) {
            add(segment);
        }
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread worker = new Thread(task, "driftless-log-watch");
            worker.setDaemon(true);
            return worker;
        });
        thread.scheduleWithFixedDelay(this::look, periodMs, periodMs, TimeUnit.MILLISECONDS);
    }

    /** Looks after this one too. */
    void add(Segment segment) throws IOException {
        lock.lock();
        try {
            segments.put(segment.number(), segment);
            keys.put(segment.file(), key(segment.file()));
        } finally {
            lock.unlock();
        }
    }

    private static Object key(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Object key = attributes.fileKey();
        return key == null ? attributes.creationTime() : key;
    }

    private void look() {
        lock.lock();
        try {
            check();
            if (!closed) {
                forceIdleMark();
            }
        } catch (RuntimeException | InternalError e) {
            tell(directory + " cannot be looked after: " + e);
        } finally {
            lock.unlock();
        }
    }

    private void forceIdleMark() {
        long now = mark.sequence();
        if (now == markSeen && now != markForced) {
            mark.force();
            markForced = now;
        }
        markSeen = now;
    }

    /** Looks now, unless it has told already. */
    void check() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            segments.keySet().removeIf(number -> live.apply(number) == null);
            keys.keySet().removeIf(file -> file.toString().endsWith(".cq4")
                    && segments.values().stream().noneMatch(segment -> segment.file().equals(file)));
            for (Map.Entry<Path, Object> entry : keys.entrySet()) {
                String problem = problem(entry.getKey(), entry.getValue());
                if (!problem.isEmpty() && isLive(entry.getKey())) {
                    tell(entry.getKey() + " was " + problem + " while the log was open: what is written from now on "
                            + "would not be found again");
                    return;
                }
            }
            if (!Files.exists(directory.resolve(Manifest.FILE))) {
                tell(directory.resolve(Manifest.FILE) + " was removed while the log was open");
            }
        } finally {
            lock.unlock();
        }
    }

    private static String problem(Path file, Object key) {
        try {
            return key(file).equals(key) ? "" : "replaced";
        } catch (NoSuchFileException e) {
            return "removed";
        } catch (IOException e) {
            return "made inaccessible (" + e + ")";
        }
    }

    /** A segment may have been compacted away in this moment. */
    private boolean isLive(Path file) {
        return segments.values().stream().filter(segment -> segment.file().equals(file))
                .allMatch(segment -> live.apply(segment.number()) != null);
    }

    private void tell(String what) {
        closed = true;
        lost.accept(what);
    }

    /** Stops; nothing is looked at any more on return. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        thread.shutdown();
        thread.close();
    }
}
