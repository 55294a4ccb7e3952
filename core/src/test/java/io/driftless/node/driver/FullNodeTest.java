package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.log.Bytes;
import io.driftless.log.DurabilityPolicy;
import io.driftless.log.Entries;
import io.driftless.log.HardStateStore;
import io.driftless.log.LogEntry;
import io.driftless.log.RaftLog;
import io.driftless.log.Storage;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.machine.TransferOutcome;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeStatus;
import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.CommittedConfiguration;
import io.driftless.raft.Effects;
import io.driftless.raft.Event;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Member;
import io.driftless.raft.MemberList;
import io.driftless.raft.Message;
import io.driftless.raft.RaftCore;
import io.driftless.raft.RaftSettings;
import io.driftless.raft.Recovered;
import io.driftless.raft.ServerId;
import io.driftless.session.SessionTable;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.Peer;
import io.driftless.transport.Transport;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A leader in which something hangs while its clients go on: the core's inputs, a lane and the disk's queue are filled,
 * and hold no more than they may.
 */
@Timeout(60)
class FullNodeTest implements ClientConnection {

    private static final ServerId SELF = new ServerId("n1");
    private static final ServerId PEER = new ServerId("n2");
    private static final Members MEMBERS = Members.parse("n1=a:1,n2=b:1");
    private static final SortedMap<ServerId, UUID> FORMED = new TreeMap<>(Map.of(SELF, new UUID(1, 1), PEER,
            new UUID(1, 2)));
    private static final RaftSettings SETTINGS = RaftSettings.defaults();
    private static final int COMMAND_BYTES = 10_000;
    private static final int IN_FLIGHT_BYTES = 1 << 20;
    private static final int ADMITTED = IN_FLIGHT_BYTES / (COMMAND_BYTES + Admission.REQUEST_BYTES);
    private static final int COMMANDS = 1_000;

    /** Holds up who comes first, once it is armed. */
    private static final class Brake {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);
        private volatile boolean armed;

        void pass() {
            if (armed) {
                armed = false;
                reached.countDown();
                try {
                    release.await();
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private final Brake core = new Brake();
    private final Brake lane = new Brake();
    private final Brake disk = new Brake();
    private final AtomicLong nowNs = new AtomicLong(1_000);
    private final ConcurrentLinkedQueue<ClientReply> replies = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<LogEntry> sent = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<LogEntry> written = new ConcurrentLinkedQueue<>();
    private final Proposals proposals = new Proposals(new Admission(100_000, IN_FLIGHT_BYTES));
    /** Whether the core waits for somebody who has time. */
    private final AtomicBoolean handedOver = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Thread> appliedOn = new ConcurrentLinkedQueue<>();
    private DiskQueue queue;
    private ApplyQueue apply;
    private NodeLoop loop;
    private ClientDoor door;

    @Override
    public void reply(ClientReply reply) {
        replies.add(reply);
    }

    @Override
    public void flush() { }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public String description() {
        return "a client";
    }

    private static Introduction introduction(ServerId id) {
        MemberList list = Roster.of(MEMBERS);
        SortedMap<ServerId, Member> members = new TreeMap<>();
        FORMED.forEach((member, incarnation) -> members.put(member, new Member(incarnation, "host:1", 100)));
        return new Introduction(id, FORMED.get(id), 1, new UUID(2, id.value().charAt(1)),
                list.configuration().toString(), SETTINGS.electionTimeoutMinNs()).withCommitted(
                new CommittedConfiguration(0, new ClusterConfiguration(list.configuration(), members, 0)));
    }

    private Storage storage() {
        RaftLog log = StandIn.of(RaftLog.class, (proxy, method, arguments) -> {
            if (method.getName().equals("append")) {
                ((List<?>) arguments[0]).forEach(entry -> written.add((LogEntry) entry));
            } else if (method.getName().equals("sync")) {
                disk.pass();
            }
            return 0L;
        });
        HardStateStore hardState = StandIn.of(HardStateStore.class, (proxy, method, arguments) -> null);
        return StandIn.of(Storage.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "log" -> log;
            case "snapshots" -> null;
            default -> hardState;
        });
    }

    private StateMachine machine() {
        return new StateMachine() {
            @Override
            public boolean appliesInline() {
                return true;
            }

            @Override
            public long open(MachineContext context) {
                return 0;
            }

            @Override
            public Result apply(Command command) {
                appliedOn.add(Thread.currentThread());
                return Result.ok(new byte[0]);
            }

            @Override
            public void close() { }
        };
    }

    private NodeLoop.Observer observer() {
        return StandIn.of(NodeLoop.Observer.class, (proxy, method, arguments) -> {
            if (method.getName().equals("handOver")) {
                handedOver.set(true);
            }
            return null;
        });
    }

    @BeforeEach
    void getsElected() {
        Failures failures = (cause, source, message, throwable) -> {
            throw new AssertionError(message, throwable);
        };
        Transport transport = StandIn.of(Transport.class, (proxy, method, arguments) -> {
            if (arguments[2] instanceof Message.AppendEntries append && append.content() instanceof Entries entries) {
                lane.pass();
                sent.addAll(entries.list());
            }
            return null;
        });
        LongSupplier clock = nowNs::get;
        Storage storage = storage();
        queue = new DiskQueue(ThreadEngine.INSTANCE, "disk", storage, DurabilityPolicy.ALWAYS, clock, 1,
                events -> loop.announce(events.stream().map(Input.ForCore::new).toList())
                        ? leisure -> loop.work(Leisure.WRITE) : Engine.Then.NOTHING, failures);
        EntryCache cache = new EntryCache();
        ReplicatedState state = new ReplicatedState(new MachineCalls(machine(), clock), new SessionTable(false),
                new KryoSerializer(), session -> { });
        QueryQueue queries = new QueryQueue(clock, () -> "", error -> { });
        apply = new ApplyQueue(ThreadEngine.INSTANCE, "apply", state, true, 0, cache, storage,
                proposals, queries, new ApplyQueue.Views() { }, restored -> { }, failures);
        SessionDoor sessions = new SessionDoor(state, proposals, apply::applied, new KryoSerializer());
        Map<Lane, SendLane> lanes = new EnumMap<>(Lane.class);
        for (Lane each : Lane.values()) {
            lanes.put(each, new SendLane(PEER, each, transport, storage.log(), queue.writtenLog(), null,
                    Runnable::run, failures));
        }
        Effects effects = new Effects();
        RaftCore raft = new RaftCore(introduction(SELF), Roster.of(MEMBERS), SETTINGS, 1, 1,
                Recovered.nothing(), nowNs.get(), effects);
        loop = new NodeLoop(new NodeLoop.Parts(() -> {
            core.pass();
            return nowNs.get();
        }, Map.of(PEER, lanes), queue, apply, cache, proposals, sessions,
                new LogClock(0, () -> 0, SETTINGS.electionTimeoutMinNs()), null, new TreeMap<>(),
                formation -> Bytes.EMPTY, queries, failures, () -> "", observer()), raft, effects);
        door = new ClientDoor(NodeConfig.builder().build(), clock, loop, apply, proposals, queries,
                status -> NodeStatus.builder("n1").build(), Engine.Heap.WITH_ROOM,
                new HungMachine(() -> 0, new CallWatch(clock), clock, error -> { }, info -> { }, Long.MAX_VALUE),
                sessions, (timeLeftNs, asker) -> { }, new KryoSerializer());
        loop.start();
        lanes.values().forEach(each -> each.stands(1));
        loop.bring(new Input.Connected(new Peer(PEER, introduction(PEER), "b:1", 1)), Leisure.WRITE);
        nowNs.addAndGet(SETTINGS.electionTimeoutMaxNs());
        loop.bring(Input.Tick.TICK, Leisure.WRITE);
        receive(Lane.CONTROL, new Message.PreVoteReply(0, 1, true));
        receive(Lane.CONTROL, new Message.RequestVoteReply(1, 1, true));
        receive(Lane.DATA, new Message.AppendEntriesReply(1, 1, true, 1, 0, 0, 0, false, 0, 0));
        assertTrue(loop.leads());
        assertEquals(1, written.size(), "the no-op");
        sent.clear();
        written.clear();
    }

    private void receive(Lane on, Message message) {
        loop.bring(new Input.ForCore(new Event.Received(PEER, FORMED.get(PEER), introduction(PEER).run(), on, message,
                nowNs.get())), Leisure.WRITE);
    }

    private void request(ClientRequest request) {
        door.requested(this, List.of(request));
    }

    private void sendCommands(int count) {
        for (int id = 1; id <= count; id++) {
            request(new ClientRequest.Execute(id, 10_000, Bytes.wrap(new byte[COMMAND_BYTES])));
        }
    }

    private void assertOthersAreRejected() {
        assertEquals(COMMANDS - ADMITTED, replies.stream()
                .filter(reply -> reply instanceof ClientReply.CommandAnswered answered
                && answered.outcome() instanceof Outcome.Rejected rejected
                && rejected.reason() == Outcome.Reason.OVERLOADED).count());
        assertEquals(ADMITTED, proposals.inFlight());
    }

    @Test
    void inputsOfACoreThatIsHeldUpAreBounded() throws Exception {
        core.armed = true;
        Thread owner = Thread.ofPlatform().start(loop::tick);
        core.reached.await();
        sendCommands(COMMANDS);
        assertOthersAreRejected();
        int before = replies.size();
        for (int id = 1; id <= 10_000; id++) {
            request(new ClientRequest.Status(id));
        }
        assertEquals(10_000 - 4_096, replies.size() - before, "questions refused");
        replies.clear();
        core.release.countDown();
        owner.join();
        while (handedOver.getAndSet(false)) {
            loop.work(Leisure.APPLY);
        }
        assertEquals(4_096, replies.stream().filter(ClientReply.StatusAnswered.class::isInstance).count());
        assertEquals(4_096, replies.size());
    }

    @Test
    void requestsForAHandOverThatWaitForACoreThatIsHeldUpAreBounded() throws Exception {
        core.armed = true;
        Thread owner = Thread.ofPlatform().start(loop::tick);
        core.reached.await();
        for (int id = 1; id <= 10_000; id++) {
            request(new ClientRequest.TransferLeadership(id, 10_000, SELF));
        }
        assertEquals(10_000 - 4_096, replies.size(), "refused");
        assertEquals(TransferOutcome.Reason.BUSY, reasonOf(replies.peek()));
        replies.clear();
        core.release.countDown();
        owner.join();
        while (handedOver.getAndSet(false)) {
            loop.work(Leisure.APPLY);
        }
        assertEquals(4_096, replies.size());
        request(new ClientRequest.TransferLeadership(1, 10_000, SELF));
        assertTrue(handedOver.get(), "there is room again");
    }

    private static TransferOutcome.Reason reasonOf(ClientReply reply) {
        return ((TransferOutcome.NotTransferred) ((ClientReply.TransferAnswered) reply).outcome()).reason();
    }

    @Test
    void theClockLeavesTheStateMachineToItsOwnThreadForItLooksWhetherThatHangs() throws Exception {
        request(new ClientRequest.Execute(1, 10_000, Bytes.wrap(new byte[1])));
        // The disk's thread is not started, so the turn that was handed to it is this thread's.
        queue.work();
        core.armed = true;
        Thread owner = Thread.ofPlatform().start(loop::tick);
        core.reached.await();
        receive(Lane.DATA, new Message.AppendEntriesReply(1, 1, true, 2, 1, 0, 0, false, 0, 0));
        core.release.countDown();
        owner.join();
        assertEquals(List.of(), List.copyOf(appliedOn), "applied on the clock's thread");
        apply.start();
        while (appliedOn.isEmpty()) {
            Thread.onSpinWait();
        }
        apply.close();
        assertEquals("apply", appliedOn.element().getName());
    }

    @Test
    void writesThatWaitForADiskThatHangsAreBounded() throws Exception {
        queue.start();
        try {
            disk.armed = true;
            request(new ClientRequest.Execute(0, 10_000, Bytes.wrap(new byte[COMMAND_BYTES])));
            disk.reached.await();
            sendCommands(COMMANDS - 1);
            assertOthersAreRejected();
            assertEquals(1, written.size());
            disk.release.countDown();
            while (written.size() < ADMITTED) {
                Thread.onSpinWait();
            }
        } finally {
            queue.close();
        }
        assertEquals(ADMITTED, written.size());
    }

    @Test
    void aLaneToAPeerThatTakesNothingHoldsTheWindow() throws Exception {
        lane.armed = true;
        Thread sender = Thread.ofPlatform().start(() -> propose(1));
        lane.reached.await();
        for (int id = 2; id <= COMMANDS; id++) {
            propose(id);
        }
        assertEquals(List.of(), List.copyOf(sent));
        lane.release.countDown();
        sender.join();
        long weight = sent.stream().mapToLong(LogEntry::weight).sum();
        assertTrue(weight >= SETTINGS.windowBytesMax(), weight + " bytes: the lane was not filled");
        assertTrue(weight < SETTINGS.windowBytesMax() + SETTINGS.batchBytesMax(), weight + " bytes in the lane");
        assertEquals(LongStream.range(2, 2 + sent.size()).boxed().toList(), sent.stream().map(LogEntry::index)
                .toList());
    }

    private void propose(int id) {
        loop.bring(new Input.Commands(new CommandBatch(List.of(Pending.command(this, id, Long.MAX_VALUE,
                Bytes.wrap(new byte[COMMAND_BYTES]))))), Leisure.APPLY);
    }
}
