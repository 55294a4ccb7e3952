package io.driftless.log;

import io.driftless.raft.Content;
import java.util.List;

/**
 * The entries that an AppendEntries carries. Immutable.
 *
 * @param list the entries, in order
 */
public record Entries(List<LogEntry> list) implements Content {

    /** Copies the list. */
    public Entries {
        list = List.copyOf(list);
    }

    @Override
    public int count() {
        return list.size();
    }

    @Override
    public long weight(int position) {
        return list.get(position).weight();
    }

    @Override
    public String toString() {
        return list.size() + " entries";
    }
}
