package io.driftless.ops.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Where a demo plays: a scratch folder with a cluster in it. However the demo or the process ends, neither a process
 * nor, unless it is to be kept, a folder is left. Confined to one thread, but for the end of the process.
 */
public final class Stage implements AutoCloseable {

    private final ScratchFolder scratch;
    private final AtomicReference<@Nullable LocalCluster> cluster = new AtomicReference<>();
    private final ExitGuard guard;

    private Stage(ScratchFolder scratch, Runnable atTheEnd) {
        this.scratch = scratch;
        this.guard = ExitGuard.over(() -> {
            atTheEnd.run();
            clear();
        });
    }

    /** Makes the folder; {@code atTheEnd} runs first when everything is cleared away. */
    public static Stage open(boolean keep, Runnable atTheEnd) throws IOException {
        return new Stage(ScratchFolder.create(keep), atTheEnd);
    }

    /** See {@link LocalCluster#startAndAwaitLeader}. Called once. */
    public LocalCluster start(int nodes, Map<String, String> settings, long heapMib, Duration timeout)
            throws IOException, InterruptedException {
        return LocalCluster.startAndAwaitLeader(scratch, nodes, settings, heapMib, timeout, cluster::set);
    }

    /** The folder. */
    public Path path() {
        return scratch.path();
    }

    /** Whether the process is ending, by Ctrl-C or SIGTERM: what failed meanwhile failed for that. */
    public boolean isProcessEnding() {
        return guard.isProcessEnding();
    }

    private void clear() {
        LocalCluster started = cluster.get();
        if (started != null) {
            if (scratch.isKept()) {
                started.close();
            } else {
                started.kill();
            }
        }
        scratch.remove();
    }

    /** Ends the nodes and clears the folder away, if that has not been done. */
    @Override
    public void close() {
        guard.close();
    }
}
