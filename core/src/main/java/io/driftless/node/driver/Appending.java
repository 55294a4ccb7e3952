package io.driftless.node.driver;

import io.driftless.log.Bytes;
import io.driftless.log.Entries;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.raft.Effect;
import io.driftless.raft.TermRuns;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives the entries that the core appends their bytes, their stamps and the clients that wait for them, keeps them at
 * hand and queues their write. Confined to the owner of the core.
 */
final class Appending {

    private final NodeLoop.Parts parts;

    Appending(NodeLoop.Parts parts) {
        this.parts = parts;
    }

    void append(Effect.Append append, Round round, long nowNs) {
        TermRuns terms = append.terms();
        List<LogEntry> entries = switch (append.kind()) {
            case NOOP -> List.of(noop(terms.firstIndex(), terms, nowNs));
            case COMMANDS -> place((CommandBatch) append.content(), terms, round, nowNs);
            case RECEIVED -> takeReceived((Entries) append.content(), terms);
        };
        for (LogEntry entry : entries) {
            parts.cache().put(entry);
        }
        round.disk(parts.disk().append(append.writeId(), append.overwrite(), entries));
    }

    private LogEntry noop(long index, TermRuns terms, long nowNs) {
        parts.sessions().noopAppended(index);
        return new LogEntry(index, terms.termAt(index), parts.logClock().stampMs(index, nowNs), EntryType.NOOP, 0, 0,
                Bytes.EMPTY);
    }

    private List<LogEntry> place(CommandBatch batch, TermRuns terms, Round round, long nowNs) {
        List<LogEntry> entries = new ArrayList<>(batch.count());
        long term = terms.termAt(terms.firstIndex());
        long index = terms.firstIndex();
        long stampMs = parts.logClock().stampMs(index, nowNs);
        for (Pending pending : batch.list()) {
            parts.proposals().place(index, term, pending, round.replies);
            parts.sessions().placed(pending, index, stampMs);
            entries.add(pending.entry(index++, term, stampMs));
        }
        return entries;
    }

    private List<LogEntry> takeReceived(Entries content, TermRuns terms) {
        List<LogEntry> list = content.list();
        List<LogEntry> fresh = list.subList(list.size() - Math.toIntExact(terms.count()), list.size());
        parts.logClock().follows(fresh.getLast().timeMs());
        return OwnBytes.of(fresh);
    }
}
