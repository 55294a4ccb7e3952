package io.driftless.ops.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The pipe from a parent process to a node that belongs to it. When it closes, the parent is gone, however it went: the node ends, and removes the scratch
 * folder that the parent could not. Immutable.
 */
public final class ParentPipe {

    private final @Nullable ScratchFolder scratch;
    private final InputStream pipe;
    private volatile boolean parentGone;

    private ParentPipe(@Nullable ScratchFolder scratch, InputStream pipe) {
        this.scratch = scratch;
        this.pipe = pipe;
    }

    /** No parent: nothing happens. */
    public static ParentPipe none() {
        return new ParentPipe(null, InputStream.nullInputStream());
    }

    /** A parent behind standard input, with its scratch folder; {@link IllegalArgumentException} if that is not one. */
    public static ParentPipe standardInput(Path scratchFolder) {
        return new ParentPipe(ScratchFolder.of(scratchFolder), System.in);
    }

    /** Runs {@code action} on a thread of its own when the parent is gone. */
    void whenClosed(Runnable action) {
        if (scratch == null) {
            return;
        }
        // A platform thread: reading standard input would hold a carrier of virtual threads for good.
        Thread.ofPlatform().daemon().name("driftless-parent").start(() -> {
            try {
                while (pipe.read() >= 0) {
                    // Nothing is ever said through it.
                }
            } catch (IOException gone) {
                // The same as its end.
            }
            parentGone = true;
            action.run();
        });
    }

    /** Removes the scratch folder if the parent is gone. */
    void clearUp() {
        if (parentGone && scratch != null) {
            scratch.remove();
        }
    }
}
