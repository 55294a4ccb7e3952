package io.driftless.node.driver;

import io.driftless.log.LogEntry;
import io.driftless.raft.Content;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands on their way into the log. Immutable.
 *
 * @param list the commands in order
 */
record CommandBatch(List<Pending> list) implements Content {

    /** The same commands in batches of at most this weight, or of one command that is heavier. */
    List<CommandBatch> parts(long weightMax) {
        List<CommandBatch> parts = new ArrayList<>(1);
        int first = 0;
        long weight = 0;
        for (int position = 0; position < list.size(); position++) {
            if (position > first && weight + weight(position) > weightMax) {
                parts.add(new CommandBatch(list.subList(first, position)));
                first = position;
                weight = 0;
            }
            weight += weight(position);
        }
        parts.add(first == 0 ? this : new CommandBatch(list.subList(first, list.size())));
        return parts;
    }

    @Override
    public int count() {
        return list.size();
    }

    @Override
    public long weight(int position) {
        return LogEntry.weightOf(list.get(position).payload().length());
    }
}
