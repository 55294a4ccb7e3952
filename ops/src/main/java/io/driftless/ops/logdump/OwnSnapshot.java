package io.driftless.ops.logdump;

import io.driftless.log.mmap.DumpedRecord;
import io.driftless.log.mmap.LogDump;
import io.driftless.log.mmap.SnapshotFile;
import io.driftless.raft.SnapshotId;
import java.util.Optional;

/**
 * Whether a log holds the entry up to which its server has taken its newest snapshot. If not, the server has lost what
 * it acknowledged, and does not start (R27). Confined to one thread.
 */
public final class OwnSnapshot {

    private final Optional<SnapshotFile> snapshot;
    /** Of the entry there, as far as the log was read; 0 if none was seen. */
    private long term;

    /** With the snapshot that the server has taken itself, if its newest is such a one. */
    public OwnSnapshot(Optional<SnapshotFile> snapshot) {
        this.snapshot = snapshot;
    }

    /** Looks at a record of the log; they come in the order of writing. */
    public void see(DumpedRecord record) {
        long index = snapshot.map(own -> own.id().index()).orElse(0L);
        if (record.live() && record.entry().index() <= index) {
            term = record.entry().index() == index ? record.entry().term() : 0;
        }
    }

    /** What is missing, in words, once all records were seen; empty if nothing is, or nobody can tell. */
    public Optional<String> missing(LogDump.Summary log) {
        if (snapshot.isEmpty()) {
            return Optional.empty();
        }
        SnapshotId id = snapshot.get().id();
        boolean ends = log.lastIndex() < id.index();
        long found = id.index() == log.boundary() ? log.boundaryTerm() : term;
        boolean another = id.index() >= log.boundary() && found != 0 && found != id.term();
        return !ends && !another ? Optional.empty() : Optional.of((ends ? "the log ends at index " + log.lastIndex()
                : "the log has an entry of term " + found + " at index " + id.index()) + ", and this server took its "
                + "snapshot " + snapshot.get().description() + " of index " + id.index() + ", term " + id.term()
                + ": acknowledged entries are gone (a server that is not in doubt already does not start)");
    }
}
