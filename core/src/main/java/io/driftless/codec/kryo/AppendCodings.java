package io.driftless.codec.kryo;

import io.driftless.codec.EntryContent;
import io.driftless.log.Entries;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.raft.Content;
import io.driftless.raft.Message.AppendEntries;
import io.driftless.raft.Message.AppendEntriesReply;
import io.driftless.raft.ServerId;
import io.driftless.raft.TermRuns.Run;
import io.driftless.raft.TermRuns;
import java.util.List;

/** The messages of replication. */
final class AppendCodings {

    // Bytes that a run (term, count) and an entry (type, time, session, serial, distance, length) take at least: what
    // bounds their counts.
    private static final int RUN_BYTES_MIN = 2;
    private static final int ENTRY_BYTES_MIN = 6;

    private AppendCodings() { }

    static final class OfAppendEntries extends Coding<AppendEntries> {
        @Override
        void write(FieldOutput output, AppendEntries value) {
            List<LogEntry> entries = EntryContent.of(value);
            output.number(value.term());
            output.server(value.leaderId());
            output.number(value.prevLogIndex());
            output.number(value.prevLogTerm());
            output.number(value.leaderCommit());
            output.number(value.acknowledgedIndex());
            output.number(value.catchUpIndex());
            output.number(value.round());
            List<Run> runs = value.entries().runs();
            output.number(runs.size());
            for (int i = 0; i < runs.size(); i++) {
                output.number(runs.get(i).term());
                output.number(runs.get(i).count());
            }
            long time = 0;
            for (int i = 0; i < entries.size(); i++) {
                LogEntry entry = entries.get(i);
                output.writeByte(entry.type().code());
                output.writeVarLong(entry.timeMs() - time, false);
                output.writeVarLong(entry.session(), true);
                output.writeVarLong(entry.serial(), true);
                output.number(entry.distance());
                output.writeVarInt(entry.payload().length(), true);
                time = entry.timeMs();
            }
        }

        @Override
        AppendEntries read(FieldInput input) {
            long term = input.number();
            ServerId leader = input.server();
            long prevLogIndex = input.number();
            long prevLogTerm = input.number();
            long leaderCommit = input.number();
            long acknowledgedIndex = input.number();
            long catchUpIndex = input.number();
            long round = input.number();
            TermRuns runs = readRuns(input, prevLogIndex + 1);
            Content content = runs.isEmpty() ? Content.NONE : readEntries(input, runs);
            return new AppendEntries(term, leader, prevLogIndex, prevLogTerm, runs, leaderCommit, acknowledgedIndex,
                    catchUpIndex, round, content);
        }

        private static TermRuns readRuns(FieldInput input, long firstIndex) {
            int count = input.count(RUN_BYTES_MIN);
            Run[] runs = new Run[count];
            int entries = 0;
            for (int i = 0; i < count; i++) {
                long term = input.number();
                int length = input.count(ENTRY_BYTES_MIN);
                runs[i] = new Run(term, length);
                entries += length;
                if (entries > input.left() / ENTRY_BYTES_MIN) {
                    throw input.malformedBefore("terms of " + entries + " entries in front of " + input.left()
                            + " bytes");
                }
            }
            return new TermRuns(firstIndex, List.of(runs));
        }

        private static Entries readEntries(FieldInput input, TermRuns runs) {
            LogEntry[] entries = new LogEntry[(int) runs.count()];
            int next = 0;
            long time = 0;
            for (int i = 0; i < runs.runs().size(); i++) {
                Run run = runs.runs().get(i);
                for (long n = 0; n < run.count(); n++) {
                    EntryType type = EntryType.ofCode(input.readByte());
                    time += input.readVarLong(false);
                    long session = input.readVarLong(true);
                    long serial = input.readVarLong(true);
                    int distance = input.smallNumber(LogEntry.DISTANCE_MAX);
                    entries[next] = new LogEntry(runs.firstIndex() + next, run.term(), time, type, session, serial,
                            distance, input.payload());
                    next++;
                }
            }
            return new Entries(List.of(entries));
        }
    }

    static final class OfAppendEntriesReply extends Coding<AppendEntriesReply> {
        @Override
        void write(FieldOutput output, AppendEntriesReply value) {
            output.number(value.term());
            output.number(value.requestTerm());
            output.flag(value.success());
            output.number(value.matchIndex());
            output.number(value.prevLogIndex());
            output.number(value.conflictIndex());
            output.number(value.conflictTerm());
            output.flag(value.writeUnderWay());
            output.number(value.snapshotNeeded());
            output.number(value.round());
        }

        @Override
        AppendEntriesReply read(FieldInput input) {
            return new AppendEntriesReply(input.number(), input.number(), input.flag(), input.number(), input.number(),
                    input.number(), input.number(), input.flag(), input.number(), input.number());
        }
    }
}
