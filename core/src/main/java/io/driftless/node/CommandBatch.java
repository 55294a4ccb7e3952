package io.driftless.node;

import io.driftless.log.LogEntry;
import io.driftless.raft.Content;
import java.util.List;

/**
 * Commands on their way into the log. Immutable.
 *
 * @param list the commands in order
 */
record CommandBatch(List<Pending> list) implements Content {

    @Override
    public int count() {
        return list.size();
    }

    @Override
    public long weight(int position) {
        return LogEntry.weightOf(list.get(position).command().length());
    }
}
