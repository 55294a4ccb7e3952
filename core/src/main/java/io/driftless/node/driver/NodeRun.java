package io.driftless.node.driver;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.codec.Serializers;
import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.RecordingErrorSink;
import io.driftless.log.Storage;
import io.driftless.machine.StateMachine;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeEnd;
import io.driftless.node.NodeRole;
import io.driftless.node.NodeStatus;
import io.driftless.node.PeerThreads;
import io.driftless.raft.Configuration;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Effect;
import io.driftless.raft.Effects;
import io.driftless.raft.Event;
import io.driftless.raft.Formation;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.RaftCore;
import io.driftless.raft.RaftSettings;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientSession;
import io.driftless.transport.Peer;
import io.driftless.transport.Receiver;
import io.driftless.transport.Transport;
import io.driftless.transport.TransportContext;
import io.driftless.transport.TransportListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of a node, from opening its storage to closing it: the threads around a {@link NodeLoop}. A restart in place
 * is a new run. Thread safe.
 */
final class NodeRun implements Receiver, NodeLoop.Observer, AutoCloseable {

    /** How long closing waits in all for deliveries, and for the storage, while the disk hangs. */
    private static final long CLOSING_NS = 5_000_000_000L;
    /** How long clients get to take their last answers. */
    private static final Duration DRAINING = Duration.ofSeconds(1);
    /** Machine and storage get this much each, also behind something that took all of the time. */
    private static final long AT_LEAST_NS = 1_000_000_000L;

    private final NodeParts parts;
    private final ServerId self;
    private final Roster roster;
    private final BiConsumer<EndCause, ErrorEntry> ending;
    private final Engine engine;
    private final long baseNs;
    private final Storage storage;
    private final @Nullable RecordingErrorSink ownErrors;
    /** Is there before anything can fail: the unrecoverable path needs no thread that would have to be started. */
    private final Engine.Errands emergency;
    private final StateMachine machine;
    private final Introduction start;
    private final Transport transport;
    private final Failures failures = this::unrecoverable;
    private final Proposals proposals;
    private final EntryCache cache;
    private final DiskQueue disk;
    private final ApplyQueue apply;
    private final Map<ServerId, Map<Lane, SendLane>> lanes;
    private final NodeLoop loop;
    private final ClientDoor door;
    private final HungMachine hungMachine;
    private final Situation situation;
    private final Engine.Alarm ticker;
    private final Engine.Errands catchUp;
    private final Sightings sightings = new Sightings();
    private final StatusView status;
    private final Engine.Heap heap;
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final LeaderWatch leaderWatch = new LeaderWatch();
    private volatile SortedMap<ServerId, UUID> formed = Collections.emptySortedMap();
    private volatile boolean inDoubt;
    private volatile boolean machineClosed;

    /** {@code ending} is told, once, that it cannot go on. */
    NodeRun(NodeParts parts, BiConsumer<EndCause, ErrorEntry> ending) {
        this.parts = parts;
        this.engine = parts.engine();
        this.roster = Roster.of(parts.members());
        this.baseNs = engine.nanoTime();
        this.ending = ending;
        this.cache = new EntryCache(engine.cacheBytes(EntryCache.WEIGHT_MAX));
        this.self = new ServerId(parts.nodeId());
        NodeConfig config = parts.config();
        Serializer serializer = Serializers.byName(config.serializer());
        storage = parts.openStorage();
        Deque<AutoCloseable> opened = new ArrayDeque<>(List.of(storage));
        try {
            ownErrors = parts.errors().isPresent() ? null : ownErrors();
            Optional<Formation> formation = Recovery.formation(storage, roster.configuration().members());
            formation.ifPresent(known -> formed = known.incarnations());
            machine = parts.machine().get();
            opened.push(machine);
            long applied = new MachineOpening(parts.clusterId(), parts.nodeId()).open(machine);
            inDoubt = isInDoubt(applied);
            Configuration configuration = formation.map(Formation::configuration)
                    .orElseGet(roster::configuration);
            long seed = engine.seed();
            start = new Introduction(self, storage.identity().incarnation(), storage.identity().boot(), runOf(seed),
                    configuration.toString(), formed, inDoubt, List.of());
            proposals = new Proposals(new Admission(config.inFlightMax(), config.inFlightBytes()));
            transport = parts.transport().create(new TransportContext(parts.clusterId(), self, parts.listenAddress(),
                    roster.addresses(), serializer, this::introduction, config.peerThreads() == PeerThreads.PLATFORM,
                    FrameLimits.PEER_BYTES_MAX, FrameLimits.requestBytesMax(config), transportListener()));
            situation = new Situation(self, roster.addresses(), transport::unreachable,
                    config.electionTimeoutMax().toNanos() * 2, nowNs(), parts.listener());
            disk = new DiskQueue(engine, parts.threadName("disk"), storage, config.durability(), this::nowNs,
                    config.syncInterval().toNanos(), writes -> engine.completed(writes, this::written), failures);
            apply = new ApplyQueue(engine, this::nowNs, parts.threadName("apply"), machine, applied, cache,
                    storage.log(), proposals, failures);
            catchUp = engine.errands(parts.threadName("catch-up"));
            opened.push(catchUp);
            Effects effects = new Effects();
            RaftCore core = new RaftCore(start, configuration, engine.settings(settings(config)), seed,
                    WriteIds.ofNewRun(), Recovery.recovered(storage, applied), nowNs(), effects);
            lanes = lanes();
            loop = new NodeLoop(new NodeLoop.Parts(this::nowNs, lanes, disk, apply, cache, proposals,
                    new LogClock(lastStampMs(), nowNs()), roster.addresses(),
                    known -> RecordBodies.encode(serializer, new RecordBody.ConfigurationBody(known)),
                    failures, situation::standing, this), core, effects);
            heap = engine.heap(parts.listener()::warning);
            opened.push(heap);
            hungMachine = new HungMachine(apply::applyingSinceNs, apply::applied, this::nowNs, this::record,
                    parts.listener()::info, config.electionTimeoutMax().toNanos() * 10);
            status = new StatusView(parts, roster, start, transport::address, apply::applied, proposals, failed::get,
                    (seen, to) -> situation.describe(seen, nowNs(), to), apply::gauges, heap, hungMachine::complaint);
            door = new ClientDoor(config, this::nowNs, loop, apply, proposals, status::of, heap);
            ticker = engine.alarm(parts.threadName("loop"), this::nowNs, this::tick, () -> loop.drain(Leisure.APPLY));
            emergency = engine.standby(parts.threadName("unrecoverable"));
        } catch (Throwable problem) {
            opened.forEach(NodeRun::closeQuietly);
            throw problem;
        }
    }

    private static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable ignored) {
            // The problem that led here is the one to tell.
            return;
        }
    }

    /** Starts threads and transport. */
    void start() {
        disk.start();
        apply.start();
        ticker.start();
        loop.begin();
        transport.start(this);
    }

    private @Nullable RecordingErrorSink ownErrors() {
        return storage.errorsFile().map(file -> RecordingErrorSink.toFile(file, 1 << 20)).orElse(null);
    }

    /** Whether it starts in doubt, once a loss is accepted that is to be (R18). */
    private boolean isInDoubt(long applied) {
        if (parts.acceptLoss()) {
            parts.listener().warning(Recovery.acceptLoss(storage, applied));
        }
        long doubtTerm = storage.hardState().doubtTerm();
        if (doubtTerm > 0) {
            parts.listener().warning("in doubt since term " + doubtTerm + ": entries that this server acknowledged may "
                    + "be lost, so it has no vote until a leader has brought it up to date");
        }
        return doubtTerm > 0;
    }

    /** From the engine's chance, so that a simulated run can be repeated, and not the seed of its timeouts. */
    private static UUID runOf(long seed) {
        SplittableRandom random = new SplittableRandom(~seed);
        return new UUID(random.nextLong(), random.nextLong());
    }

    private static RaftSettings settings(NodeConfig config) {
        RaftSettings defaults = RaftSettings.defaults();
        return new RaftSettings(config.electionTimeoutMin().toNanos(), config.electionTimeoutMax().toNanos(),
                config.heartbeatInterval().toNanos(),
                defaults.batchBytesMax(), Math.max(defaults.windowBytesMax(), config.entryBytesMax()));
    }

    private long lastStampMs() {
        long last = storage.log().lastIndex();
        if (last >= storage.log().firstIndex()) {
            try (var reader = storage.log().reader()) {
                if (reader.seek(last)) {
                    return reader.timeMs();
                }
            }
        }
        return engine.wallMs();
    }

    private Map<ServerId, Map<Lane, SendLane>> lanes() {
        Map<ServerId, Map<Lane, SendLane>> lanes = new TreeMap<>();
        for (ServerId member : roster.addresses().keySet()) {
            Map<Lane, SendLane> both = new EnumMap<>(Lane.class);
            for (Lane lane : Lane.values()) {
                both.put(lane, new SendLane(member, lane, transport, storage.log(), disk.writtenLog(), catchUp,
                        failures));
            }
            lanes.put(member, both);
        }
        return lanes;
    }

    private long nowNs() {
        return engine.nanoTime() - baseNs;
    }

    private Introduction introduction() {
        return new Introduction(self, start.incarnation(), start.boot(), start.run(), start.members(), formed, inDoubt,
                sightings.all());
    }

    String address() {
        return transport.address();
    }

    String storageDescription() {
        return storage.description();
    }

    // ---- Receiver: what the transport's threads bring

    @Override
    public void connected(Peer peer) {
        situation.connected(peer.id(), nowNs());
        sightings.met(peer).ifPresent(parts.listener()::warning);
        lanes.getOrDefault(peer.id(), Map.of()).values().forEach(lane -> lane.stands(peer.connection()));
        loop.run(new Input.Connected(peer), Leisure.APPLY);
    }

    @Override
    public void disconnected(Peer peer) {
        lanes.getOrDefault(peer.id(), Map.of()).values().forEach(SendLane::gone);
        situation.disconnected(peer.id(), nowNs());
        loop.run(new Input.Raised(new Event.PeerDisconnected(peer.id())), Leisure.APPLY);
    }

    @Override
    public void received(Peer peer, Lane lane, List<Message> messages, long arrivedNs) {
        situation.heard(peer.id(), Math.max(0, arrivedNs - baseNs));
        List<Input> inputs = new ArrayList<>(messages.size());
        for (Message message : messages) {
            inputs.add(new Input.Raised(new Event.Received(peer.id(), peer.introduction().incarnation(),
                    peer.introduction().run(), lane, message,
                    Math.max(0, arrivedNs - baseNs))));
        }
        // A leader's data reader brings acknowledgements: it must not wait for the disk itself.
        loop.run(inputs, lane == Lane.DATA && !loop.leads() ? Leisure.WRITE : Leisure.APPLY);
    }

    @Override
    public void requested(ClientSession session, List<ClientRequest> requests) {
        door.requested(session, requests);
    }

    /** A request of a client in this process: its thread only queues. */
    void requestedHere(ClientSession session, ClientRequest request) {
        door.requestedHere(session, request);
    }

    /** Whether the thread is inside the state machine. */
    boolean isApplying(Thread thread) {
        return apply.isApplying(thread);
    }

    // ---- What the disk and the clock bring

    /** Takes note of what is written, in order; what is left to be done about it can wait until the disk was let go. */
    private Engine.Then written(List<Event> events) {
        for (Event event : events) {
            if (event instanceof Event.FormationPersisted) {
                formed = storage.configuration().map(bytes -> switch (RecordBodies.decode(bytes)) {
                    case RecordBody.ConfigurationBody body -> body.formation().incarnations();
                }).orElseThrow();
            }
        }
        boolean first = loop.bring(events.stream().map(Input.Raised::new).toList());
        return first ? moreWaits -> loop.drain(moreWaits ? Leisure.NONE : Leisure.APPLY) : Engine.Then.NOTHING;
    }

    private void tick() {
        try {
            // First: behind the tick it is said when this is to be looked at again.
            hungMachine.look();
            loop.tick();
            if (situation.takeLook(nowNs())) {
                loop.run(new Input.Ask(core -> situation.look(core, nowNs())),
                        Leisure.APPLY);
            }
            Replies replies = new Replies();
            proposals.expire(nowNs(), replies);
            replies.flush();
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable broken) {
            // Without its clock a node would go on without elections and deadlines.
            failures.threw(EndCause.INVARIANT, "driver", broken);
        }
    }

    // ---- NodeLoop.Observer

    @Override
    public void roleChanged(Effect.RoleChanged change) {
        engine.roleChanged(change);
        leaderWatch.changed(change.leaderId());
        situation.roleChanged(change, nowNs());
        parts.listener().roleChanged(NodeRole.of(change.role()), change.term(), change.leaderId().isNone()
                ? Optional.empty() : Optional.of(change.leaderId().value()));
    }

    @Override
    public void report(String detail) {
        parts.listener().warning(detail);
    }

    @Override
    public void doubted(String detail) {
        inDoubt = true;
        parts.listener().warning(detail);
        transport.reintroduce();
    }

    @Override
    public void settled(String detail) {
        inDoubt = false;
        parts.listener().info(detail);
    }

    @Override
    public void failed(Effect.Fail failure) {
        switch (failure.failure()) {
            case LOST_DATA -> unrecoverable(EndCause.LOST_DATA, "core", failure.detail(), null);
            case WRITE_FAILED -> leaderWatch.changed(ServerId.NONE);
        }
    }

    @Override
    public void notAnswered(Throwable thrown) {
        record(ErrorEntry.of("driver", "a question for the status was not answered: " + ErrorEntry.messageOf(thrown),
                thrown));
    }

    @Override
    public void tickDueAt(long deadlineNs) {
        long watchNs = Math.min(situation.wakeNs(), hungMachine.lookAtNs());
        ticker.dueAt(Math.min(deadlineNs, watchNs), !proposals.nobodyWaits());
    }

    @Override
    public void handOver() {
        ticker.handOver();
    }

    private TransportListener transportListener() {
        return new TransportListener() {
            @Override
            public void warning(String message) {
                parts.listener().warning(message);
            }

            @Override
            public void badFrame(String remote, String message) {
                status.badFrame();
            }

            @Override
            public void failed(Throwable problem) {
                failures.threw(EndCause.INVARIANT, "transport", problem);
            }
        };
    }

    // ---- The one path of unrecoverable errors

    private void unrecoverable(EndCause cause, String source, String message, @Nullable Throwable throwable) {
        if (closed.get() || !failed.compareAndSet(false, true)) {
            return;
        }
        // The core falls silent first: no vote, no acknowledgement, no leading. Another thread may own it, or this one
        // in the middle of a step.
        loop.bringOnly(new Input.Raised(new Event.WriteFailed(message)));
        ErrorEntry error = throwable == null ? ErrorEntry.of(source, message) : ErrorEntry.of(source, message,
                throwable);
        record(error);
        emergency.execute(() -> ending.accept(cause, error));
    }

    /** Keeps an error where it can be listed, and has it told. */
    private void record(ErrorEntry error) {
        parts.recent().record(error);
        if (ownErrors != null) {
            ownErrors.record(error);
        }
        parts.listener().error(error);
    }

    // ---- Status

    /** The last answer, for when the core gives none any more. */
    NodeStatus lastStatus() {
        return status.last();
    }

    /** How it was when it ended. */
    NodeStatus endedStatus(NodeEnd end) {
        return status.ended(end);
    }

    /** Asks the core, from a thread that must not own it. */
    void ask(java.util.function.Consumer<NodeStatus> answer) {
        apply.refreshGauges();
        loop.bringOnly(new Input.Ask(core -> answer.accept(status.of(core))));
    }

    /** Shows the core as it is, on a thread that may own it. */
    void look(java.util.function.Consumer<CoreStatus> eye) {
        loop.run(new Input.Ask(eye), Leisure.APPLY);
    }

    boolean awaitLeader(Duration timeout) throws InterruptedException {
        return leaderWatch.await(timeout);
    }

    /**
     * Stops accepting, answers what is in flight for at most {@code grace}, and closes everything. If the disk or the
     * state machine hangs it does not wait for it: the storage, or the machine, stays open then until it goes on.
     * Idempotent.
     */
    void close(Duration grace) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        door.stopAccepting();
        transport.stopAccepting();
        Joining.until(grace, () -> proposals.unanswered() == 0 || failed.get());
        Replies replies = new Replies();
        loop.end(replies);
        proposals.closed(replies);
        // On another thread: this one may be the embedder's, and its interrupt would close the sockets it writes to.
        engine.within(2 * DRAINING.toNanos(), parts.threadName("closing-clients"), () -> {
            replies.flush();
            transport.drain(DRAINING);
        });
        long closingEnd = System.nanoTime() + CLOSING_NS;
        // A delivery may be in the middle of a write.
        engine.within(CLOSING_NS, parts.threadName("closing-transport"), transport::close);
        ticker.close();
        heap.close();
        disk.close();
        apply.close();
        catchUp.close();
        if (!engine.within(Math.max(AT_LEAST_NS, closingEnd - System.nanoTime()), parts.threadName("closing-machine"),
                this::closeMachine)) {
            record(ErrorEntry.of("machine", "the state machine hangs: it stays open until it goes on"));
        }
        if (!engine.within(Math.max(AT_LEAST_NS, closingEnd - System.nanoTime()), parts.threadName("closing-storage"),
                this::closeStorage)) {
            record(ErrorEntry.of("log", "the disk hangs: the storage stays open until it goes on"));
        }
        leaderWatch.changed(ServerId.NONE);
        saveErrors();
        emergency.close();
    }

    /** Whether nothing uses the state machine any more, and never will. */
    boolean isMachineClosed() {
        return machineClosed;
    }

    /** Puts the errors that were recorded on the disk, as far as that is possible in a moment. */
    void saveErrors() {
        if (ownErrors != null) {
            ownErrors.close();
        }
    }

    /** A machine's calls never overlap: it is closed once its last command is done, whoever waits for that. */
    private void closeMachine() {
        apply.awaitLastCommand();
        closeQuietly(machine);
        machineClosed = true;
    }

    private void closeStorage() {
        disk.awaitLastWrite();
        try {
            storage.close();
        } catch (RuntimeException problem) {
            record(ErrorEntry.of("log", "closing: " + problem.getMessage(), problem));
        }
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }
}
