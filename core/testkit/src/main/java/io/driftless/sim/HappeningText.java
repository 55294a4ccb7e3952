package io.driftless.sim;

import io.driftless.codec.MessageText;
import io.driftless.log.LogEntry;
import io.driftless.raft.CoreStatus;
import io.driftless.sim.history.Operation;
import java.util.List;
import java.util.Locale;

/** A {@link Happening} in one line for a person; messages as the serializers write them. No state. */
final class HappeningText {

    private HappeningText() { }

    static String of(Happening happening) {
        return switch (happening) {
            case Happening.Started h -> name(h.node()) + " starts, boot " + h.boot();
            case Happening.Ended h -> name(h.node()) + " ends: " + h.how();
            case Happening.Struck h -> "fault: " + of(h.fault());
            case Happening.NoticedEnd h -> name(h.node()) + " notices that the process of " + name(h.peer())
                    + " is gone";
            case Happening.Connected h -> name(h.node()) + " is connected to " + name(h.peer()) + ", boot " + h.boot();
            case Happening.Sent h -> name(h.from()) + " -> " + name(h.to()) + "  " + MessageText.of(h.message());
            case Happening.Received h -> name(h.to()) + " <- " + name(h.from()) + "  " + MessageText.of(h.message());
            case Happening.LogWritten h -> name(h.node()) + (h.overwrite() ? " overwrites " : " appends ")
                    + entries(h.entries());
            case Happening.LogSynced h -> name(h.node()) + " has synced its log up to " + h.lastIndex();
            case Happening.StateWritten h -> name(h.node()) + " has synced currentTerm=" + h.state().currentTerm()
                    + (h.state().votedFor().isNone() ? "" : " votedFor=" + h.state().votedFor());
            case Happening.SnapshotStep h -> name(h.node()) + ": " + words(h);
            case Happening.SnapshotRestored h -> name(h.node()) + ' ' + words(h);
            case Happening.LogCompacted h -> name(h.node()) + ' ' + words(h);
            case Happening.LogReset h -> name(h.node()) + ' ' + words(h);
            case Happening.PutBack h -> name(h.node()) + " has another copy of its folder, currentTerm="
                    + h.state().currentTerm();
            case Happening.Looked h -> name(h.node()) + " is " + of(h.status());
            case Happening.Applied h -> name(h.node()) + " applies (" + h.index() + "," + h.term() + "), command "
                    + h.serial() + ", result " + h.result();
            case Happening.Asked h -> name(h.node()) + " is asked: " + of(h.inquiry());
            case Happening.Told h -> name(h.node()) + " answers " + of(h.inquiry()) + ": " + oneLine(h.reply());
            case Happening.TableSeen h -> name(h.node()) + " has sessions as of " + h.index() + ": " + h.kept();
            case Happening.Reached h -> name(h.node()) + " is asked: " + of(h.operation());
            case Happening.Answered h -> name(h.node()) + " answers " + of(h.operation());
            case Happening.QueryReached h -> name(h.node()) + " is asked: " + of(h.query());
            case Happening.QueryTold h -> name(h.node()) + " answers " + of(h.query()) + ": " + oneLine(h.outcome());
            case Happening.ReadTold h -> client(h.query().read()) + " is told: " + h.value() + ", " + of(h.query());
            case Happening.TransferAsked h -> name(h.node()) + " is asked to hand over"
                    + (h.target().isNone() ? "" : " to " + h.target());
            case Happening.TransferTold h -> name(h.node()) + " answers who asked it to hand over: "
                    + oneLine(h.outcome());
            case Happening.Invoked h -> client(h.operation()) + " asks: " + of(h.operation());
            case Happening.Rejected h -> client(h.operation()) + " is told: rejected, " + of(h.operation());
            case Happening.Committed h -> client(h.operation()) + " is told: committed at " + h.index() + ", result "
                    + h.result() + ", " + of(h.operation());
            case Happening.GaveUp h -> client(h.operation()) + " gives up: " + (h.isKnown() ? "rejected" : "unknown")
                    + ", " + of(h.operation());
        };
    }

    /** What happens to it. */
    static String words(Happening.SnapshotStep h) {
        return "a snapshot of index " + h.index() + ", term " + h.term() + ", is "
                + h.step().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static String words(Happening.SnapshotRestored h) {
        return "restores a snapshot of index " + h.index();
    }

    static String words(Happening.LogCompacted h) {
        return "forgets its log up to " + h.upToIndex();
    }

    static String words(Happening.LogReset h) {
        return "resets its log to (" + h.index() + "," + h.term() + ")";
    }

    static String name(int node) {
        return SimulatedNode.nameOf(node).value();
    }

    /** Who and what, without the numbers that this kind does not use. */
    static String of(Fault fault) {
        String kind = fault.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return switch (fault.kind()) {
            case CUT, ONE_WAY, RESET, SLOW_LINK, LATE_DATA, BULK_CUT, LATE_BULK, LATE_CONTROL -> kind + ' '
                    + name(fault.node()) + ' ' + name(fault.peer())
                    + lasting(fault);
            case SPLIT, BRIDGE -> kind + ' ' + name(fault.node()) + " mask " + Integer.toBinaryString(fault.amount())
                    + lasting(fault);
            case KILL, POWER_CUT, STOP, CRASH_MIDWAY, WIPE, PAUSE, CLOCK_JUMP, SLOW_DISK, STUCK_DISK, FAILED_SYNC,
                    DISK_FULL, MACHINE_THROWS, MACHINE_HANGS, ISOLATE, OTHER_MEMBERS, FLIPPED_BIT, WALL_CLOCK,
                    CLOCK_RATE, LATE_COMPLETIONS, FOLDER_COPIED, FOLDER_PUT_BACK, SYNCS_FAIL, SNAPSHOT_DAMAGED,
                    SNAPSHOTS_FULL, CRASH_INSTALLING -> kind + ' ' + name(fault.node())
                    + lasting(fault);
            case LEADER_STALLS -> kind + lasting(fault);
            case TRANSFER -> kind + (Operator.isForNode(fault) ? ' ' + name(fault.node()) : "")
                    + (fault.amount() % 2 == 1 ? " to " + name(fault.peer()) : "") + lasting(fault);
        };
    }

    /** A result is shown as text, and may hold any character. */
    private static String oneLine(Object told) {
        return told.toString().replaceAll("\\p{Cntrl}", "?");
    }

    private static String lasting(Fault fault) {
        return " for " + fault.lengthMs() + " ms";
    }

    private static String of(CoreStatus status) {
        return status.role() + ", term " + status.term() + (status.leaderId().isNone() ? "" : ", leader "
                + status.leaderId()) + ", commit " + status.commit() + ", durable " + status.durable() + ", last "
                + status.last() + (status.blocked().isEmpty() ? "" : ", " + status.blocked());
    }

    private static String of(Operation operation) {
        return "command " + operation.serial() + " " + operation.kind().name().toLowerCase(Locale.ROOT) + " key "
                + operation.key();
    }

    private static String of(Query query) {
        return "query " + query.number() + " of read " + query.read().serial() + " key " + query.read().key() + ", "
                + query.consistency();
    }

    private static String of(Inquiry inquiry) {
        return "client " + inquiry.client() + ", session " + inquiry.session() + (inquiry.isLate() ? ", late copy" : "")
                + ", " + inquiry.request();
    }

    private static String client(Operation operation) {
        return "client " + operation.client();
    }

    private static String entries(List<LogEntry> entries) {
        LogEntry first = entries.getFirst();
        LogEntry last = entries.getLast();
        String from = "(" + first.index() + "," + first.term() + ")";
        return entries.size() == 1 ? from : from + ".." + "(" + last.index() + "," + last.term() + ")";
    }
}
