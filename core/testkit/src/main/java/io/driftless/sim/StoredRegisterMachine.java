package io.driftless.sim;

import io.driftless.machine.MachineContext;
import io.driftless.machine.SessionRows;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;

/** Registers that are stored with each batch, together with the index and the rows of the session table (R22). */
final class StoredRegisterMachine extends RegisterMachine {

    private record Key(long session, long part) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return Comparator.comparingLong(Key::session).thenComparingLong(Key::part).compare(this, other);
        }
    }

    // As one transaction of a database would have left them.
    private SortedMap<Integer, Long> storedRegisters = new TreeMap<>();
    private final SortedMap<Key, SessionRows.Row> storedRows = new TreeMap<>();
    private long storedIndex;
    /** Whether the registers came from a snapshot, and neither they nor its rows are stored yet. */
    private boolean restored;

    StoredRegisterMachine(boolean inline) {
        super(inline);
    }

    @Override
    void forget() {
        super.forget();
        storedRegisters = new TreeMap<>();
        storedRows.clear();
        storedIndex = 0;
    }

    @Override
    long kept() {
        return storedIndex;
    }

    @Override
    public long open(MachineContext context) {
        goOnFrom(storedRegisters);
        restored = false;
        return storedIndex;
    }

    /** What is stored stays as it is until {@link #batchApplied} follows: then all of it is replaced. */
    @Override
    public void restore(InputStream content, long index) throws IOException {
        super.restore(content, index);
        restored = true;
    }

    @Override
    public void batchApplied(long index, SessionRows changed) {
        if (restored || index > storedIndex) {
            if (restored) {
                storedRows.clear();
                restored = false;
            }
            storedRegisters = new TreeMap<>(registers());
            for (SessionRows.Row row : changed.rows()) {
                Key key = new Key(row.session(), row.part());
                if (row.isRemoved()) {
                    storedRows.remove(key);
                } else {
                    storedRows.put(key, row);
                }
            }
            storedIndex = index;
        }
    }

    @Override
    public SessionRows sessions() {
        return new SessionRows(new ArrayList<>(storedRows.values()));
    }
}
