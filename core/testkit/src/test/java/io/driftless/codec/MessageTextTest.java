package io.driftless.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.raft.Content;
import io.driftless.raft.Message.AppendEntries;
import io.driftless.raft.Message.AppendEntriesReply;
import io.driftless.raft.ServerId;
import io.driftless.raft.TermRuns;
import io.driftless.tck.SampleMessages;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lines that people read. */
class MessageTextTest {

    @Test
    void eachMessageIsOneReadableLine() {
        assertEquals(List.of(
                "PreVote term=8 candidate=n1 last=(1003,5)",
                "PreVoteReply term=7 requestTerm=8 granted=true",
                "RequestVote term=8 candidate=node-2.b_C last=(1003,5) leadershipTransfer",
                "RequestVoteReply term=8 requestTerm=8 granted=false",
                "AppendEntries term=5 leader=n1 prev=(1000,2) entries=1001..1003 terms=[3x2,5x1] commit=999 "
                        + "acknowledged=998 catchUp=996 payloads=[7,0,0]",
                "AppendEntriesReply term=5 requestTerm=5 prev=1000 refused conflict=(990,2) writeUnderWay"),
                SampleMessages.fixed().stream().map(MessageText::of).toList());
        assertEquals("AppendEntriesReply term=5 requestTerm=5 prev=4 success match=6",
                MessageText.of(new AppendEntriesReply(5, 5, true, 6, 4, 0, 0, false)));
    }

    @Test
    void aHeartbeatSaysThatItHasNoEntries() {
        assertEquals("AppendEntries term=3 leader=n1 prev=(4,2) entries=none commit=4 acknowledged=4",
                MessageText.of(new AppendEntries(3, new ServerId("n1"), 4, 2, TermRuns.empty(5), 4, 4, 0,
                Content.NONE)));
    }

    @Test
    void manyPayloadsAreSummedUp() {
        String text = MessageText.of(new SampleMessages(1).appendEntries(100));
        assertEquals("payloads=[N,N,N,N,N,N,N,N,...] of N bytes", text.substring(text.indexOf("payloads"))
                .replaceAll("\\d+", "N"));
    }

    @Test
    void aConfigurationNamesItsMembersAndIncarnations() {
        assertEquals("Configuration voters=[n1, n2] outgoing=[n2, n3] learners=[n4] "
                + "incarnations={n1=01234567-89ab-4def-8000-000000000001, "
                + "n2=01234567-89ab-4def-8000-000000000002, n3=01234567-89ab-4def-8000-000000000003, "
                + "n4=01234567-89ab-4def-8000-000000000004}",
                MessageText.of(SampleMessages.fixedBodies().getFirst()));
    }
}
