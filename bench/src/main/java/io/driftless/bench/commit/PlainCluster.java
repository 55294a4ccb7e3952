package io.driftless.bench.commit;

import io.driftless.bench.run.Cleanup;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What this machine can do at most: three processes that replicate records to each other's disks without anything that
 * makes it safe. No elections, no terms, no checksums, no state machine, no timeouts. Confined to one thread; its
 * {@link Cleanup} ends it from any.
 *
 * @param port where the leader takes records
 */
record PlainCluster(int port) {

    /**
     * Starts the processes.
     *
     * @param folder  where their files go
     * @param cleanup kills them in the end
     * @throws IOException if one of them ended at once
     */
    static PlainCluster start(Path folder, Cleanup cleanup) throws Exception {
        String first = follower(folder, cleanup);
        String second = follower(folder, cleanup);
        PlainProcess leader = cleanup.own(() ->
                PlainProcess.start(PlainMember.class, folder.toString(), first, second), PlainProcess::kill);
        return new PlainCluster(leader.port());
    }

    private static String follower(Path folder, Cleanup cleanup) throws Exception {
        PlainProcess process = cleanup.own(() -> PlainProcess.start(PlainMember.class, folder.toString()),
                PlainProcess::kill);
        return Integer.toString(process.port());
    }
}
