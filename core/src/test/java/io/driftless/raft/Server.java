package io.driftless.raft;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One server of a {@link Cluster}: its disk, which outlives it, and its core while it runs. */
final class Server {

    final ServerId id;
    Disk disk = new Disk();
    /** Its links by peer. */
    final SortedMap<ServerId, Link> links = new TreeMap<>();
    private final Configuration configuration;
    private UUID incarnation;
    private Optional<ClusterConfiguration> formed = Optional.empty();
    private Optional<ClusterConfiguration> formationUnderWay = Optional.empty();
    private long boot;
    private @Nullable RaftCore core;
    /** Whether its state machine keeps what it applied. */
    boolean keepsState;
    long applied;
    /** It lost its disk, so the others do not count it any more. */
    boolean isWiped;
    /** As its core last told. */
    String role = "follower";
    /** The disk that was replaced by an empty one. */
    private Optional<Disk> lostDisk = Optional.empty();
    /** Its core said that it cannot go on. */
    boolean failed;

    Server(ServerId id, Configuration configuration, boolean isFormed) {
        this.id = id;
        this.configuration = configuration;
        this.incarnation = CoreHarness.incarnation(id);
        if (isFormed) {
            formed = Optional.of(CoreHarness.formation(configuration));
        }
        configuration.members().stream().filter(peer -> !peer.equals(id)).forEach(peer -> links.put(peer, new Link(id,
                peer)));
    }

    boolean isUp() {
        return core != null;
    }

    boolean isLeader() {
        return core != null && role.equals("leader");
    }

    RaftCore core() {
        if (core == null) {
            throw new AssertionError(id + " is down");
        }
        return core;
    }

    Introduction introduction() {
        Introduction empty = new Introduction(id, incarnation, boot, CoreHarness.run(id, boot),
                configuration.toString(), CoreHarness.SETTINGS.electionTimeoutMinNs());
        return formed.map(formation -> empty.withCommitted(new CommittedConfiguration(0, formation))).orElse(empty);
    }

    void start(RaftSettings settings, long seed, long nowNs, Effects effects) {
        boot++;
        applied = keepsState ? applied : 0;
        failed = false;
        role = "follower";
        core = new RaftCore(introduction(), CoreHarness.list(configuration), settings, seed * 31 + boot,
                disk.lastWriteId() + 1, disk.recovered(applied), nowNs, effects);
    }

    /** The process ends; what happens to the disk is another matter. */
    void stop() {
        core = null;
        formationUnderWay = Optional.empty();
        links.values().forEach(link -> {
            link.breaks();
            link.told = false;
        });
    }

    /** The disk is replaced by an empty one. */
    void wipe() {
        stop();
        long lastWriteId = disk.lastWriteId();
        lostDisk = Optional.of(disk);
        disk = new Disk();
        disk.persist(lastWriteId, HardState.INITIAL);
        disk.completeStateWrite();
        incarnation = new UUID(boot, id.hashCode());
        formed = Optional.empty();
        applied = 0;
        isWiped = true;
    }

    /** Whether it has, or had before its disk was lost, this log durably up to {@code index}. */
    boolean hasMadeDurable(long index, long chain) {
        return disk.isDurable(index, chain) || lostDisk.isPresent() && lostDisk.get().isDurable(index, chain);
    }

    void writeFormation(ClusterConfiguration formation) {
        formationUnderWay = Optional.of(formation);
    }

    boolean isForming() {
        return formationUnderWay.isPresent();
    }

    void formationWritten() {
        formed = Optional.of(formationUnderWay.orElseThrow());
        formationUnderWay = Optional.empty();
    }

    boolean isFormed() {
        return formed.isPresent();
    }

    long boot() {
        return boot;
    }
}
