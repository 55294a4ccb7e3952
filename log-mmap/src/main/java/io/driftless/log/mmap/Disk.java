package io.driftless.log.mmap;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Every operation on which durability rests, one method each; first those of the file system, then what is composed
 * of them. Nothing else in this package creates, fills, renames, removes, cuts or forces a file. Of the stores into
 * a mapping only those are seen that may store again what is there. Tests override the first group, to record it and
 * to let it fail. Thread safe.
 */
class Disk {

    /** The disk itself. */
    static final Disk REAL = new Disk();

    private static final String TEMPORARY = ".tmp";
    private static final int PAGE = 4096;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    /**
     * Bytes between two forces while a file is filled, so that a sync of the log never waits for a whole segment of
     * zeros.
     */
    private static final long FILL_STEP = 2L << 20;

    /** A file that is being written. An interrupt neither closes it nor is lost. */
    interface Output extends AutoCloseable {

        /** Appends at the end of the file. */
        void write(byte[] bytes, int length) throws IOException;

        /** Makes the file shorter, or longer by zeros that have no blocks. */
        void resize(long length) throws IOException;

        /** Brings the file to the disk, its length included, but not its directory entry. */
        void force() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** There was no room for a file; what was there before is there still. */
    static final class NoRoomException extends IOException {

        private static final long serialVersionUID = 1L;

        NoRoomException(Path file, IOException cause) {
            super(file + ": no room on the disk", cause);
        }
    }

    /** The process had no descriptor left for a file; what was there before is there still. */
    static final class NotOpenedException extends IOException {

        private static final long serialVersionUID = 1L;

        NotOpenedException(Path file, IOException cause) {
            super(file + ": no file descriptor is left", cause);
        }
    }

    private record RandomAccess(RandomAccessFile file) implements Output {

        @Override
        public void write(byte[] bytes, int length) throws IOException {
            file.write(bytes, 0, length);
        }

        @Override
        public void resize(long length) throws IOException {
            file.setLength(length);
        }

        @Override
        public void force() throws IOException {
            file.getFD().sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /** Makes a file that must not be there. */
    Output create(Path file) throws IOException {
        Descriptors.with(() -> Files.createFile(file));
        return change(file);
    }

    /** Opens a file that is there. */
    Output change(Path file) throws IOException {
        RandomAccessFile opened = Descriptors.with(() -> new RandomAccessFile(file.toFile(), "rw"));
        opened.seek(opened.length());
        return new RandomAccess(opened);
    }

    /** Gives a file the name of another, which is no more, in one step. */
    void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes a file or an empty directory, if it is there. */
    void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    /** Makes a directory, for its owner alone. */
    void makeDirectory(Path directory) throws IOException {
        Files.createDirectory(directory, OWNER_ONLY);
    }

    /**
     * Makes creations, renames and deletions in {@code directory} durable. An interrupt that was there before stays
     * pending.
     */
    void forceDirectory(Path directory) throws IOException {
        boolean interrupted = Thread.interrupted();
        try (FileChannel channel = Descriptors.with(() -> FileChannel.open(directory, StandardOpenOption.READ))) {
            channel.force(true);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Bytes that are free for this user on the file system of {@code directory}; 0 also if nobody knows. */
    long free(Path directory) {
        return directory.toFile().getUsableSpace();
    }

    /** Maps the first {@code length} bytes of a file, to be written. */
    MappedByteBuffer map(Path file, int length) throws IOException {
        try (FileChannel channel = Descriptors.with(() -> FileChannel.open(file, StandardOpenOption.READ,
                StandardOpenOption.WRITE))) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, length);
        }
    }

    /** Stores into a mapping, also if the same is there: after a failed force, only what is stored anew is saved. */
    void store(MappedByteBuffer mapping, int at, byte[] bytes) {
        mapping.put(at, bytes);
    }

    /** Brings a range of a mapping to the disk; returns when it is there, or throws. */
    void force(MappedByteBuffer mapping, int from, int length) {
        mapping.force(from, length);
    }

    /** A thread that prepares and removes files while the log is in use; its tasks run one after the other. */
    ExecutorService background(String name) {
        return Executors.newSingleThreadExecutor(task -> {
            Thread worker = new Thread(task, name);
            worker.setDaemon(true);
            return worker;
        });
    }

    /**
     * Replaces {@code file} by one with these bytes, as a whole or not at all; durable on return.
     *
     * @throws NoRoomException if the disk is full: nothing has changed. After any other exception it is not known which
     *                         of the two is there.
     */
    final void replace(Path file, byte[] bytes) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        delete(temporary);
        try (Output output = create(temporary)) {
            output.write(bytes, bytes.length);
            output.force();
        } catch (IOException e) {
            delete(temporary);
            throw isFull(e) ? new NoRoomException(file, e)
                    : SystemErrors.here().isExhausted(e) ? new NotOpenedException(file, e) : e;
        }
        rename(temporary, file);
        forceDirectory(file.toAbsolutePath().getParent());
    }

    /**
     * Makes {@code directory}, for its owner alone, and what is missing above it, unless it is there; durable on
     * return.
     */
    final void createDirectory(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath();
        Path parent = absolute.getParent();
        if (Files.isDirectory(absolute)) {
            // A process that was killed may have made it a moment ago, and not have forced it. Where the parent cannot
            // be read somebody else has made it.
            if (parent != null && Files.isReadable(parent)) {
                forceDirectory(parent);
            }
            return;
        }
        if (parent == null) {
            throw new NoSuchFileException(absolute.toString());
        }
        createDirectory(parent);
        try {
            makeDirectory(absolute);
        } catch (FileAlreadyExistsException there) {
            // Nodes that start at the same time may share the folders above their data. Each forces them for itself.
            if (!Files.isDirectory(absolute)) {
                throw there;
            }
        }
        forceDirectory(parent);
    }

    /**
     * Makes a file of {@code length} zeros, durable but for its directory entry. Small writes keep the page cache in
     * small folios: a later sync of a mapped range then writes that range and not a megabyte around it.
     */
    final void fill(Path file, long length) throws IOException {
        try (Output output = create(file)) {
            byte[] zeros = new byte[PAGE];
            long written = 0;
            while (written < length) {
                int next = (int) Math.min(PAGE, length - written);
                output.write(zeros, next);
                written += next;
                if (written % FILL_STEP == 0) {
                    output.force();
                }
            }
            output.force();
        }
    }

    /** Removes a directory and the files in it; its parent is not forced. Nothing happens if it is not there. */
    final void deleteDirectory(Path directory) throws IOException {
        try {
            for (Path file : list(directory)) {
                if (Files.isDirectory(file)) {
                    deleteDirectory(file);
                } else {
                    delete(file);
                }
            }
            delete(directory);
        } catch (NoSuchFileException gone) {
            return;
        }
    }

    /** What is in a directory, by name. */
    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Descriptors.with(() -> Files.list(directory))) {
            return new ArrayList<>(files.sorted().toList());
        }
    }

    /** Whether the disk had no room. */
    static boolean isFull(Throwable failure) {
        return SystemErrors.here().isFull(failure);
    }
}
