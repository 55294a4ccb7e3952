package io.driftless.log.mmap;

import io.driftless.log.mmap.DiskHistory.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/**
 * The disk, writing a {@link DiskHistory} of one directory tree. It compares the tree with what it was before and after
 * every operation, so that it sees mapped stores too, and what Chronicle does to its files. Background work is done at
 * once, on the caller's thread: the same calls give the same history. Confined to one thread.
 */
final class RecordingDisk extends Disk implements AutoCloseable {

    /** What the log is doing. */
    enum Phase {
        OPEN, WRITE, CHANGE, COMPACT, RESET, SYNC, CLOSE;

        /** Whether the set of segments is changing. */
        boolean structural() {
            return this == OPEN || this == CHANGE || this == COMPACT || this == RESET;
        }
    }

    /**
     * A moment to cut the power.
     *
     * @param at    as {@link DiskHistory#now}
     * @param phase what was under way
     */
    record Moment(int at, Phase phase) { }

    private static final class Tracked {

        private final int file;
        private Path path;
        private byte[] content = new byte[0];
        private FileChannel channel;

        private Tracked(int file, Path path) {
            this.file = file;
            this.path = path;
        }
    }

    private final Path root;
    private final DiskHistory history;
    private final List<Moment> moments = new ArrayList<>();
    private final Map<Object, Tracked> byKey = new HashMap<>();
    private final Map<Path, Object> keys = new TreeMap<>();
    private final TreeSet<Path> directories = new TreeSet<>();
    private final Map<MappedByteBuffer, Tracked> mappings = new IdentityHashMap<>();
    private Phase phase = Phase.OPEN;
    private boolean failing;

    private RecordingDisk(Path root, DiskHistory history) {
        this.root = root;
        this.history = history;
    }

    /** Begins with what is in {@code root}; all of it is on the disk. */
    static RecordingDisk from(Path root) throws IOException {
        RecordingDisk disk = new RecordingDisk(root, new DiskHistory());
        disk.observe();
        disk.keys.values().forEach(key -> disk.history.add(new Event.ForceFile(disk.byKey.get(key).file)));
        disk.history.add(new Event.ForceDirectory(DiskHistory.TOP));
        disk.directories.forEach(path -> disk.history.add(new Event.ForceDirectory(path)));
        disk.moments.clear();
        return disk;
    }

    /** Goes on with a history, whose present is what {@code root} holds. */
    static RecordingDisk after(Path root, DiskHistory history) throws IOException {
        RecordingDisk disk = new RecordingDisk(root, history);
        for (Map.Entry<Path, Integer> file : history.present().files().entrySet()) {
            Path path = root.resolve(file.getKey());
            Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            Tracked tracked = new Tracked(file.getValue(), file.getKey());
            tracked.content = Files.readAllBytes(path);
            disk.byKey.put(key, tracked);
            disk.keys.put(file.getKey(), key);
        }
        disk.walk(new TreeMap<>(), disk.directories);
        return disk;
    }

    DiskHistory history() {
        return history;
    }

    /** The moments that were seen, in order. */
    List<Moment> moments() {
        return moments;
    }

    /** One of them, more often than not while the set of segments changes. */
    Moment moment(RandomGenerator random) {
        boolean structural = random.nextInt(5) > 0;
        List<Moment> these = moments.stream().filter(moment -> moment.phase().structural() == structural).toList();
        List<Moment> some = these.isEmpty() ? moments : these;
        return some.get(random.nextInt(some.size()));
    }

    /** Says what the log is about to do. */
    void begin(Phase next) {
        phase = next;
        observe();
    }

    /** The next force of a mapping fails; one after it would succeed. */
    void failOnce() {
        failing = true;
    }

    /** Compares the tree with what it was. */
    void observe() {
        try {
            Map<Path, BasicFileAttributes> found = new TreeMap<>();
            TreeSet<Path> foundDirectories = new TreeSet<>();
            walk(found, foundDirectories);
            for (Path path : foundDirectories) {
                if (directories.add(path)) {
                    history.add(new Event.MakeDirectory(path));
                }
            }
            for (Map.Entry<Path, BasicFileAttributes> file : found.entrySet()) {
                name(file.getKey(), file.getValue().fileKey());
            }
            for (Path path : List.copyOf(keys.keySet())) {
                if (!found.containsKey(path)) {
                    keys.remove(path);
                    history.add(new Event.Delete(path));
                }
            }
            for (Path path : List.copyOf(directories)) {
                if (!foundDirectories.contains(path)) {
                    directories.remove(path);
                    history.add(new Event.Delete(path));
                }
            }
            for (Map.Entry<Path, BasicFileAttributes> file : found.entrySet()) {
                compare(byKey.get(file.getValue().fileKey()), file.getValue().size());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        moments.add(new Moment(history.now(), phase));
    }

    private void walk(Map<Path, BasicFileAttributes> files, TreeSet<Path> found) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (!directory.equals(root)) {
                    found.add(relative(directory));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                files.put(relative(file), attributes);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private Path relative(Path path) {
        return DiskHistory.TOP.resolve(root.relativize(path.toAbsolutePath()));
    }

    private void name(Path path, Object key) {
        if (key.equals(keys.get(path))) {
            return;
        }
        Tracked tracked = byKey.get(key);
        if (tracked == null) {
            tracked = new Tracked(history.newFile(), path);
            byKey.put(key, tracked);
            history.add(new Event.Create(path, tracked.file));
        } else {
            history.add(new Event.Rename(tracked.path, path, tracked.file));
            keys.remove(tracked.path, key);
        }
        tracked.path = path;
        keys.put(path, key);
    }

    private void compare(Tracked tracked, long size) throws IOException {
        if (size != tracked.content.length) {
            resized(tracked, size);
        }
        if (size == 0) {
            return;
        }
        if (tracked.channel == null) {
            tracked.channel = FileChannel.open(root.resolve(tracked.path), StandardOpenOption.READ);
        }
        byte[] now = new byte[(int) size];
        ByteBuffer buffer = ByteBuffer.wrap(now);
        while (buffer.hasRemaining() && tracked.channel.read(buffer, buffer.position()) > 0) {
            continue;
        }
        int from = 0;
        while (from < now.length) {
            int differs = Arrays.mismatch(tracked.content, from, now.length, now, from, now.length);
            if (differs < 0) {
                return;
            }
            int sector = (from + differs) / DiskHistory.SECTOR;
            int end = Math.min(now.length, (sector + 1) * DiskHistory.SECTOR);
            int start = sector * DiskHistory.SECTOR;
            System.arraycopy(now, start, tracked.content, start, end - start);
            history.add(new Event.Store(tracked.file, sector, Arrays.copyOfRange(now, start,
                    start + DiskHistory.SECTOR)));
            from = end;
        }
    }

    private void resized(Tracked tracked, long size) {
        byte[] before = tracked.content;
        tracked.content = Arrays.copyOf(before, (int) size);
        history.add(new Event.Resize(tracked.file, size));
        // What was cut off comes back as zeros.
        for (int at = (int) size; at < before.length; at = (at / DiskHistory.SECTOR + 1) * DiskHistory.SECTOR) {
            int sector = at / DiskHistory.SECTOR;
            byte[] content = Arrays.copyOfRange(before, sector * DiskHistory.SECTOR, at);
            history.add(new Event.Store(tracked.file, sector, Arrays.copyOf(content, DiskHistory.SECTOR)));
        }
    }

    private void noteChange() {
        if (phase == Phase.WRITE) {
            phase = Phase.CHANGE;
        }
        observe();
    }

    private Tracked tracked(Path path) {
        return byKey.get(keys.get(relative(path)));
    }

    @Override
    Output create(Path file) throws IOException {
        observe();
        Output output = super.create(file);
        noteChange();
        return recorded(tracked(file), output);
    }

    @Override
    Output change(Path file) throws IOException {
        observe();
        return recorded(tracked(file), super.change(file));
    }

    private Output recorded(Tracked tracked, Output output) {
        return new Output() {
            @Override
            public void write(byte[] bytes, int length) throws IOException {
                output.write(bytes, length);
                resized(tracked, tracked.content.length + length);
            }

            @Override
            public void resize(long length) throws IOException {
                output.resize(length);
                noteChange();
            }

            @Override
            public void force() throws IOException {
                noteChange();
                output.force();
                history.add(new Event.ForceFile(tracked.file));
                observe();
            }

            @Override
            public void close() throws IOException {
                output.close();
            }
        };
    }

    @Override
    void rename(Path from, Path to) throws IOException {
        noteChange();
        super.rename(from, to);
        observe();
    }

    @Override
    void delete(Path path) throws IOException {
        noteChange();
        super.delete(path);
        observe();
    }

    @Override
    void makeDirectory(Path directory) throws IOException {
        noteChange();
        super.makeDirectory(directory);
        observe();
    }

    @Override
    void forceDirectory(Path directory) throws IOException {
        noteChange();
        super.forceDirectory(directory);
        if (directory.startsWith(root)) {
            history.add(new Event.ForceDirectory(relative(directory)));
        }
        observe();
    }

    @Override
    MappedByteBuffer map(Path file, int length) throws IOException {
        observe();
        MappedByteBuffer mapping = super.map(file, length);
        mappings.put(mapping, tracked(file));
        return mapping;
    }

    @Override
    void force(MappedByteBuffer mapping, int from, int length) {
        observe();
        boolean failed = failing;
        failing = false;
        int fromSector = from / DiskHistory.SECTOR;
        int toSector = (from + length + DiskHistory.SECTOR - 1) / DiskHistory.SECTOR;
        history.add(new Event.ForceRange(mappings.get(mapping).file, fromSector, toSector, failed));
        observe();
        if (failed) {
            throw new UncheckedIOException(new IOException("Input/output error"));
        }
    }

    @Override
    ExecutorService background(String name) {
        return new DirectExecutor();
    }

    /** Lets go of the files it looked at. */
    @Override
    public void close() throws IOException {
        for (Tracked tracked : byKey.values()) {
            if (tracked.channel != null) {
                tracked.channel.close();
            }
        }
    }
}
