package io.driftless.codec.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.driftless.codec.ChunkContent;
import io.driftless.codec.EntryContent;
import io.driftless.log.Bytes;
import io.driftless.log.Chunk;
import io.driftless.log.Entries;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.raft.Content;
import io.driftless.raft.Message.AppendEntries;
import io.driftless.raft.Message.AppendEntriesReply;
import io.driftless.raft.Message.InstallSnapshot;
import io.driftless.raft.Message.InstallSnapshotReply;
import io.driftless.raft.Message.PreVote;
import io.driftless.raft.Message.PreVoteReply;
import io.driftless.raft.Message.ReadIndex;
import io.driftless.raft.Message.ReadIndexReply;
import io.driftless.raft.Message.RequestVote;
import io.driftless.raft.Message.RequestVoteReply;
import io.driftless.raft.Message.TimeoutNow;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.raft.SnapshotId;
import io.driftless.raft.TermRuns.Run;
import io.driftless.raft.TermRuns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Messages as fields of a JSON object. No state. */
final class JsonMessages {

    private JsonMessages() { }

    /** Writes type and fields into the object that has been begun. */
    static void write(JsonGenerator out, Message message) throws IOException {
        out.writeStringField("type", message.getClass().getSimpleName());
        number(out, "term", message.term());
        switch (message) {
            case PreVote m -> {
                out.writeStringField("candidateId", m.candidateId().value());
                number(out, "lastLogIndex", m.lastLogIndex());
                number(out, "lastLogTerm", m.lastLogTerm());
            }
            case PreVoteReply m -> {
                number(out, "requestTerm", m.requestTerm());
                out.writeBooleanField("voteGranted", m.voteGranted());
            }
            case RequestVote m -> {
                out.writeStringField("candidateId", m.candidateId().value());
                number(out, "lastLogIndex", m.lastLogIndex());
                number(out, "lastLogTerm", m.lastLogTerm());
                out.writeBooleanField("leadershipTransfer", m.leadershipTransfer());
            }
            case RequestVoteReply m -> {
                number(out, "requestTerm", m.requestTerm());
                out.writeBooleanField("voteGranted", m.voteGranted());
            }
            case TimeoutNow m -> out.writeStringField("leaderId", m.leaderId().value());
            case ReadIndex m -> number(out, "id", m.id());
            case ReadIndexReply m -> {
                number(out, "id", m.id());
                number(out, "index", m.index());
            }
            case AppendEntries m -> writeAppend(out, m);
            case AppendEntriesReply m -> {
                number(out, "requestTerm", m.requestTerm());
                out.writeBooleanField("success", m.success());
                number(out, "matchIndex", m.matchIndex());
                number(out, "prevLogIndex", m.prevLogIndex());
                number(out, "conflictIndex", m.conflictIndex());
                number(out, "conflictTerm", m.conflictTerm());
                out.writeBooleanField("writeUnderWay", m.writeUnderWay());
                number(out, "snapshotNeeded", m.snapshotNeeded());
                number(out, "round", m.round());
            }
            case InstallSnapshot m -> writeInstall(out, m);
            case InstallSnapshotReply m -> {
                number(out, "requestTerm", m.requestTerm());
                writeSnapshot(out, m.snapshot());
                number(out, "offset", m.offset());
                number(out, "window", m.window());
                out.writeBooleanField("isResumed", m.isResumed());
                number(out, "matchIndex", m.matchIndex());
            }
        }
    }

    /** The message of an object; {@code payloads} must be exactly those of its entries or its chunk. */
    static Message read(Fields in, Bytes payloads) {
        String type = in.text("type");
        long term = in.number("term");
        Message message = switch (type) {
            case "PreVote" -> {
                ServerId candidate = in.server("candidateId");
                long lastLogIndex = in.number("lastLogIndex");
                long lastLogTerm = in.number("lastLogTerm");
                yield in.finish(() -> new PreVote(term, candidate, lastLogIndex, lastLogTerm));
            }
            case "PreVoteReply" -> {
                long requestTerm = in.number("requestTerm");
                boolean granted = in.flag("voteGranted");
                yield in.finish(() -> new PreVoteReply(term, requestTerm, granted));
            }
            case "RequestVote" -> {
                ServerId candidate = in.server("candidateId");
                long lastLogIndex = in.number("lastLogIndex");
                long lastLogTerm = in.number("lastLogTerm");
                boolean transfer = in.flag("leadershipTransfer");
                yield in.finish(() -> new RequestVote(term, candidate, lastLogIndex, lastLogTerm, transfer));
            }
            case "RequestVoteReply" -> {
                long requestTerm = in.number("requestTerm");
                boolean granted = in.flag("voteGranted");
                yield in.finish(() -> new RequestVoteReply(term, requestTerm, granted));
            }
            case "TimeoutNow" -> {
                ServerId leader = in.server("leaderId");
                yield in.finish(() -> new TimeoutNow(term, leader));
            }
            case "ReadIndex" -> {
                long id = in.number("id");
                yield in.finish(() -> new ReadIndex(term, id));
            }
            case "ReadIndexReply" -> {
                long id = in.number("id");
                long index = in.number("index");
                yield in.finish(() -> new ReadIndexReply(term, id, index));
            }
            case "AppendEntries" -> readAppend(in, term, payloads);
            case "AppendEntriesReply" -> readAppendReply(in, term);
            case "InstallSnapshot" -> readInstall(in, term, payloads);
            case "InstallSnapshotReply" -> readInstallReply(in, term);
            default -> throw in.malformed("no message is called '" + type + "'");
        };
        if (!(message instanceof AppendEntries || message instanceof InstallSnapshot) && payloads.length() != 0) {
            throw in.malformed("payloads of " + payloads.length() + " bytes with a " + type);
        }
        return message;
    }

    private static void writeAppend(JsonGenerator out, AppendEntries message) throws IOException {
        out.writeStringField("leaderId", message.leaderId().value());
        number(out, "prevLogIndex", message.prevLogIndex());
        number(out, "prevLogTerm", message.prevLogTerm());
        number(out, "leaderCommit", message.leaderCommit());
        number(out, "acknowledgedIndex", message.acknowledgedIndex());
        number(out, "catchUpIndex", message.catchUpIndex());
        number(out, "round", message.round());
        List<LogEntry> entries = EntryContent.of(message);
        out.writeArrayFieldStart("runs");
        for (Run run : message.entries().runs()) {
            out.writeStartObject();
            number(out, "term", run.term());
            number(out, "count", run.count());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("entries");
        for (LogEntry entry : entries) {
            out.writeStartObject();
            out.writeStringField("type", entry.type().name());
            out.writeNumberField("timeMs", entry.timeMs());
            out.writeNumberField("session", entry.session());
            out.writeNumberField("serial", entry.serial());
            out.writeNumberField("distance", entry.distance());
            out.writeNumberField("length", entry.payload().length());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static AppendEntries readAppend(Fields in, long term, Bytes payloads) {
        ServerId leader = in.server("leaderId");
        long prevLogIndex = in.number("prevLogIndex");
        long prevLogTerm = in.number("prevLogTerm");
        long leaderCommit = in.number("leaderCommit");
        long acknowledgedIndex = in.number("acknowledgedIndex");
        long catchUpIndex = in.number("catchUpIndex");
        long round = in.number("round");
        List<Run> runs = new ArrayList<>();
        for (Fields run : in.structures("runs")) {
            long runTerm = run.number("term");
            long count = run.number("count");
            runs.add(run.finish(() -> new Run(runTerm, count)));
        }
        List<Fields> metadata = in.structures("entries");
        // Each count by itself first, so that their sum cannot overflow.
        if (runs.stream().anyMatch(run -> run.count() > metadata.size()) || runs.stream().mapToLong(Run::count)
                .sum() != metadata.size()) {
            throw in.malformed("runs that are not those of the " + metadata.size() + " entries");
        }
        return in.finish(() -> {
            TermRuns terms = new TermRuns(prevLogIndex + 1, runs);
            Content content = readEntries(in, terms, metadata, payloads);
            return new AppendEntries(term, leader, prevLogIndex, prevLogTerm, terms, leaderCommit, acknowledgedIndex,
                    catchUpIndex, round, content);
        });
    }

    private static Content readEntries(Fields in, TermRuns terms, List<Fields> metadata, Bytes payloads) {
        List<LogEntry> entries = new ArrayList<>(metadata.size());
        int taken = 0;
        for (Run run : terms.runs()) {
            for (long n = 0; n < run.count(); n++) {
                Fields each = metadata.get(entries.size());
                long index = terms.firstIndex() + entries.size();
                EntryType type = each.text("type", EntryType::valueOf);
                long timeMs = each.anyNumber("timeMs");
                long session = each.anyNumber("session");
                long serial = each.anyNumber("serial");
                int distance = each.smallNumber("distance", LogEntry.DISTANCE_MAX);
                Bytes payload = payload(each, payloads, taken);
                entries.add(each.finish(() -> new LogEntry(index, run.term(), timeMs, type, session, serial, distance,
                        payload)));
                taken += payload.length();
            }
        }
        if (taken != payloads.length()) {
            throw in.malformed("entries of " + taken + " bytes with payloads of " + payloads.length());
        }
        return entries.isEmpty() ? Content.NONE : new Entries(entries);
    }

    private static Bytes payload(Fields entry, Bytes payloads, int taken) {
        long length = entry.number("length");
        if (length > payloads.length() - taken) {
            throw entry.malformed("a payload of " + length + " bytes where " + (payloads.length() - taken)
                    + " are left");
        }
        return payloads.slice(taken, (int) length);
    }

    /** Writes a term, an index or a count: what {@link Fields#number} reads. */
    static void number(JsonGenerator out, String name, long value) throws IOException {
        if (value < 0 || value > Fields.NUMBER_MAX) {
            throw new IllegalArgumentException("a term, index or count of " + value);
        }
        out.writeNumberField(name, value);
    }

    private static AppendEntriesReply readAppendReply(Fields in, long term) {
        long requestTerm = in.number("requestTerm");
        boolean success = in.flag("success");
        long matchIndex = in.number("matchIndex");
        long prevLogIndex = in.number("prevLogIndex");
        long conflictIndex = in.number("conflictIndex");
        long conflictTerm = in.number("conflictTerm");
        boolean writeUnderWay = in.flag("writeUnderWay");
        long snapshotNeeded = in.number("snapshotNeeded");
        long round = in.number("round");
        return in.finish(() -> new AppendEntriesReply(term, requestTerm, success, matchIndex, prevLogIndex,
                conflictIndex, conflictTerm, writeUnderWay, snapshotNeeded, round));
    }

    private static void writeInstall(JsonGenerator out, InstallSnapshot message) throws IOException {
        int bytes = ChunkContent.of(message).length();
        out.writeStringField("leaderId", message.leaderId().value());
        writeSnapshot(out, message.snapshot());
        number(out, "size", message.size());
        number(out, "offset", message.offset());
        number(out, "length", message.length());
        number(out, "bytes", bytes);
    }

    private static InstallSnapshot readInstall(Fields in, long term, Bytes payloads) {
        ServerId leader = in.server("leaderId");
        SnapshotId snapshot = readSnapshot(in);
        long size = in.number("size");
        long offset = in.number("offset");
        int length = in.smallNumber("length", Integer.MAX_VALUE);
        long bytes = in.number("bytes");
        if (bytes != payloads.length()) {
            throw in.malformed("a content of " + bytes + " bytes with payloads of " + payloads.length());
        }
        return in.finish(() -> {
            InstallSnapshot message = new InstallSnapshot(term, leader, snapshot, size, offset, length,
                    new Chunk(payloads));
            ChunkContent.of(message);
            return message;
        });
    }

    private static InstallSnapshotReply readInstallReply(Fields in, long term) {
        long requestTerm = in.number("requestTerm");
        SnapshotId snapshot = readSnapshot(in);
        long offset = in.number("offset");
        long window = in.number("window");
        boolean isResumed = in.flag("isResumed");
        long matchIndex = in.number("matchIndex");
        return in.finish(() -> new InstallSnapshotReply(term, requestTerm, snapshot, offset, window, isResumed,
                matchIndex));
    }

    private static void writeSnapshot(JsonGenerator out, SnapshotId id) throws IOException {
        number(out, "lastIncludedIndex", id.index());
        number(out, "lastIncludedTerm", id.term());
        out.writeStringField("creator", id.creator().toString());
        out.writeNumberField("checksum", Integer.toUnsignedLong(id.checksum()));
    }

    private static SnapshotId readSnapshot(Fields in) {
        long index = in.number("lastIncludedIndex");
        long term = in.number("lastIncludedTerm");
        UUID creator = in.uuid("creator");
        long checksum = in.smallNumber("checksum", 0xffff_ffffL);
        return in.checked(() -> new SnapshotId(index, term, creator, (int) checksum));
    }
}
