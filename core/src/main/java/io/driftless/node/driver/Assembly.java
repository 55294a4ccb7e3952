package io.driftless.node.driver;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.codec.Serializers;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.NodeStartException;
import io.driftless.log.RaftLog;
import io.driftless.log.Storage;
import io.driftless.machine.StateMachine;
import io.driftless.node.LogRetention;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeListener;
import io.driftless.node.PeerThreads;
import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.CommittedConfiguration;
import io.driftless.raft.Configuration;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Effects;
import io.driftless.raft.Event;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.MemberList;
import io.driftless.raft.RaftCore;
import io.driftless.raft.RaftSettings;
import io.driftless.raft.ServerId;
import io.driftless.raft.SnapshotSettings;
import io.driftless.session.SessionTable;
import io.driftless.transport.Transport;
import io.driftless.transport.TransportContext;
import io.driftless.transport.TransportListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The parts of one run, and who calls whom. A client's command travels so:
 *
 * <ol>
 *   <li>The transport's reader gives it to the {@link NodeRun}, which gives it to the {@link ClientDoor}.
 *   <li>The door admits it by the {@link Proposals}, and brings it to the {@link NodeLoop}.
 *   <li>The loop asks the {@link SessionDoor} about what belongs to a session, and steps the core; its effects become
 *       queued work, which is done once the core was let go.
 *   <li>{@link SendLane}s take it to the followers, by the transport.
 *   <li>The {@link DiskQueue} writes and syncs it; {@link Completions} takes that to the loop.
 *   <li>The followers' answers come in by the run and go to the loop, too.
 *   <li>Once it is committed the {@link ApplyQueue} gives it to the {@link ReplicatedState}, which has the state
 *       machine execute it, and the proposals answer the client who waits at its index.
 * </ol>
 *
 * <p>Beside the way: {@link RunObserver} notes what the core does, {@link Tick} brings it the time, {@link NodeErrors}
 * ends the run, {@link StatusView} says how it is. They are made against the direction of travel, since each needs the
 * next. Immutable once made; starts no work.
 */
final class Assembly {

    /** Whether leaders answer reads by a lease: no setting turns that on. */
    private static final boolean LEASES = false;
    /** What the state machine does not do in so many of the longest election timeouts, it does not do. */
    private static final int HANGS_AFTER_TIMEOUTS = 10;

    final NodeClock clock;
    final Storage storage;
    final NodeErrors errors;
    final StateMachine machine;
    final Greeting greeting;
    // 1 to 7, in the order of travel.
    final Transport transport;
    final ClientDoor door;
    final SessionDoor sessions;
    final Proposals proposals;
    final QueryQueue queries;
    final NodeLoop loop;
    final Map<ServerId, Map<Lane, SendLane>> lanes;
    final DiskQueue disk;
    final ApplyQueue apply;
    final ReplicatedState state;
    final SnapshotWork snapshots;
    // Beside it.
    final Engine.Errands catchUp;
    final Engine.Alarm alarm;
    final Engine.Heap heap;
    final Situation situation;
    final LeaderWatch.Run leaderWatch;
    final StatusView status;
    private final NodeParts parts;
    private final Completions completions;
    private final Tick tick;

    /**
     * Opens what a run needs, and recovers.
     *
     * @param leaders hears of the leader
     * @param ending  is told, once, that the run cannot go on
     */
    Assembly(NodeParts parts, LeaderWatch.Run leaders, NodeErrors.Ending ending) {
        this.parts = parts;
        this.leaderWatch = leaders;
        Engine engine = parts.engine();
        NodeConfig config = parts.config();
        NodeListener listener = parts.listener();
        MemberList roster = Roster.of(parts.members());
        Serializer serializer = Serializers.byName(config.serializer());
        EntryCache cache = new EntryCache(engine.cacheBytes(EntryCache.WEIGHT_MAX));
        clock = new NodeClock(engine);
        storage = parts.openStorage();
        Deque<AutoCloseable> opened = new ArrayDeque<>(List.of(storage));
        try {
            errors = new NodeErrors(parts, storage, ending);
            opened.push(errors::end);
            // What is already there.
            Optional<ClusterConfiguration> formation = StoredState.formation(storage, roster.configuration().members(),
                    serializer);
            machine = pushed(opened, parts.machine().get());
            MachineStart.Begun begun = begin(serializer);
            state = begun.state();
            long applied = state.look(SessionTable::index);
            long seed = engine.seed();
            RaftSettings settings = engine.settings(settings(config));
            greeting = new Greeting(introduction(roster, formation, settings, applied, seed));
            // 7, and what is told of it.
            proposals = new Proposals(new Admission(config.inFlightMax(), config.inFlightBytes()));
            queries = new QueryQueue(clock, this::leaderAddress, errors);
            snapshots = pushed(opened, keeping(() -> new SnapshotWork(parts, storage, state, applied, seed, clock,
                    errors, hangsNs(), this::tellCore, this::lookSoon)));
            apply = keeping(() -> new ApplyQueue(engine, parts.threadName("apply"), state, machine.appliesInline(),
                    applied, cache, storage, proposals, queries, views(applied), this::restored, errors));
            sessions = new SessionDoor(state, proposals, apply::applied, serializer);
            HungMachine hungMachine = hungMachine();
            // 5 and 4.
            disk = new DiskQueue(engine, parts.threadName("disk"), storage, config.durability(), clock,
                    config.syncInterval().toNanos(), writes -> engine.completed(writes, this::completed), errors);
            transport = parts.transport().create(surroundings(roster, serializer));
            catchUp = pushed(opened, engine.errands(parts.threadName("catch-up")));
            lanes = lanes(roster);
            // 3, with those who hear of it.
            situation = new Situation(greeting.start().id(), roster.addresses(), transport::unreachable,
                    config.electionTimeoutMax().toNanos() * 2, clock.nowNs(), listener);
            alarm = engine.alarm(parts.threadName("clock"), clock, this::tick, this::takeOver);
            Effects effects = new Effects();
            RaftCore core = new RaftCore(greeting.start(), roster, settings, seed, WriteIds.ofNewRun(),
                    StoredState.recovered(storage, applied, begun.snapshot()), clock.nowNs(), effects);
            loop = new NodeLoop(new NodeLoop.Parts(clock, lanes, disk, apply, cache, proposals, sessions,
                    logClock(settings), snapshots, roster.addresses(), known -> RecordBodies.encode(serializer,
                            new RecordBody.ConfigurationBody(known)), queries, errors, situation::standing,
                    observer(hungMachine)), core, effects);
            errors.silenceBy(why -> loop.bringAndHandOver(new Input.ForCore(new Event.WriteFailed(why))));
            completions = new Completions(storage, serializer, greeting, loop);
            tick = new Tick(clock, loop, hungMachine, situation, proposals, queries, this::lookAtTransfers,
                    this::lookAtMachine, errors);
            // 2 and 1.
            heap = pushed(opened, engine.heap(listener::warning));
            status = new StatusView(parts, roster, this, hungMachine);
            door = new ClientDoor(this, config, hungMachine, serializer);
        } catch (Throwable problem) {
            opened.forEach(NodeRun::closeQuietly);
            throw problem;
        }
    }

    private static <T extends AutoCloseable> T pushed(Deque<AutoCloseable> opened, T part) {
        opened.push(part);
        return part;
    }

    private MachineStart.Begun begin(Serializer serializer) {
        return keeping(() -> new MachineStart(machine, storage, errors, parts.listener(), clock, serializer).begin(
                new MachineOpening(parts.clusterId(), parts.nodeId())));
    }

    /** Makes what asks the machine. Whoever starts the node hears why it is refused; where stands in the file. */
    private <T> T keeping(Supplier<T> part) {
        try {
            return part.get();
        } catch (NodeStartException | MachineCalls.Failed refused) {
            errors.keep(ErrorEntry.of("start", ErrorEntry.messageOf(refused),
                    refused.getCause() == null ? refused : refused.getCause()));
            throw refused;
        }
    }

    private HungMachine hungMachine() {
        CallWatch watch = state.watch();
        return new HungMachine(watch::sinceNs, watch, clock, errors, parts.listener()::info, hangsNs());
    }

    private ApplyQueue.Views views(long applied) {
        RaftLog log = storage.log();
        // Without a snapshot for what the log has forgotten nothing is applied from it (R32).
        boolean goesOn = applied >= log.firstIndex() - 1;
        return new ReplayLines(snapshots.taker, applied, goesOn ? log.lastIndex() : applied, clock,
                parts.listener()::info);
    }

    private RunObserver observer(HungMachine hungMachine) {
        return new RunObserver(parts.engine(), clock, parts.listener(), errors, greeting, transport, situation,
                leaderWatch, () -> Math.min(hungMachine.lookAtNs(), snapshots.taker.lookAtNs()),
                () -> !proposals.nobodyWaits() || queries.waits() || loop.reads().waits(), alarm);
    }

    private long hangsNs() {
        return parts.config().electionTimeoutMax().toNanos() * HANGS_AFTER_TIMEOUTS;
    }

    private LogClock logClock(RaftSettings settings) {
        return new LogClock(StoredState.lastStampMs(storage.log(), state.look(SessionTable::clockMs)),
                parts.engine()::wallMs, settings.electionTimeoutMinNs());
    }

    private TransportContext surroundings(MemberList roster, Serializer serializer) {
        NodeConfig config = parts.config();
        return new TransportContext(parts.clusterId(), greeting.start().id(), parts.listenAddress(),
                roster.addresses(), serializer, greeting::now, config.peerThreads() == PeerThreads.PLATFORM,
                FrameLimits.PEER_BYTES_MAX, FrameLimits.requestBytesMax(config), new TransportEars());
    }

    // The circles of the graph: called once the run has started.

    private String leaderAddress() {
        return loop.leaderAddress();
    }

    private void restored(long index) {
        parts.listener().info("the state machine is restored, and goes on at index " + index);
        tellCore(new Event.MachineRestored(index));
    }

    private void tellCore(Event event) {
        loop.bringAndHandOver(new Input.ForCore(event));
    }

    private Engine.Then completed(List<Event> writes) {
        return completions.take(writes);
    }

    private void tick() {
        tick.run();
    }

    private void lookAtTransfers(CoreStatus core) {
        status.lookAtTransfers(core);
    }

    private void lookAtMachine() {
        apply.refreshOldGauges();
        snapshots.taker.lookIfHung();
        if (snapshots.taker.isLookDue(clock.nowNs())) {
            apply.lookSoon();
        }
    }

    private void lookSoon() {
        apply.lookSoon();
    }

    private void takeOver() {
        loop.work(Leisure.NONE);
    }

    /** What the transport says of itself. */
    private final class TransportEars implements TransportListener {
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
            errors.threw("transport", problem);
        }
    }

    private Introduction introduction(MemberList roster, Optional<ClusterConfiguration> formation,
            RaftSettings settings, long applied, long seed) {
        // From the engine's chance, so that a simulated run can be repeated, and not the seed of its timeouts.
        SplittableRandom random = new SplittableRandom(~seed);
        UUID run = new UUID(random.nextLong(), random.nextLong());
        Configuration configuration = formation.map(ClusterConfiguration::configuration).orElse(roster.configuration());
        boolean inDoubt = isInDoubt(applied);
        return new Introduction(new ServerId(parts.nodeId()), storage.identity().incarnation(),
                storage.identity().boot(), run, configuration.toString(),
                formation.map(formed -> new CommittedConfiguration(0, formed)), settings.electionTimeoutMinNs(),
                LEASES, inDoubt, List.of());
    }

    /** Whether it starts in doubt, once a loss is accepted that is to be (R18). */
    private boolean isInDoubt(long applied) {
        if (parts.acceptLoss()) {
            parts.listener().warning(StoredState.acceptLoss(storage, applied));
        }
        long doubtTerm = storage.hardState().doubtTerm();
        if (doubtTerm > 0) {
            parts.listener().warning("in doubt since term " + doubtTerm + ": entries that this server acknowledged may "
                    + "be lost, so it has no vote until a leader has brought it up to date");
        }
        return doubtTerm > 0;
    }

    private static RaftSettings settings(NodeConfig config) {
        RaftSettings defaults = RaftSettings.defaults();
        return new RaftSettings(config.electionTimeoutMin().toNanos(), config.electionTimeoutMax().toNanos(),
                config.heartbeatInterval().toNanos(), defaults.batchBytesMax(),
                Math.max(defaults.windowBytesMax(), config.entryBytesMax()), snapshotSettings(config));
    }

    private static SnapshotSettings snapshotSettings(NodeConfig config) {
        SnapshotSettings defaults = SnapshotSettings.defaults();
        LogRetention retention = config.logRetention();
        long rate = config.snapshotRateMax() == 0 ? Long.MAX_VALUE : config.snapshotRateMax();
        return new SnapshotSettings(defaults.chunkBytes(), defaults.windowBytes(), rate, retention.entries(),
                retention.bytes(), retention.bytesMax());
    }

    private Map<ServerId, Map<Lane, SendLane>> lanes(MemberList roster) {
        Map<ServerId, Map<Lane, SendLane>> all = new TreeMap<>();
        for (ServerId member : roster.addresses().keySet()) {
            Map<Lane, SendLane> each = new EnumMap<>(Lane.class);
            for (Lane lane : Lane.values()) {
                each.put(lane, new SendLane(member, lane, transport, storage.log(), disk.writtenLog(),
                        snapshots.source(member), lane == Lane.BULK ? snapshots.reader() : catchUp, errors));
            }
            all.put(member, each);
        }
        return all;
    }
}
