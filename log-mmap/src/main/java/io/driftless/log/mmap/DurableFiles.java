package io.driftless.log.mmap;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What it takes to have files on disk for certain: whole files swapped in, directories forced, zeros written where
 * something will be mapped.
 */
final class DurableFiles {

    private static final String TEMPORARY = ".tmp";
    private static final int PAGE = 4096;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    /**
     * Bytes between two forces while a file is filled, so that a sync of the log never waits for a whole segment of
     * zeros.
     */
    private static final long FILL_STEP = 2L << 20;

    private DurableFiles() { }

    /** There was no room for a file; what was there before is there still. */
    static final class NoRoomException extends IOException {

        private static final long serialVersionUID = 1L;

        NoRoomException(Path file, IOException cause) {
            super(file + ": no room on the disk", cause);
        }
    }

    /**
     * Replaces {@code file} by one with these bytes, as a whole or not at all; durable on return. An interrupt that was
     * there before stays pending.
     *
     * @throws NoRoomException if the disk is full: nothing has changed. After any other exception it is not known which
     *                         of the two is there.
     */
    static void replace(Path file, byte[] bytes) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        // A stream and not a channel, which an interrupt would close.
        try (FileOutputStream stream = new FileOutputStream(temporary.toFile())) {
            stream.write(bytes);
            stream.getFD().sync();
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw isFull(e) ? new NoRoomException(file, e) : e;
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceDirectory(file.toAbsolutePath().getParent());
    }

    /**
     * Makes creations, renames and deletions in {@code directory} durable. An interrupt that was there before stays
     * pending.
     */
    static void forceDirectory(Path directory) throws IOException {
        boolean interrupted = Thread.interrupted();
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Makes {@code directory}, for its owner alone, and what is missing above it; durable on return. Nothing happens if
     * it is there.
     */
    static void createDirectory(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath();
        if (Files.isDirectory(absolute)) {
            return;
        }
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new NoSuchFileException(absolute.toString());
        }
        createDirectory(parent);
        Files.createDirectory(absolute, OWNER_ONLY);
        forceDirectory(parent);
    }

    /**
     * Makes a file of {@code length} zeros, durable but for its directory entry. Small writes keep the page cache in
     * small folios: a later sync of a mapped range then writes that range and not a megabyte around it.
     */
    static void fill(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(PAGE);
            long written = 0;
            while (written < length) {
                zeros.clear().limit((int) Math.min(PAGE, length - written));
                written += channel.write(zeros);
                if (written % FILL_STEP == 0) {
                    channel.force(false);
                }
            }
            channel.force(true);
        }
    }

    /** Removes a directory and the files in it; its parent is not forced. Nothing happens if it is not there. */
    static void deleteDirectory(Path directory) throws IOException {
        try {
            for (Path file : list(directory)) {
                if (Files.isDirectory(file)) {
                    deleteDirectory(file);
                } else {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(directory);
        } catch (NoSuchFileException gone) {
            return;
        }
    }

    /** What is in a directory, by name. */
    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return new ArrayList<>(files.sorted().toList());
        }
    }

    /** Whether the disk had no room. */
    static boolean isFull(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && (message.contains("No space left") || message.contains("Disk quota exceeded"))) {
                return true;
            }
        }
        return false;
    }
}
