package io.driftless.ops.kv;

import io.driftless.log.Bytes;
import io.driftless.machine.MachineSnapshot;
import io.driftless.ops.kv.KeyValueMachine.Cell;
import io.driftless.ops.state.CopyOnWriteTree;
import io.driftless.ops.state.StateReader;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * All that counts in a {@link KeyValueMachine} at one index, and its bytes. Numbers have the highest byte first.
 *
 * <pre>
 *   stream   VERSION (1 byte) | quota (8) | row ... | 0 (1) | rows (8) | hash, both lanes (16)
 *   row      1 (1) | key length (4) | key | version (8) | value length (4) | value
 * </pre>
 *
 * <p>Rows come in the order of their keys' unsigned bytes. {@code rows} is their number. What the machine counts beside
 * them, the hash too, follows from the rows and the quota: it is added up again while they are read, and the hash must
 * come to the one at the end. The version changes whenever the format does.
 *
 * @param cells      the keys in their order; the snapshot's own, see {@link CopyOnWriteTree#copy}
 * @param versions   sum of the versions
 * @param hash       of the rows and the quota
 * @param usedBytes  what all keys and values count
 * @param quotaBytes the most that they may count
 */
record KvSnapshot(CopyOnWriteTree<Bytes, Cell> cells, long versions, StateHash hash, long usedBytes, long quotaBytes)
        implements MachineSnapshot {

    private static final int VERSION = 1;
    private static final int ROW = 1;
    private static final int END = 0;
    private static final int BUFFER_BYTES = 64 << 10;

    @Override
    public void writeTo(OutputStream out) throws IOException {
        DataOutputStream stream = new DataOutputStream(new BufferedOutputStream(out, BUFFER_BYTES));
        stream.writeByte(VERSION);
        stream.writeLong(quotaBytes);
        for (CopyOnWriteTree.Entry<Bytes, Cell> entry : cells) {
            stream.writeByte(ROW);
            write(stream, entry.key());
            stream.writeLong(entry.value().version());
            write(stream, entry.value().value());
        }
        stream.writeByte(END);
        stream.writeLong(cells.size());
        stream.writeLong(hash.high());
        stream.writeLong(hash.low());
        stream.flush();
    }

    private static void write(DataOutputStream stream, Bytes bytes) throws IOException {
        stream.writeInt(bytes.length());
        stream.write(bytes.array(), bytes.offset(), bytes.length());
    }

    /**
     * Reads one, up to the end of the stream.
     *
     * @throws io.driftless.errors.MalformedException if the stream is not exactly one snapshot of this version
     * @throws IOException                            whatever the stream throws
     */
    static KvSnapshot read(InputStream content) throws IOException {
        StateReader in = new StateReader(content);
        int version = in.code();
        if (version != VERSION) {
            throw in.malformed("a key-value snapshot of version " + version + ", not " + VERSION);
        }
        long quotaBytes = in.number();
        if (quotaBytes < 0) {
            throw in.malformed("a quota of " + quotaBytes + " bytes");
        }
        CopyOnWriteTree<Bytes, Cell> cells = new CopyOnWriteTree<>(KeyValueMachine::compareUnsigned);
        long versions = 0;
        long usedBytes = 0;
        StateHash hash = StateHash.EMPTY.withQuota(KeyValueMachine.DEFAULT_QUOTA_BYTES, quotaBytes);
        @Nullable Bytes before = null;
        while (isRow(in)) {
            Bytes key = Bytes.wrap(in.bytes(in.length()));
            if (before != null && KeyValueMachine.compareUnsigned(before, key) >= 0) {
                throw in.malformed("keys that are out of order");
            }
            before = key;
            Cell cell = new Cell(in.number(), Bytes.wrap(in.bytes(in.length())));
            cells.put(key, cell);
            versions += cell.version();
            usedBytes += KeyValueMachine.countedBytes(key.length(), cell.value().length());
            hash = hash.plus(key, cell.version(), cell.value());
        }
        KvSnapshot snapshot = new KvSnapshot(cells, versions, hash, usedBytes, quotaBytes);
        snapshot.readEnd(in);
        return snapshot;
    }

    private static boolean isRow(StateReader in) throws IOException {
        int code = in.code();
        if (code != ROW && code != END) {
            throw in.malformed("neither a row nor the end");
        }
        return code == ROW;
    }

    private void readEnd(StateReader in) throws IOException {
        long rows = in.number();
        if (rows != cells.size()) {
            throw in.malformed(cells.size() + " rows where there should be " + rows);
        }
        StateHash written = new StateHash(in.number(), in.number());
        if (!written.equals(hash)) {
            throw in.malformed("rows of hash " + hash + " where it should be " + written);
        }
        in.end();
    }
}
