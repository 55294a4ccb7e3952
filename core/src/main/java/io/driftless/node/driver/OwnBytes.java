package io.driftless.node.driver;

import io.driftless.log.Bytes;
import io.driftless.log.LogEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * Sees to it that entries which are kept keep little else alive: payloads are slices of the array that their message
 * came in, and a few small ones would keep all of it. No state.
 */
final class OwnBytes {

    private OwnBytes() { }

    /**
     * These entries, as they are where they make up most of what they came in, otherwise with payloads of their own: so
     * what they keep alive is at most twice their weight.
     */
    static List<LogEntry> of(List<LogEntry> entries) {
        List<LogEntry> own = null;
        int from = 0;
        while (from < entries.size()) {
            byte[] array = entries.get(from).payload().array();
            int to = from;
            long weight = 0;
            while (to < entries.size() && entries.get(to).payload().array() == array) {
                weight += entries.get(to++).weight();
            }
            if (array.length > 2 * weight) {
                own = own == null ? new ArrayList<>(entries) : own;
                for (int i = from; i < to; i++) {
                    own.set(i, withOwnPayload(entries.get(i)));
                }
            }
            from = to;
        }
        return own == null ? entries : own;
    }

    private static LogEntry withOwnPayload(LogEntry entry) {
        return new LogEntry(entry.index(), entry.term(), entry.timeMs(), entry.type(), entry.session(), entry.serial(),
                entry.distance(),
                Bytes.wrap(entry.payload().toByteArray()));
    }
}
