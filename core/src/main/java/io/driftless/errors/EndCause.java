package io.driftless.errors;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Why a node ended or did not start. Each cause has the exit code that a process uses for it. */
public enum EndCause {
    /** Its owner closed it. */
    STOPPED(0),
    /** The configuration is bad. */
    CONFIGURATION(2),
    /** The address to listen on is not available now: it is in use, or its host name does not resolve (yet). */
    PORT_IN_USE(10),
    /** Another process, or another node of this one, owns the data directory. */
    DATA_LOCKED(11),
    /** The data directory cannot be written. */
    UNWRITABLE(12),
    /** The data belongs to another cluster or another node. */
    OTHER_IDENTITY(13),
    /** The data was written by a newer version, or by one so old that this one does not read it. */
    OTHER_FORMAT(14),
    /** The configured members are not those that formed the cluster. */
    MEMBERS_DIFFER(15),
    /** Stored data is damaged. */
    CORRUPT(16),
    /** The disk has no room. Nothing is lost, and the node can go on once there is room. */
    DISK_FULL(17),
    /**
     * The process has no thread, descriptor or native memory left (the heap does not count here). Nothing is wrong with
     * the data.
     */
    OUT_OF_RESOURCES(18),
    /** The disk did not take a write. */
    FAILED_SYNC(20),
    /** The state machine threw. */
    STATE_MACHINE(21),
    /** The consensus core found itself in a state that must never occur. */
    INVARIANT(22),
    /** Data that this server acknowledged is gone (R18). */
    LOST_DATA(23);

    private static final int CAUSES_MAX = 16;
    /** What Linux says of EMFILE, ENFILE, ENOMEM and EAGAIN; the JDK passes it on as text only. */
    private static final List<String> EXHAUSTED = List.of("Too many open files", "Cannot allocate memory",
            "Resource temporarily unavailable");
    /** What the JDK and HotSpot say of threads and of memory outside of the heap; the rest is about heap and arrays. */
    private static final List<String> NOT_HEAP = List.of("native thread", "irect buffer memory", "Map failed",
            "Unable to allocate", "Metaspace", "Compressed class space", "swap space");

    private final int exitCode;

    EndCause(int exitCode) {
        this.exitCode = exitCode;
    }

    /**
     * The cause with which a node ends that met this throwable. A lack of threads, descriptors, or memory outside the
     * heap (native memory, direct buffers, mappings, class metadata) is {@link #OUT_OF_RESOURCES} wherever it appears,
     * because nothing is wrong with the part that met it. A full heap does not show which part filled it. It is
     * therefore {@code otherwise}: {@link #STATE_MACHINE}, for example, where the state machine met it. (Where
     * {@code -XX:+ExitOnOutOfMemoryError} is set, as for {@code driftless node}, the JVM ends with 3 before anybody
     * sees that error.)
     *
     * @param otherwise the cause if the throwable does not show one
     */
    public static EndCause of(Throwable thrown, EndCause otherwise) {
        try {
            Throwable cause = thrown;
            for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
                if (cause instanceof LogException failed) {
                    return failed.endCause();
                }
                if (cause instanceof NodeStartException refused) {
                    return refused.endCause();
                }
                if (cause instanceof OutOfMemoryError error && !isOfHeap(error)
                        || cause instanceof IOException io && isExhausted(io)) {
                    return OUT_OF_RESOURCES;
                }
                cause = cause.getCause();
            }
        } catch (RuntimeException | Error broken) {
            // Of a throwable's own methods anything can be expected.
        }
        return otherwise;
    }

    private static boolean isOfHeap(OutOfMemoryError error) {
        String message = String.valueOf(error.getMessage());
        return NOT_HEAP.stream().noneMatch(message::contains);
    }

    private static boolean isExhausted(IOException failed) {
        String message = String.valueOf(failed.getMessage());
        return EXHAUSTED.stream().anyMatch(message::contains) || !canOpen();
    }

    /** Where the text is in another language: what can always be opened can be, unless no descriptor is left. */
    private static boolean canOpen() {
        try (FileChannel channel = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.READ)) {
            return channel.isOpen();
        } catch (NoSuchFileException | AccessDeniedException | ClosedByInterruptException otherReason) {
            return true;
        } catch (IOException noneLeft) {
            return false;
        }
    }

    /** The exit code. */
    public int exitCode() {
        return exitCode;
    }
}
