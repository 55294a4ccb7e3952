package io.driftless.ops.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The pipe from a parent process to a node that belongs to it. When it closes, the parent is gone, however it went: the
 * node ends, and removes the scratch folder that the parent could not. Thread safe.
 */
public final class ParentPipe {

    private final Optional<InputStream> pipe;
    private final Optional<ScratchFolder> scratch;
    private volatile boolean parentGone;

    private ParentPipe(Optional<InputStream> pipe, Optional<ScratchFolder> scratch) {
        this.pipe = pipe;
        this.scratch = scratch;
    }

    /** No parent: nothing happens. */
    public static ParentPipe none() {
        return new ParentPipe(Optional.empty(), Optional.empty());
    }

    /** A parent behind standard input. */
    public static ParentPipe standardInput() {
        return new ParentPipe(Optional.of(System.in), Optional.empty());
    }

    /**
     * The same, with a scratch folder to remove when the parent is gone; {@link IllegalArgumentException} if that is
     * not one.
     */
    public ParentPipe thenRemove(Path scratchFolder) {
        return new ParentPipe(pipe, Optional.of(ScratchFolder.of(scratchFolder)));
    }

    /** Runs {@code action} on a thread of its own when the parent is gone. */
    void whenClosed(Runnable action) {
        // A platform thread: reading standard input would hold a carrier of virtual threads for good.
        pipe.ifPresent(input -> Thread.ofPlatform().daemon().name("driftless-parent").start(() -> {
            awaitEnd(input);
            parentGone = true;
            action.run();
        }));
    }

    private static void awaitEnd(InputStream input) {
        try {
            while (input.read() >= 0) {
                // Nothing is ever said through it.
            }
        } catch (IOException gone) {
            // The same as its end.
        }
    }

    /** Removes the scratch folder if the parent is gone. */
    void clearUp() {
        if (parentGone) {
            scratch.ifPresent(ScratchFolder::remove);
        }
    }
}
