package io.driftless.machine;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of the session table: which commands of which client session were executed, and the results that are kept. A
 * state machine that keeps its state on disk stores them beside it, and does not look into them. Each has a key of two
 * numbers, so that a table of a database holds them as they are. Immutable.
 *
 * @param rows the rows, no key twice
 */
public record SessionRows(List<Row> rows) {

    /** No rows. */
    public static final SessionRows NONE = new SessionRows(List.of());

    /** What a value is read by at a time: a length that is wrong costs no more heap than there are bytes. */
    private static final int PIECE = 64 << 10;

    /** Copies the list. */
    public SessionRows {
        rows = List.copyOf(rows);
    }

    /**
     * One row: put in the place of an earlier one with the same key, or in its absence.
     *
     * @param session the first number of its key
     * @param part    the second number of its key
     * @param value   what to keep, opaque; empty: remove the row. It must only be read
     */
    public record Row(long session, long part, byte[] value) {

        /** Whether the row with this key is to be removed. */
        public boolean isRemoved() {
            return value.length == 0;
        }
    }

    /**
     * Writes all rows, none of which is a removal, as a snapshot begins with them. Big endian:
     *
     * <pre>
     *   count of rows (4 bytes)   rows, each: session (8)  part (8)  length (4)  value
     * </pre>
     */
    public void writeTo(OutputStream to) throws IOException {
        DataOutputStream out = new DataOutputStream(to);
        out.writeInt(rows.size());
        for (Row row : rows) {
            out.writeLong(row.session());
            out.writeLong(row.part());
            out.writeInt(row.value().length);
            out.write(row.value());
        }
        out.flush();
    }

    /**
     * Reads what {@link #writeTo} has written, and no byte more.
     *
     * @throws IOException if it is something else, or ends early
     */
    public static SessionRows readFrom(InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(from);
        List<Row> rows = new ArrayList<>();
        try {
            int count = in.readInt();
            if (count < 0) {
                throw new IOException("the session table begins with " + count + " rows");
            }
            for (int i = 0; i < count; i++) {
                rows.add(new Row(in.readLong(), in.readLong(), value(in, i)));
            }
        } catch (EOFException ended) {
            throw new IOException("the session table ends after " + rows.size() + " rows", ended);
        }
        return new SessionRows(rows);
    }

    private static byte[] value(DataInputStream in, int row) throws IOException {
        int length = in.readInt();
        if (length < 1) {
            throw new IOException("row " + row + " of the session table has a length of " + length);
        }
        if (length <= PIECE) {
            byte[] value = new byte[length];
            in.readFully(value);
            return value;
        }
        byte[] value = in.readNBytes(length);
        if (value.length < length) {
            throw new EOFException();
        }
        return value;
    }
}
