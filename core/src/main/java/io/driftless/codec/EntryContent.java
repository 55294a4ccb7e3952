package io.driftless.codec;

import io.driftless.log.Entries;
import io.driftless.log.LogEntry;
import io.driftless.raft.Content;
import io.driftless.raft.Message.AppendEntries;
import io.driftless.raft.TermRuns.Run;
import java.util.List;

/**
 * The entries of an AppendEntries, for code that writes the message. The encodings leave out what the header implies,
 * so this class compares the index and term of every entry with the header: after a mismatch, another log would arrive.
 * No state.
 */
public final class EntryContent {

    private EntryContent() { }

    /**
     * The entries, in order.
     *
     * @throws IllegalArgumentException if the content is not exactly the entries that the header names
     */
    public static List<LogEntry> of(AppendEntries message) {
        Content content = message.content();
        if (content == Content.NONE && message.entries().isEmpty()) {
            return List.of();
        }
        if (!(content instanceof Entries entries)) {
            throw new IllegalArgumentException("AppendEntries without its entries: " + content);
        }
        List<LogEntry> list = entries.list();
        List<Run> runs = message.entries().runs();
        int next = 0;
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            for (long n = 0; n < run.count(); n++) {
                if (next == list.size() || list.get(next).term() != run.term() || list.get(next)
                        .index() != message.prevLogIndex() + 1 + next) {
                    throw mismatch(message, list);
                }
                next++;
            }
        }
        if (next != list.size()) {
            throw mismatch(message, list);
        }
        return list;
    }

    private static IllegalArgumentException mismatch(AppendEntries message, List<LogEntry> list) {
        return new IllegalArgumentException("entries " + message.entries() + " in the header, but the content is "
                + (list.isEmpty() ? "empty"
                : list.getFirst().index() + ".." + list.getLast().index() + " of terms " + list.getFirst().term() + ".."
                + list.getLast().term()));
    }
}
