package io.driftless.sim;

import io.driftless.machine.MachineContext;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One of the two machines of a {@link TwinMachine}, which may be ahead of the other: its state was kept, or it came
 * with a snapshot that was taken while that server's machine was ahead. Then it is given nothing until the other has
 * caught up.
 *
 * @param <S> the machine
 */
final class TwinSide<S extends StateMachine> {

    private static final Comparator<SessionRows.Row> BY_KEY = Comparator.comparingLong(SessionRows.Row::session)
            .thenComparingLong(SessionRows.Row::part);

    final S machine;
    private long kept;
    /** Rows that it was not told of since a snapshot brought it ahead: it has none of that index. */
    private final SortedMap<SessionRows.Row, SessionRows.Row> owed = new TreeMap<>(BY_KEY);
    private boolean broughtAhead;

    TwinSide(S machine) {
        this.machine = machine;
    }

    long open(MachineContext context) throws Exception {
        kept = machine.open(context);
        broughtAhead = false;
        owed.clear();
        return kept;
    }

    /** It has the effects of all commands up to here, or has to be given those that follow. */
    long kept() {
        return kept;
    }

    /**
     * The server goes on from a snapshot of {@code index}.
     *
     * @param asOf the index that this machine's part is of: not below {@code index}
     */
    void restore(InputStream content, long index, long asOf) throws Exception {
        if (index <= kept) {
            return;
        }
        machine.restore(content, asOf);
        owed.clear();
        broughtAhead = asOf > index;
        if (broughtAhead) {
            kept = asOf;
        }
    }

    void batchApplied(long index, SessionRows changed) throws Exception {
        if (!broughtAhead) {
            if (index > kept) {
                machine.batchApplied(index, changed);
            }
            return;
        }
        for (SessionRows.Row row : changed.rows()) {
            owed.remove(row);
            owed.put(row, row);
        }
        if (index >= kept) {
            broughtAhead = false;
            machine.batchApplied(index, new SessionRows(new ArrayList<>(owed.values())));
            owed.clear();
        }
    }
}
