package io.driftless.sim;

import io.driftless.machine.SessionRows;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is seen of a session table from outside: its rows. No state. */
final class TableView {

    private static final long PRIME = 0x100000001B3L;

    private TableView() { }

    static Happening.TableSeen of(int node, long index, boolean isRestored, SessionRows rows) {
        long digest = 0xCBF29CE484222325L;
        SortedMap<Long, List<Long>> kept = new TreeMap<>();
        for (SessionRows.Row row : rows.rows()) {
            digest = (digest ^ row.session()) * PRIME;
            digest = (digest ^ row.part()) * PRIME;
            for (byte each : row.value()) {
                digest = (digest ^ each) * PRIME;
            }
            if (row.session() != 0) {
                List<Long> serials = kept.computeIfAbsent(row.session(), id -> new ArrayList<>());
                if (row.part() != 0) {
                    serials.add(row.part());
                }
            }
        }
        return new Happening.TableSeen(node, index, isRestored, digest, kept);
    }
}
