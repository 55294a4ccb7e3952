package io.driftless.log.mmap;

import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.LogException;
import io.driftless.log.LogFullException;
import io.driftless.log.OutOfResourcesException;
import io.driftless.log.SyncFailedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What the system means by an error. The JDK passes on its text alone, in the language of the process: so the text for
 * a full disk is learnt from a device that is always full, and whether descriptors are left is tried. Immutable.
 */
final class SystemErrors {

    private static final Path FULL_DEVICE = Path.of("/dev/full");
    private static final Path NULL_DEVICE = Path.of("/dev/null");
    private static final int CAUSES_MAX = 16;
    /** How Linux and macOS say it where nothing is translated. */
    private static final List<String> FULL = List.of("No space left", "Disk quota exceeded", "Disc quota exceeded");
    private static final List<String> EXHAUSTED = List.of("Too many open files", "Cannot allocate memory");
    private static final SystemErrors HERE = new SystemErrors(learnt());

    private final List<String> full;

    /** Where the text for a full disk is {@code learnt} too; empty if it is not known. */
    SystemErrors(String learnt) {
        this.full = new ArrayList<>(FULL);
        if (!learnt.isBlank()) {
            full.add(learnt);
        }
    }

    /** Of this process. */
    static SystemErrors here() {
        return HERE;
    }

    private static String learnt() {
        try (OutputStream out = Files.newOutputStream(FULL_DEVICE, StandardOpenOption.WRITE)) {
            out.write(0);
            return "";
        } catch (IOException full) {
            return full instanceof NoSuchFileException || full instanceof AccessDeniedException
                    || full.getMessage() == null ? "" : full.getMessage();
        }
    }

    /**
     * What was wrong with a file, in words that go behind its name: they do not say it again, and name a class only if
     * the error says nothing else.
     */
    static String words(Path file, IOException why) {
        return switch (why) {
            case NoSuchFileException absent -> "no such file or directory";
            case AccessDeniedException denied -> "permission denied";
            case FileAlreadyExistsException other -> "something else has this name";
            case NotDirectoryException other -> "not a directory";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            case IOException other -> behindName(file.toString(), ErrorEntry.messageOf(other));
        };
    }

    /** Without the name before it; some write {@code name: why}, and some {@code name (why)}. */
    private static String behindName(String name, String message) {
        if (message.startsWith(name + ": ")) {
            return message.substring(name.length() + 2);
        }
        return message.startsWith(name + " (") && message.endsWith(")")
                ? message.substring(name.length() + 2, message.length() - 1) : message;
    }

    /** Whether the disk, or a quota, had no room. */
    boolean isFull(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            String message = cause.getMessage();
            if (cause instanceof LogFullException || cause instanceof Disk.NoRoomException
                    || message != null && full.stream().anyMatch(message::contains)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** Whether the process had no descriptor, thread or native memory left. */
    boolean isExhausted(Throwable failure) {
        Throwable cause = failure;
        boolean isIo = false;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            String message = String.valueOf(cause.getMessage());
            isIo |= cause instanceof IOException;
            if (cause instanceof OutOfMemoryError || cause instanceof OutOfResourcesException
                    || cause instanceof Disk.NotOpenedException
                    || EXHAUSTED.stream().anyMatch(message::contains)) {
                return true;
            }
            cause = cause.getCause();
        }
        return isIo && !isFull(failure) && !canOpen();
    }

    /** Loads what is needed to tell that no descriptor is left: without one no class can be loaded. */
    void touch() {
        IOException none = new IOException(EXHAUSTED.getFirst());
        refused("", new Disk.NotOpenedException(NULL_DEVICE, none));
        failed("", new Disk.NoRoomException(NULL_DEVICE, none));
        canOpen();
    }

    private static boolean canOpen() {
        try (FileChannel channel = FileChannel.open(NULL_DEVICE, StandardOpenOption.READ)) {
            return channel.isOpen();
        } catch (NoSuchFileException | AccessDeniedException | ClosedByInterruptException otherReason) {
            return true;
        } catch (IOException noneLeft) {
            return false;
        }
    }

    /** A write or a sync that failed for good, told by what was to blame. */
    SyncFailedException failed(String what, Throwable why) {
        return new SyncFailedException(isFull(why) ? EndCause.DISK_FULL : isExhausted(why) ? EndCause.OUT_OF_RESOURCES
                : EndCause.FAILED_SYNC, what, why);
    }

    /**
     * A write that changed nothing where it failed for want of room or of a descriptor, and can be tried again then; a
     * failed one for good otherwise.
     */
    LogException refused(String what, Throwable why) {
        return isFull(why) ? new LogFullException(what, why)
                : isExhausted(why) ? new OutOfResourcesException(what, why) : new SyncFailedException(what, why);
    }
}
