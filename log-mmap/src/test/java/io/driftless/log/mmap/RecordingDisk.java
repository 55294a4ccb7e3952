package io.driftless.log.mmap;

import io.driftless.log.mmap.DiskHistory.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
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
import org.agrona.IoUtil;

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
        /** Zeros behind the length. */
        private byte[] content = new byte[0];
        private int length;
        /** Null, unless the log has mapped it. */
        private MappedByteBuffer mapping;

        private ByteBuffer now(Path root) throws IOException {
            return mapping == null ? ByteBuffer.wrap(Files.readAllBytes(root.resolve(path))) : mapping.duplicate();
        }

        private Tracked(int file, Path path) {
            this.file = file;
            this.path = path;
        }
    }

    /** From here on a header is of Chronicle's own documents. */
    private static final int METADATA = 0x4000_0000;

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
        disk.look();
        for (Tracked tracked : disk.byKey.values()) {
            disk.compare(tracked, tracked.length);
        }
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
            tracked.length = tracked.content.length;
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

    /** One of them: first what was under way is chosen, then when. */
    Moment moment(RandomGenerator random) {
        List<Phase> phases = moments.stream().map(Moment::phase).distinct().sorted().toList();
        Phase chosen = phases.get(random.nextInt(phases.size()));
        List<Moment> these = moments.stream().filter(moment -> moment.phase() == chosen).toList();
        return these.get(random.nextInt(these.size()));
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

    /** Looks for stores into what is mapped. */
    void observe() {
        try {
            for (Tracked tracked : mappings.values()) {
                // Behind what is mapped nothing is written.
                compare(tracked, Math.min(tracked.length, tracked.mapping.capacity()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        moments.add(new Moment(history.now(), phase));
    }

    /** Compares the tree with what it was: names, lengths, and the contents of new files and of those written. */
    private void look() throws IOException {
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
                forget(byKey.remove(keys.remove(path)));
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
            Tracked tracked = byKey.get(file.getValue().fileKey());
            if (tracked.length != file.getValue().size()) {
                resized(tracked, (int) file.getValue().size());
            }
        }
        observe();
    }

    private void forget(Tracked tracked) {
        if (mappings.values().removeIf(tracked::equals)) {
            IoUtil.unmap(tracked.mapping);
        }
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
        Object replaced = keys.put(path, key);
        if (replaced != null) {
            forget(byKey.remove(replaced));
        }
    }

    private void compare(Tracked tracked, int size) throws IOException {
        ByteBuffer now = tracked.now(root);
        for (int at = 0; at < size; ) {
            ByteBuffer before = ByteBuffer.wrap(tracked.content, at, size - at);
            int differs = before.mismatch(now.limit(size).position(at));
            if (differs < 0) {
                return;
            }
            int start = (at + differs) / DiskHistory.SECTOR * DiskHistory.SECTOR;
            at = Math.min(size, start + DiskHistory.SECTOR);
            byte[] old = Arrays.copyOfRange(tracked.content, start, start + DiskHistory.SECTOR);
            now.get(start, tracked.content, start, at - start);
            if (tracked.mapping != null) {
                withoutHeaders(tracked, start, at, old, now);
            }
            stored(tracked, start);
        }
    }

    /**
     * Chronicle stores a document's header after its content. What was there in between cannot be seen by looking
     * afterwards, so it is made up here, for each record whose header is new in a sector.
     */
    private void withoutHeaders(Tracked tracked, int from, int to, byte[] old, ByteBuffer now) {
        List<Event> between = new ArrayList<>();
        byte[] magic = new byte[4];
        int written = to;
        for (int at = to - 4; at >= from; at -= 4) {
            int header = RecordFormat.intAt(tracked.content, at);
            if (header > 0 && header < METADATA && RecordFormat.intAt(old, at - from) == 0 && at + 8 <= now.limit()) {
                now.get(at + 4, magic);
                if (RecordFormat.intAt(magic, 0) == RecordFormat.MAGIC) {
                    byte[] sector = old.clone();
                    System.arraycopy(tracked.content, from, sector, 0, written - from);
                    Arrays.fill(sector, at - from, at - from + 4, (byte) 0);
                    between.add(new Event.Store(tracked.file, from / DiskHistory.SECTOR, sector));
                    written = at;
                }
            }
        }
        between.reversed().forEach(history::add);
    }

    private void stored(Tracked tracked, int start) {
        byte[] sector = new byte[DiskHistory.SECTOR];
        System.arraycopy(tracked.content, start, sector, 0, Math.min(sector.length, tracked.content.length - start));
        history.add(new Event.Store(tracked.file, start / DiskHistory.SECTOR, sector));
    }

    private void resized(Tracked tracked, int length) {
        if (length > tracked.content.length) {
            tracked.content = Arrays.copyOf(tracked.content, Math.max(length, 2 * tracked.length));
        }
        int before = tracked.length;
        tracked.length = length;
        history.add(new Event.Resize(tracked.file, length));
        // What was cut off comes back as zeros.
        for (int at = length; at < before; at = (at / DiskHistory.SECTOR + 1) * DiskHistory.SECTOR) {
            int start = at / DiskHistory.SECTOR * DiskHistory.SECTOR;
            Arrays.fill(tracked.content, at, Math.min(before, start + DiskHistory.SECTOR), (byte) 0);
            stored(tracked, start);
        }
    }

    private void changing() {
        if (phase == Phase.WRITE) {
            phase = Phase.CHANGE;
        }
    }

    private Tracked tracked(Path path) {
        return byKey.get(keys.get(relative(path)));
    }

    @Override
    Output create(Path file) throws IOException {
        changing();
        Output output = super.create(file);
        look();
        return recorded(tracked(file), output);
    }

    @Override
    Output change(Path file) throws IOException {
        Output output = super.change(file);
        return tracked(file) == null ? output : recorded(tracked(file), output);
    }

    private Output recorded(Tracked tracked, Output output) {
        return new Output() {
            @Override
            public void write(byte[] bytes, int length) throws IOException {
                output.write(bytes, length);
                int from = tracked.length;
                resized(tracked, from + length);
                System.arraycopy(bytes, 0, tracked.content, from, length);
                for (int at = from; at < from + length; at = (at / DiskHistory.SECTOR + 1) * DiskHistory.SECTOR) {
                    stored(tracked, at / DiskHistory.SECTOR * DiskHistory.SECTOR);
                }
            }

            @Override
            public void resize(long length) throws IOException {
                output.resize(length);
                resized(tracked, (int) length);
                observe();
            }

            @Override
            public void force() throws IOException {
                changing();
                observe();
                output.force();
                history.add(new Event.ForceFile(tracked.file));
                moments.add(new Moment(history.now(), phase));
            }

            @Override
            public void close() throws IOException {
                output.close();
            }
        };
    }

    @Override
    void rename(Path from, Path to) throws IOException {
        changing();
        super.rename(from, to);
        look();
    }

    @Override
    void delete(Path path) throws IOException {
        changing();
        super.delete(path);
        look();
    }

    @Override
    void makeDirectory(Path directory) throws IOException {
        changing();
        super.makeDirectory(directory);
        look();
    }

    @Override
    void forceDirectory(Path directory) throws IOException {
        changing();
        look();
        super.forceDirectory(directory);
        if (directory.startsWith(root)) {
            history.add(new Event.ForceDirectory(relative(directory)));
        }
        moments.add(new Moment(history.now(), phase));
    }

    @Override
    MappedByteBuffer map(Path file, int length) throws IOException {
        look();
        MappedByteBuffer mapping = super.map(file, length);
        Tracked tracked = tracked(file);
        if (tracked.mapping == null) {
            tracked.mapping = super.map(file, length);
        }
        mappings.put(mapping, tracked);
        observe();
        return mapping;
    }

    @Override
    void store(MappedByteBuffer mapping, int at, byte[] bytes) {
        observe();
        super.store(mapping, at, bytes);
        Tracked tracked = mappings.get(mapping);
        System.arraycopy(bytes, 0, tracked.content, at, bytes.length);
        for (int sector = at / DiskHistory.SECTOR; sector * DiskHistory.SECTOR < at + bytes.length; sector++) {
            stored(tracked, sector * DiskHistory.SECTOR);
        }
        moments.add(new Moment(history.now(), phase));
    }

    @Override
    void force(MappedByteBuffer mapping, int from, int length) {
        observe();
        boolean failed = failing;
        failing = false;
        int fromSector = from / DiskHistory.SECTOR;
        int toSector = (from + length + DiskHistory.SECTOR - 1) / DiskHistory.SECTOR;
        history.add(new Event.ForceRange(mappings.get(mapping).file, fromSector, toSector, failed));
        moments.add(new Moment(history.now(), phase));
        if (failed) {
            throw new UncheckedIOException(new IOException("Input/output error"));
        }
    }

    @Override
    ExecutorService background(String name) {
        return new DirectExecutor();
    }

    /** Lets go of the files it looks at. */
    @Override
    public void close() {
        List.copyOf(mappings.values()).forEach(this::forget);
    }
}
