package io.driftless.node.driver;

import io.driftless.codec.SnapshotBoundary;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.MalformedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.StoredSnapshot;
import io.driftless.machine.SessionRows;
import io.driftless.session.SessionTable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Gives a state machine the state of a snapshot, with the session table of the same index (R22). */
final class MachineRestore {

    private static final int BUFFER = 64 << 10;

    private MachineRestore() { }

    /** A snapshot that is not what it says, found before the machine has heard of it. */
    static final class Unusable extends IOException {
        private static final long serialVersionUID = 1;

        Unusable(Exception cause) {
            super(ErrorEntry.messageOf(cause), cause);
        }
    }

    /**
     * Restores the machine.
     *
     * @return the table
     * @throws Unusable            if the snapshot is not what it says; the machine has not heard of it
     * @throws MachineCalls.Failed if the machine does not take it
     */
    static SessionTable restore(MachineCalls machine, StoredSnapshot snapshot) throws IOException {
        long index = snapshot.id().index();
        try (InputStream content = content(snapshot)) {
            SessionRows rows;
            SessionTable table;
            try {
                rows = SessionRows.readFrom(content);
                table = tableOf(snapshot, rows, machine.keepsRows());
            } catch (IOException | LogCorruptException | MalformedException | IllegalArgumentException other) {
                throw new Unusable(other);
            }
            machine.restore(content, index);
            if (machine.keepsRows()) {
                machine.batchApplied(index, rows);
            } else {
                machine.batchApplied(index);
            }
            return table;
        }
    }

    /** The content from its beginning. */
    static InputStream content(StoredSnapshot snapshot) throws IOException {
        return new BufferedInputStream(snapshot.content(), BUFFER);
    }

    /**
     * The table of the rows that its content begins with, once all that the snapshot says of itself agrees.
     *
     * @throws MalformedException       if they are not of its index and time
     * @throws IllegalArgumentException if they are no table
     */
    static SessionTable tableOf(StoredSnapshot snapshot, SessionRows rows, boolean keepsRows) {
        SnapshotBoundary boundary = SnapshotBoundary.decode(snapshot.boundary());
        SessionTable table = SessionTable.of(rows, keepsRows);
        if (table.index() != snapshot.id().index() || table.clockMs() != boundary.clockMs()) {
            throw new MalformedException(0, snapshot.description() + " has a session table of index " + table.index()
                    + " and time " + table.clockMs() + ", not of index " + snapshot.id().index() + " and time "
                    + boundary.clockMs());
        }
        return table;
    }
}
