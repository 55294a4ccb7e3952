package io.driftless.log.mmap;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that happened to a directory tree, in order, and what a disk may hold when the power fails after some of it.
 *
 * <p>Legal is: each 512-byte sector as it was at its last force or at any time after, or a mix of those by 8-byte
 * words; each creation, renaming, removal and change of size since its directory's or file's last force done or not,
 * whatever the others are. A force that failed leaves the sectors as they may be, and no later force saves them until
 * they are written anew. Paths are relative to the tree. Confined to one thread.
 */
final class DiskHistory {

    static final int SECTOR = 512;
    /** The tree itself; all paths begin with it. */
    static final Path TOP = Path.of(".");
    private static final int WORD = 8;
    private static final int SECTORS_PER_PAGE = 8;
    private static final byte[] ZEROS = new byte[SECTOR];
    private static final double[] LEANINGS = {0, 0.1, 0.5, 0.9, 1};

    /** One thing that happened. */
    sealed interface Event {

        record Create(Path path, int file) implements Event { }

        record MakeDirectory(Path path) implements Event { }

        record Rename(Path from, Path to, int file) implements Event { }

        record Delete(Path path) implements Event { }

        record ForceDirectory(Path path) implements Event { }

        /** A sector has this content now. */
        record Store(int file, int sector, byte[] content) implements Event { }

        record Resize(int file, long length) implements Event { }

        /** The whole file is on the disk, with its length. */
        record ForceFile(int file) implements Event { }

        /** These sectors are on the disk, or lost to every later force if {@code failed}. */
        record ForceRange(int file, int fromSector, int toSector, boolean failed) implements Event { }
    }

    private final List<Event> events;
    private int files;

    DiskHistory() {
        this.events = new ArrayList<>();
    }

    private DiskHistory(List<Event> events, int files) {
        this.events = new ArrayList<>(events);
        this.files = files;
    }

    /** Goes its own way after {@code cut}: the process was killed there. */
    DiskHistory until(int cut) {
        return new DiskHistory(events.subList(0, cut), files);
    }

    /** The present: a cut here keeps everything that has happened so far possible. */
    int now() {
        return events.size();
    }

    void add(Event event) {
        events.add(event);
    }

    int newFile() {
        return files++;
    }

    /** What the page cache shows, also after the process was killed. */
    Tree present() {
        Tree tree = new Tree();
        for (Event event : events) {
            tree.apply(event);
        }
        return tree;
    }

    /** One of the legal contents of the disk after a power cut at {@code cut}. */
    Tree cut(int cut, Random random) {
        Tree tree = new Tree();
        double leaning = LEANINGS[random.nextInt(LEANINGS.length)];
        Map<Path, Integer> lastForces = new HashMap<>();
        for (int i = 0; i < cut; i++) {
            if (events.get(i) instanceof Event.ForceDirectory force) {
                lastForces.put(force.path(), i);
            }
        }
        for (int i = 0; i < cut; i++) {
            Event event = events.get(i);
            Path parent = switch (event) {
                case Event.Create create -> create.path().getParent();
                case Event.MakeDirectory made -> made.path().getParent();
                case Event.Rename rename -> rename.to().getParent();
                case Event.Delete delete -> delete.path().getParent();
                case Event.ForceDirectory force -> null;
                case Event.Store store -> null;
                case Event.Resize resize -> null;
                case Event.ForceFile force -> null;
                case Event.ForceRange range -> null;
            };
            if (parent == null || lastForces.getOrDefault(parent, -1) > i || random.nextDouble() < leaning) {
                tree.apply(event);
            }
        }
        long seed = random.nextLong();
        tree.contents.forEach((file, content) -> content.settle(new Random(seed + file)));
        return tree;
    }

    /**
     * What the page cache may show at {@code cut} when it has lost some of what could not be written back: pages are as
     * they were on the disk. No page of the file {@code spared} is lost; it may be one that is not there.
     */
    Tree evicted(int cut, Random random, Path spared) {
        Tree tree = until(cut).present();
        double leaning = LEANINGS[random.nextInt(LEANINGS.length)];
        Integer kept = tree.names.get(spared);
        tree.contents.forEach((file, content) -> {
            if (!file.equals(kept)) {
                content.evict(leaning, random);
            }
        });
        return tree;
    }

    /** Directories and files. */
    static final class Tree {

        private final TreeSet<Path> directories = new TreeSet<>();
        private final TreeMap<Path, Integer> names = new TreeMap<>();
        private final Map<Integer, Content> contents = new HashMap<>();

        private void apply(Event event) {
            switch (event) {
                case Event.Create create -> names.put(create.path(), create.file());
                case Event.MakeDirectory made -> directories.add(made.path());
                case Event.Rename rename -> {
                    names.remove(rename.from(), rename.file());
                    names.put(rename.to(), rename.file());
                }
                case Event.Delete delete -> {
                    names.remove(delete.path());
                    if (directories.remove(delete.path())) {
                        directories.removeIf(path -> path.startsWith(delete.path()));
                        names.keySet().removeIf(path -> path.startsWith(delete.path()));
                    }
                }
                case Event.ForceDirectory force -> { }
                case Event.Store store -> content(store.file()).store(store.sector(), store.content());
                case Event.Resize resize -> content(resize.file()).lengths.add(resize.length());
                case Event.ForceFile force -> content(force.file()).forced(0, Integer.MAX_VALUE, true);
                case Event.ForceRange range -> {
                    if (range.failed()) {
                        content(range.file()).lost(range.fromSector(), range.toSector());
                    } else {
                        content(range.file()).forced(range.fromSector(), range.toSector(), false);
                    }
                }
            }
        }

        private Content content(int file) {
            return contents.computeIfAbsent(file, number -> new Content());
        }

        /** The files that can be reached, by path. */
        Map<Path, Integer> files() {
            Map<Path, Integer> files = new TreeMap<>(names);
            files.keySet().removeIf(path -> !isThere(path.getParent()));
            return files;
        }

        private boolean isThere(Path directory) {
            return directory.equals(TOP) || directories.contains(directory) && isThere(directory.getParent());
        }

        /** Makes it, in an empty directory. */
        void write(Path target) throws IOException {
            for (Path directory : directories) {
                if (isThere(directory)) {
                    Files.createDirectories(target.resolve(directory));
                }
            }
            for (Map.Entry<Path, Integer> file : files().entrySet()) {
                content(file.getValue()).write(target.resolve(file.getKey()));
            }
        }
    }

    /** What a file may hold: for each sector that was ever written the versions since its last force, newest last. */
    private static final class Content {

        private final TreeMap<Integer, List<byte[]>> sectors = new TreeMap<>();
        private final BitSet lost = new BitSet();
        private List<Long> lengths = new ArrayList<>(List.of(0L));

        private void store(int sector, byte[] content) {
            sectors.computeIfAbsent(sector, number -> new ArrayList<>(List.of(ZEROS))).add(content);
            lost.clear(sector);
        }

        private void forced(int from, int to, boolean length) {
            sectors.subMap(from, to).forEach((sector, versions) -> {
                if (!lost.get(sector)) {
                    versions.subList(0, versions.size() - 1).clear();
                }
            });
            if (length) {
                lengths = new ArrayList<>(lengths.subList(lengths.size() - 1, lengths.size()));
            }
        }

        private void lost(int from, int to) {
            sectors.subMap(from, to).forEach((sector, versions) -> {
                if (versions.size() > 1) {
                    lost.set(sector);
                }
            });
        }

        /** Chooses. */
        private void settle(Random random) {
            double newest = LEANINGS[random.nextInt(LEANINGS.length)];
            boolean words = random.nextInt(3) == 0;
            for (Map.Entry<Integer, List<byte[]>> sector : sectors.entrySet()) {
                List<byte[]> versions = sector.getValue();
                if (versions.size() > 1) {
                    byte[] chosen = chosen(versions, newest, random).clone();
                    for (int word = 0; words && word < SECTOR; word += WORD) {
                        System.arraycopy(chosen(versions, newest, random), word, chosen, word, WORD);
                    }
                    sector.setValue(List.of(chosen));
                }
            }
            lengths = List.of(chosen(lengths, newest, random));
        }

        private void evict(double leaning, Random random) {
            Map<Integer, Boolean> pages = new HashMap<>();
            for (Map.Entry<Integer, List<byte[]>> sector : sectors.entrySet()) {
                if (pages.computeIfAbsent(sector.getKey() / SECTORS_PER_PAGE, page -> random.nextDouble() < leaning)) {
                    sector.setValue(List.of(sector.getValue().getFirst()));
                }
            }
        }

        private static <T> T chosen(List<T> versions, double newest, Random random) {
            int last = versions.size() - 1;
            return last == 0 || random.nextDouble() < newest ? versions.get(last)
                    : versions.get(random.nextBoolean() ? 0 : random.nextInt(last));
        }

        private void write(Path file) throws IOException {
            long length = lengths.get(lengths.size() - 1);
            byte[] bytes = new byte[sectors.isEmpty() ? 0 : (sectors.lastKey() + 1) * SECTOR];
            sectors.forEach((sector, versions) -> System.arraycopy(versions.get(versions.size() - 1), 0, bytes,
                    sector * SECTOR, SECTOR));
            try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
                out.write(bytes, 0, (int) Math.min(bytes.length, length));
                out.setLength(length);
            }
        }
    }
}
