package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.log.LogCorruptException;
import io.driftless.log.RaftLog;
import io.driftless.raft.Content;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.raft.TermRuns;
import io.driftless.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A message leaves on the connection for which it was made, or not at all. */
class SendLaneTest {

    private static final ServerId PEER = new ServerId("n2");

    private final List<Object> sent = new ArrayList<>();
    private final Transport transport = StandIn.of(Transport.class, (proxy, method, arguments) -> {
        sent.add(arguments[2]);
        return null;
    });
    private final SendLane lane = new SendLane(PEER, Lane.CONTROL, transport, null, new WrittenLog(), null,
            Runnable::run, (cause, source, message, throwable) -> {
                throw new AssertionError(message, throwable);
            });

    private static Message vote(long term) {
        return new Message.RequestVoteReply(term, term, true);
    }

    private void connect(long connection) {
        lane.stands(connection);
        lane.meantFor(connection);
    }

    @Test
    void whatWasMadeForAnEarlierBootDoesNotLeaveOnTheNextConnection() {
        connect(1);
        lane.announce(vote(1));
        lane.work();
        lane.announce(vote(2));
        // The peer ends and starts again, before whoever queued this sends it.
        lane.gone();
        lane.stands(2);
        lane.work();
        // The core has not heard of it yet.
        lane.announce(vote(3));
        lane.work();
        lane.meantFor(2);
        lane.announce(vote(4));
        lane.work();
        assertEquals(List.of(vote(1), vote(4)), sent);
    }

    /** What could not be read leaves a gap, and nothing may go out behind it. */
    @Test
    void behindEntriesThatCannotBeReadNothingLeaves() {
        List<String> told = new ArrayList<>();
        RaftLog unreadable = StandIn.of(RaftLog.class, (proxy, method, arguments) -> {
            throw new LogCorruptException("a flipped bit");
        });
        SendLane data = new SendLane(PEER, Lane.DATA, transport, unreadable, new WrittenLog(), null, Runnable::run,
                (cause, source, message, throwable) -> told.add(cause + " " + source + " " + message));
        data.stands(1);
        data.meantFor(1);
        assertTrue(data.announce(entries(1)));
        assertFalse(data.announce(entries(2)));
        data.announce(vote(1));
        data.work();
        assertEquals(List.of(EndCause.CORRUPT + " log a flipped bit"), told);
        assertFalse(data.announce(vote(2)));
        assertEquals(List.of(), sent);
    }

    private static Message entries(long index) {
        return new Message.AppendEntries(1, PEER, index - 1, 1, TermRuns.of(index, 1, 1), 0, 0, 0, 0, Content.NONE);
    }
}
