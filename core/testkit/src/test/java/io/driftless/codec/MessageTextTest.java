package io.driftless.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.raft.Content;
import io.driftless.raft.Message.AppendEntries;
import io.driftless.raft.Message.AppendEntriesReply;
import io.driftless.raft.Message.InstallSnapshot;
import io.driftless.raft.Message.InstallSnapshotReply;
import io.driftless.raft.ServerId;
import io.driftless.raft.SnapshotId;
import io.driftless.raft.TermRuns;
import io.driftless.tck.SampleConfigurations;
import io.driftless.tck.SampleMessages;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
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
                        + "acknowledged=998 catchUp=996 round=41 payloads=[7,0,0]",
                "AppendEntriesReply term=5 requestTerm=5 prev=1000 refused conflict=(990,2) writeUnderWay "
                        + "snapshotNeeded=1001 round=40",
                "InstallSnapshot term=5 leader=n1 snapshot=990-2-01234567-89ab-4def-8000-000000000001-cafef00d "
                        + "size=1048576 offset=4096 length=9",
                "InstallSnapshotReply term=5 requestTerm=5 "
                        + "snapshot=990-2-01234567-89ab-4def-8000-000000000001-cafef00d offset=4105 window=4194304 "
                        + "resumed",
                "TimeoutNow term=5 leader=n1",
                "ReadIndex term=5 id=300",
                "ReadIndexReply term=5 id=300 index=1000"),
                SampleMessages.fixed().stream().map(MessageText::of).toList());
        assertEquals("AppendEntriesReply term=5 requestTerm=5 prev=4 success match=6",
                MessageText.of(new AppendEntriesReply(5, 5, true, 6, 4, 0, 0, false, 0, 0)));
    }

    @Test
    void aHeartbeatSaysThatItHasNoEntries() {
        assertEquals("AppendEntries term=3 leader=n1 prev=(4,2) entries=none commit=4 acknowledged=4",
                MessageText.of(new AppendEntries(3, new ServerId("n1"), 4, 2, TermRuns.empty(5), 4, 4, 0, 0,
                Content.NONE)));
    }

    @Test
    void anOfferAndALastPartSaySo() {
        SnapshotId snapshot = new SnapshotId(9, 2, new UUID(1, 2), 0xabc);
        String name = "snapshot=9-2-00000000-0000-0001-0000-000000000002-00000abc";
        assertEquals("InstallSnapshot term=3 leader=n1 " + name + " size=7 offer",
                MessageText.of(new InstallSnapshot(3, new ServerId("n1"), snapshot, 7, 0, 0, Content.NONE)));
        assertEquals("InstallSnapshot term=3 leader=n1 " + name + " size=7 offset=5 length=2 done",
                MessageText.of(new InstallSnapshot(3, new ServerId("n1"), snapshot, 7, 5, 2, Content.NONE)));
        assertEquals("InstallSnapshotReply term=3 requestTerm=3 " + name + " offset=7 window=0 match=9",
                MessageText.of(new InstallSnapshotReply(3, 3, snapshot, 7, 0, false, 9)));
    }

    @Test
    void manyPayloadsAreSummedUp() {
        String text = MessageText.of(new SampleMessages(1).appendEntries(100));
        assertEquals("payloads=[N,N,N,N,N,N,N,N,...] of N bytes", text.substring(text.indexOf("payloads"))
                .replaceAll("\\d+", "N"));
    }

    @Test
    void aConfigurationNamesEverythingOfItsMembers() {
        assertEquals("Configuration generation=300 voters=[n1, n2] outgoing=[n2, n3, n5] learners=[n4] "
                + "learnersNext=[n3] members=["
                + "n1 at 10.0.0.1:7001 incarnation=01234567-89ab-4def-8000-000000000001 priority=100, "
                + "n2 at 10.0.0.2:7001 incarnation=01234567-89ab-4def-8000-000000000002 priority=0, "
                + "n3 at 10.0.0.3:7001 incarnation=01234567-89ab-4def-8000-000000000003 priority=1, "
                + "n4 at 10.0.0.4:7001 incarnation=01234567-89ab-4def-8000-000000000004 priority=255, "
                + "n5 at 10.0.0.5:7001 incarnation=01234567-89ab-4def-8000-000000000005 priority=128]",
                MessageText.of(SampleMessages.fixedBodies().getFirst()));
        assertEquals("Configuration generation=0 voters=[n1] members=[n1 at host:7001 "
                + "incarnation=01234567-89ab-4def-8000-000000000001 priority=100]",
                MessageText.of(new RecordBody.ConfigurationBody(
                SampleConfigurations.ofEachShape().get("one member"))));
    }

    @Test
    void eachBodyOfASessionIsOneReadableLine() {
        assertEquals(List.of(
                "SessionOpening nonce=01234567-89ab-4def-8000-000000000005 timeoutMs=300000 window=1000 "
                        + "resultBytesMax=1048576 sessionsMax=10000 allResultsMax=67108864",
                "SessionClosing session=4711",
                "SessionsRenewal lowestWanted={4711=13, 4712=1, 70000=1000000}"),
                SampleMessages.fixedBodies().stream().skip(1).map(MessageText::of).toList());
        assertEquals("SessionsRenewal lowestWanted={}",
                MessageText.of(new RecordBody.SessionsRenewal(new TreeMap<>())));
    }
}
