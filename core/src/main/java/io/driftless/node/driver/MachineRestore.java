package io.driftless.node.driver;

import io.driftless.codec.SnapshotBoundary;
import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.LogException;
import io.driftless.errors.MalformedException;
import io.driftless.log.StoredSnapshot;
import io.driftless.machine.SessionRows;
import io.driftless.session.SessionTable;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Gives a state machine the state of a snapshot, with the session table of the same index (R22). */
final class MachineRestore {

    private static final int BUFFER = 64 << 10;

    private MachineRestore() { }

    /** A snapshot that is not what it says. */
    static final class Unusable extends IOException {
        private static final long serialVersionUID = 1;

        private final boolean isHeard;

        Unusable(Exception cause, boolean isHeard) {
            super(ErrorEntry.messageOf(cause), cause);
            this.isHeard = isHeard;
        }

        /** Whether the machine was given some of it before. */
        boolean isHeard() {
            return isHeard;
        }
    }

    /** What is read, which may go wrong. */
    private interface Reading<T> {
        T read() throws IOException;
    }

    /** Keeps what it throws: that is the storage's, whatever a machine makes of it. Not thread safe. */
    private static final class Content extends FilterInputStream {

        private @Nullable Exception thrown;

        Content(InputStream content) {
            super(content);
        }

        private <T> T keeping(Reading<T> reading) throws IOException {
            try {
                return reading.read();
            } catch (IOException | LogException problem) {
                thrown = problem;
                throw problem;
            }
        }

        @Override
        public int read() throws IOException {
            return keeping(() -> in.read());
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return keeping(() -> in.read(bytes, offset, length));
        }

        @Override
        public long skip(long bytes) throws IOException {
            return keeping(() -> in.skip(bytes));
        }

        /** Throws if it has met damage. */
        void requireWhole() throws Unusable {
            if (thrown != null && isDamage(thrown)) {
                throw new Unusable(thrown, true);
            }
        }
    }

    /**
     * Restores the machine.
     *
     * @return the table
     * @throws Unusable            if the snapshot is not what it says
     * @throws LogException        if the snapshot is of another version, or the storage lacks something else
     * @throws MachineCalls.Failed if the machine does not take it, although it is what it says
     */
    static SessionTable restore(MachineCalls machine, StoredSnapshot snapshot) throws IOException {
        long index = snapshot.id().index();
        Content content = new Content(unheard(snapshot::content));
        try (InputStream in = new BufferedInputStream(content, BUFFER)) {
            SessionRows rows = unheard(() -> SessionRows.readFrom(in));
            SessionTable table = unheard(() -> tableOf(snapshot, rows, machine.keepsRows()));
            try {
                machine.restore(in, index);
            } catch (MachineCalls.Failed | IOException | LogException problem) {
                content.requireWhole();
                throw problem;
            }
            content.requireWhole();
            if (machine.keepsRows()) {
                machine.batchApplied(index, rows);
            } else {
                machine.batchApplied(index);
            }
            return table;
        }
    }

    /** What is wrong here the machine has not heard of. */
    private static <T> T unheard(Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (IOException | LogException | MalformedException | IllegalArgumentException problem) {
            if (isDamage(problem)) {
                throw new Unusable(problem, false);
            }
            throw problem;
        }
    }

    /** Unless it says that nothing is wrong with the bytes: of another version, or out of resources. */
    private static boolean isDamage(Exception problem) {
        return EndCause.of(problem, EndCause.CORRUPT) == EndCause.CORRUPT;
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
