package io.driftless.node.driver;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.codec.Serializers;
import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.log.Storage;
import io.driftless.machine.StateMachine;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeListener;
import io.driftless.node.PeerThreads;
import io.driftless.raft.Configuration;
import io.driftless.raft.Effects;
import io.driftless.raft.Event;
import io.driftless.raft.Formation;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.RaftCore;
import io.driftless.raft.RaftSettings;
import io.driftless.raft.ServerId;
import io.driftless.transport.Transport;
import io.driftless.transport.TransportContext;
import io.driftless.transport.TransportListener;
import java.util.ArrayDeque;
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
import java.util.function.BiConsumer;

/**
 * The parts of one run, and who calls whom. A client's command travels so:
 *
 * <ol>
 *   <li>The transport's reader gives it to the {@link NodeRun}, which gives it to the {@link ClientDoor}.
 *   <li>The door admits it by the {@link Proposals}, and brings it to the {@link NodeLoop}.
 *   <li>The loop steps the core; its effects become queued work, which is done once the core was let go.
 *   <li>{@link SendLane}s take it to the followers, by the transport.
 *   <li>The {@link DiskQueue} writes and syncs it; {@link Completions} takes that to the loop.
 *   <li>The followers' answers come in by the run and go to the loop, too.
 *   <li>Once it is committed the {@link ApplyQueue} has the state machine execute it, and the proposals answer the
 *       client who waits at its index.
 * </ol>
 *
 * <p>Beside the way: {@link RunObserver} notes what the core does, {@link Tick} brings it the time, {@link NodeErrors}
 * ends the run, {@link StatusView} says how it is. They are made against the direction of travel, since each needs the
 * next. Immutable once made; starts no work.
 */
final class Assembly {

    final NodeClock clock;
    final Storage storage;
    final NodeErrors errors;
    final StateMachine machine;
    final Greeting greeting;
    // 1 to 7, in the order of travel.
    final Transport transport;
    final ClientDoor door;
    final Proposals proposals;
    final NodeLoop loop;
    final Map<ServerId, Map<Lane, SendLane>> lanes;
    final DiskQueue disk;
    final ApplyQueue apply;
    // Beside it.
    final Engine.Errands catchUp;
    final Engine.Alarm alarm;
    final Engine.Heap heap;
    final Situation situation;
    final LeaderWatch leaderWatch = new LeaderWatch();
    final StatusView status;
    private final NodeParts parts;
    private final Completions completions;
    private final Tick tick;

    /**
     * Opens what a run needs, and recovers.
     *
     * @param ending is told, once, that the run cannot go on
     */
    Assembly(NodeParts parts, BiConsumer<EndCause, ErrorEntry> ending) {
        this.parts = parts;
        Engine engine = parts.engine();
        NodeConfig config = parts.config();
        NodeListener listener = parts.listener();
        Roster roster = Roster.of(parts.members());
        Serializer serializer = Serializers.byName(config.serializer());
        EntryCache cache = new EntryCache(engine.cacheBytes(EntryCache.WEIGHT_MAX));
        clock = new NodeClock(engine);
        storage = parts.openStorage();
        Deque<AutoCloseable> opened = new ArrayDeque<>(List.of(storage));
        try {
            errors = new NodeErrors(parts, storage, ending);
            opened.push(errors::close);
            // What is already there.
            Optional<Formation> formation = StoredState.formation(storage, roster.configuration().members());
            Configuration configuration = formation.map(Formation::configuration).orElse(roster.configuration());
            machine = parts.machine().get();
            opened.push(machine);
            long applied = new MachineOpening(parts.clusterId(), parts.nodeId()).open(machine);
            long seed = engine.seed();
            greeting = new Greeting(introduction(configuration, formation, applied, seed));
            // 7, and what is told of it.
            proposals = new Proposals(new Admission(config.inFlightMax(), config.inFlightBytes()));
            apply = new ApplyQueue(engine, clock, parts.threadName("apply"), machine, applied, cache, storage.log(),
                    proposals, errors);
            HungMachine hungMachine = new HungMachine(apply::applyingSinceNs, apply::applied, clock, errors,
                    listener::info, config.electionTimeoutMax().toNanos() * 10);
            // 5 and 4.
            disk = new DiskQueue(engine, parts.threadName("disk"), storage, config.durability(), clock,
                    config.syncInterval().toNanos(), writes -> engine.completed(writes, this::completed), errors);
            transport = parts.transport().create(new TransportContext(parts.clusterId(), greeting.start().id(),
                    parts.listenAddress(), roster.addresses(), serializer, greeting::now,
                    config.peerThreads() == PeerThreads.PLATFORM, FrameLimits.PEER_BYTES_MAX,
                    FrameLimits.requestBytesMax(config), new TransportEars()));
            catchUp = engine.errands(parts.threadName("catch-up"));
            opened.push(catchUp);
            lanes = lanes(roster);
            // 3, with those who hear of it.
            situation = new Situation(greeting.start().id(), roster.addresses(), transport::unreachable,
                    config.electionTimeoutMax().toNanos() * 2, clock.nowNs(), listener);
            alarm = engine.alarm(parts.threadName("clock"), clock, this::tick, this::takeOver);
            RunObserver observer = new RunObserver(engine, clock, listener, errors, greeting, transport, situation,
                    leaderWatch, hungMachine, proposals, alarm);
            Effects effects = new Effects();
            RaftCore core = new RaftCore(greeting.start(), configuration, engine.settings(settings(config)), seed,
                    WriteIds.ofNewRun(), StoredState.recovered(storage, applied), clock.nowNs(), effects);
            loop = new NodeLoop(new NodeLoop.Parts(clock, lanes, disk, apply, cache, proposals,
                    new LogClock(lastStampMs(), clock.nowNs()), roster.addresses(),
                    known -> RecordBodies.encode(serializer, new RecordBody.ConfigurationBody(known)),
                    errors, situation::standing, observer), core, effects);
            errors.silenceBy(why -> loop.bringAndHandOver(new Input.ForCore(new Event.WriteFailed(why))));
            completions = new Completions(storage, greeting, loop);
            tick = new Tick(clock, loop, hungMachine, situation, proposals, errors);
            // 2 and 1.
            heap = engine.heap(listener::warning);
            opened.push(heap);
            status = new StatusView(parts, roster, this, hungMachine);
            door = new ClientDoor(config, clock, loop, apply, proposals, status::of, heap);
        } catch (Throwable problem) {
            opened.forEach(NodeRun::closeQuietly);
            throw problem;
        }
    }

    // The circles of the graph: called once the run has started.

    private Engine.Then completed(List<Event> writes) {
        return completions.take(writes);
    }

    private void tick() {
        tick.run();
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

    private Introduction introduction(Configuration configuration, Optional<Formation> formation, long applied,
            long seed) {
        // From the engine's chance, so that a simulated run can be repeated, and not the seed of its timeouts.
        SplittableRandom random = new SplittableRandom(~seed);
        UUID run = new UUID(random.nextLong(), random.nextLong());
        SortedMap<ServerId, UUID> formed = formation.map(Formation::incarnations).orElse(Collections.emptySortedMap());
        boolean inDoubt = isInDoubt(applied);
        return new Introduction(new ServerId(parts.nodeId()), storage.identity().incarnation(),
                storage.identity().boot(), run, configuration.toString(), formed, inDoubt, List.of());
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
                config.heartbeatInterval().toNanos(),
                defaults.batchBytesMax(), Math.max(defaults.windowBytesMax(), config.entryBytesMax()));
    }

    /** The stamp of the last entry, which later ones must not fall below; of now, if there is none. */
    private long lastStampMs() {
        long last = storage.log().lastIndex();
        if (last >= storage.log().firstIndex()) {
            try (var reader = storage.log().reader()) {
                if (reader.seek(last)) {
                    return reader.timeMs();
                }
            }
        }
        return parts.engine().wallMs();
    }

    private Map<ServerId, Map<Lane, SendLane>> lanes(Roster roster) {
        Map<ServerId, Map<Lane, SendLane>> all = new TreeMap<>();
        for (ServerId member : roster.addresses().keySet()) {
            Map<Lane, SendLane> both = new EnumMap<>(Lane.class);
            for (Lane lane : Lane.values()) {
                both.put(lane, new SendLane(member, lane, transport, storage.log(), disk.writtenLog(), catchUp,
                        errors));
            }
            all.put(member, both);
        }
        return all;
    }
}
