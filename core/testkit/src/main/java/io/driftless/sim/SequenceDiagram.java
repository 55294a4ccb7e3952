package io.driftless.sim;

import io.driftless.codec.MessageText;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What happens, as a Mermaid sequence diagram of the servers: an arrow where a message is received, a crossed one where
 * one was sent that never arrived, notes where a server starts, ends, or changes its role or term, and where something
 * goes wrong. Confined to its caller.
 */
final class SequenceDiagram implements Watch.Eye {

    /** A line of the diagram, as long as it may still change. */
    private static final class Line {
        private String text;

        Line(String text) {
            this.text = text;
        }
    }

    /** A message that was sent and has not arrived. */
    private record Flying(Happening.Sent sent, Line line) { }

    private final int servers;
    private final Function<Happening.Sent, String> words;
    private final List<Line> lines = new ArrayList<>();
    private final List<Flying> flying = new ArrayList<>();
    private final SortedMap<Integer, String> roles = new TreeMap<>();

    /** A diagram of all messages in full. */
    SequenceDiagram(int servers) {
        this(servers, sent -> MessageText.of(sent.message()));
    }

    /** {@code words}: what stands on an arrow; empty: the message is left out. */
    SequenceDiagram(int servers, Function<Happening.Sent, String> words) {
        this.servers = servers;
        this.words = words;
    }

    @Override
    public void saw(long nowNs, Happening happening) {
        switch (happening) {
            case Happening.Sent sent -> sent(sent);
            case Happening.Received received -> received(received);
            case Happening.Started started -> note(started.node(), "starts (boot " + started.boot() + ")");
            case Happening.Ended ended -> {
                lost(ended.node(), ended.node());
                note(ended.node(), ended.how());
            }
            case Happening.Connected connected -> lost(connected.node(), connected.peer());
            case Happening.NoticedEnd noticed -> { }
            case Happening.Struck struck -> note(struck.fault().node(), HappeningText.of(struck.fault()));
            case Happening.Looked looked -> looked(looked.node(), looked.status());
            case Happening.LogWritten written -> { }
            case Happening.LogSynced synced -> { }
            case Happening.StateWritten written -> { }
            case Happening.PutBack other -> { }
            case Happening.SnapshotStep step when step.step() == Happening.SnapshotStep.Step.BEGUN -> { }
            case Happening.SnapshotStep step -> note(step.node(), HappeningText.words(step));
            case Happening.LogCompacted compacted -> note(compacted.node(), HappeningText.words(compacted));
            case Happening.LogReset reset -> note(reset.node(), HappeningText.words(reset));
            case Happening.SnapshotRestored restored -> note(restored.node(), HappeningText.words(restored));
            case Happening.Applied applied -> { }
            case Happening.Asked asked -> { }
            case Happening.Told told -> { }
            case Happening.TableSeen seen -> { }
            case Happening.Invoked invoked -> { }
            case Happening.Rejected rejected -> { }
            case Happening.Committed committed -> { }
            case Happening.GaveUp gaveUp -> { }
            case Happening.Reached reached -> { }
            case Happening.Answered answered -> { }
            case Happening.QueryReached reached -> { }
            case Happening.QueryTold told -> { }
            case Happening.ReadTold told -> { }
            case Happening.TransferAsked asked -> { }
            case Happening.TransferTold told -> { }
        }
    }

    private void sent(Happening.Sent sent) {
        if (!words.apply(sent).isEmpty()) {
            Line line = line("");
            flying.add(new Flying(sent, line));
        }
    }

    private void received(Happening.Received received) {
        for (Flying each : flying) {
            Happening.Sent sent = each.sent();
            // The very object: messages that are equal are sent again and again.
            if (sent.from() == received.from() && sent.to() == received.to() && sent.message() == received.message()) {
                flying.remove(each);
                each.line().text = "";
                line(arrow(sent, isReply(sent.message()) ? "-->>" : "->>"));
                return;
            }
        }
    }

    /** What is still on its way between two servers (or, if they are the same, of one) will hardly arrive. */
    private void lost(int one, int other) {
        for (Flying each : flying) {
            Happening.Sent sent = each.sent();
            boolean concerned = one == other ? sent.from() == one || sent.to() == one
                    : sent.from() == one && sent.to() == other || sent.from() == other && sent.to() == one;
            if (concerned) {
                each.line().text = arrow(sent, isReply(sent.message()) ? "--x" : "-x");
            }
        }
    }

    private void looked(int node, CoreStatus status) {
        String role = status.role() + ", term " + status.term();
        if (!role.equals(roles.put(node, role))) {
            note(node, role);
        }
    }

    /** Forgets what was drawn before the last {@code kept} lines, but not what is on its way. */
    void keepLast(int kept) {
        lines.subList(0, lines.size() - kept).clear();
    }

    /** Puts a note over a server. */
    void note(int node, String text) {
        line("Note over " + HappeningText.name(node) + ": " + escaped(text));
    }

    private Line line(String text) {
        Line line = new Line(text);
        lines.add(line);
        return line;
    }

    private String arrow(Happening.Sent sent, String arrow) {
        return HappeningText.name(sent.from()) + arrow + HappeningText.name(sent.to()) + ": "
                + escaped(words.apply(sent));
    }

    /** A semicolon would end the line there, and a hash begin the number of a character. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (char c : text.toCharArray()) {
            escaped.append(c == ';' ? "#59;" : c == '#' ? "#35;" : String.valueOf(c));
        }
        return escaped.toString();
    }

    private static boolean isReply(Message message) {
        return switch (message) {
            case Message.PreVoteReply reply -> true;
            case Message.RequestVoteReply reply -> true;
            case Message.AppendEntriesReply reply -> true;
            case Message.ReadIndexReply reply -> true;
            case Message.InstallSnapshotReply reply -> true;
            case Message.PreVote request -> false;
            case Message.RequestVote request -> false;
            case Message.TimeoutNow request -> false;
            case Message.ReadIndex request -> false;
            case Message.AppendEntries request -> false;
            case Message.InstallSnapshot request -> false;
        };
    }

    /** The diagram so far. What is on its way is left out. */
    String text() {
        StringBuilder text = new StringBuilder("sequenceDiagram\n");
        for (int node = 0; node < servers; node++) {
            text.append("    participant ").append(HappeningText.name(node)).append('\n');
        }
        lines.stream().filter(line -> !line.text.isEmpty()).forEach(line -> text.append("    ").append(line.text)
                .append('\n'));
        return text.toString();
    }
}
