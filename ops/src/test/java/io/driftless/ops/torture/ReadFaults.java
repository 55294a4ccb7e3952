package io.driftless.ops.torture;

import static org.awaitility.Awaitility.await;

import io.driftless.client.MemberClient;
import io.driftless.machine.TransferOutcome;
import io.driftless.ops.cluster.MemberStatus;
import io.driftless.ops.cluster.Wiring;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** Strikes nodes while clients read, and mends them before it returns: all run again. Confined to one thread. */
final class ReadFaults {

    /** When a leader was overtaken, and how long questions were put to it whose answers must show that. */
    record Overtaken(String member, long fromNs, long toNs) { }

    /**
     * A node that believes longer than the others that it leads, or that it is led. What a query shows must not depend
     * on a clock: that this one leads no more, it must learn by its round, since its timeout tells it too late.
     */
    static final String PATIENT = "n1";
    static final Map<String, String> PATIENT_SETTINGS = Map.of("election.timeout.min", "2s", "election.timeout.max",
            "4s", "heartbeat.interval", "50ms");

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(2);
    private static final Duration CUT_MAX = Duration.ofSeconds(5);
    private static final Duration ASK = Duration.ofSeconds(2);
    private static final Duration TRANSFER = Duration.ofSeconds(20);
    private static final Duration PATIENT_LEADS = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final int PAUSE_MS_MIN = 50;
    private static final int PAUSE_MS_MAX = 700;
    private static final int COMMITS = 3;
    private static final int QUESTIONS = 12;

    private final Trio trio;
    private final World world;
    private final RegisterWriters writers;
    private final Map<String, MemberReader> readers;
    private final boolean isOnePatient;
    private final Random random;
    private final Pauses pauses = new Pauses(PAUSE_MS_MAX);
    private final List<Overtaken> overtaken = new ArrayList<>();

    /** {@code isOnePatient} says whether there is a {@link #PATIENT}. */
    ReadFaults(Trio trio, World world, RegisterWriters writers, Map<String, MemberReader> readers,
            boolean isOnePatient, Random random) {
        this.trio = trio;
        this.world = world;
        this.writers = writers;
        this.readers = readers;
        this.isOnePatient = isOnePatient;
        this.random = random;
    }

    /** When leaders were overtaken. */
    List<Overtaken> overtaken() {
        return List.copyOf(overtaken);
    }

    /** Whether it struck: nobody may lead just now, or no other may be elected in time. */
    boolean strike(ReadFault fault) throws IOException, InterruptedException {
        Server any = trio.servers().get(random.nextInt(Trio.NODES));
        Optional<Server> leader = trio.leader();
        if (leader.isEmpty()) {
            return false;
        }
        return switch (fault) {
            case KILLED -> killed(random.nextBoolean() ? leader.get() : any);
            case PAUSED -> paused(any);
            case OVERTAKEN -> hasOldLeader(leader.get()) && overtaken(old(leader.get()));
            case CUT_OFF -> hasOldLeader(leader.get()) && cutOff(old(leader.get()));
            case TRANSFERRED -> transferred(leader.get(), "");
        };
    }

    private boolean killed(Server server) throws IOException {
        boolean struck = server.kill();
        long changes = writers.changes();
        if (!within(PATIENCE, () -> writers.changes() >= changes + COMMITS)) {
            throw new IllegalStateException("nothing is committed without " + server.name());
        }
        server.start();
        reader(server).renew();
        return struck;
    }

    private boolean paused(Server server) throws IOException, InterruptedException {
        Optional<Server.Pause> pause = server.pause();
        if (pause.isPresent()) {
            pauses.next(random);
            pause.get().close();
        }
        return pause.isPresent();
    }

    private boolean overtaken(Server leader) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + PAUSE_MAX.toNanos();
        Optional<Server.Pause> pause = leader.pause();
        if (pause.isEmpty()) {
            return false;
        }
        try {
            return isOvertaken(leader, endNs);
        } finally {
            pause.get().close();
        }
    }

    private boolean cutOff(Server leader) throws IOException {
        List<Server> others = others(leader);
        long before = met(leader, others);
        try {
            for (Server other : others) {
                trio.links().cut(leader.name(), other.name());
                trio.links().cut(other.name(), leader.name());
            }
            return isOvertaken(leader, System.nanoTime() + CUT_MAX.toNanos()) && met(leader, others) > before;
        } finally {
            for (Server other : others) {
                trio.links().heal(leader.name(), other.name());
                trio.links().heal(other.name(), leader.name());
            }
        }
    }

    private long met(Server leader, List<Server> others) throws IOException {
        long sum = 0;
        for (Server other : others) {
            sum += trio.links().met(leader.name(), other.name()) + trio.links().met(other.name(), leader.name());
        }
        return sum;
    }

    /** Who is to lead before it leads no more: the patient one, if there is one. */
    private Server old(Server leader) {
        return isOnePatient ? trio.servers().stream().filter(server -> server.name().equals(PATIENT)).findFirst()
                .orElseThrow() : leader;
    }

    /** Whether that one leads; leadership is handed to it, if need be. */
    private boolean hasOldLeader(Server leader) throws IOException {
        Server old = old(leader);
        List<String> address = List.of(world.bind(old.name()));
        return leader == old || transferred(leader, old.name()) && within(PATIENT_LEADS, () ->
                MemberStatus.askAll(address, ASK).getFirst().isLeader());
    }

    private boolean transferred(Server leader, String to) throws IOException {
        try (MemberClient client = Wiring.member(world.bind(leader.name()), ASK)) {
            return client.transferLeadership(to, TRANSFER) instanceof TransferOutcome.Transferred;
        }
    }

    /** Waits until another one leads and has committed, and until questions asked after that wait at the old one. */
    private boolean isOvertaken(Server old, long endNs) {
        List<String> others = others(old).stream().map(server -> world.bind(server.name())).toList();
        List<MemberStatus> leads = new ArrayList<>();
        boolean replaced = within(left(endNs), () -> {
            MemberStatus.askAll(others, ASK).stream().filter(MemberStatus::isLeader).forEach(leads::add);
            return !leads.isEmpty();
        });
        if (!replaced || !writers.changeAsNewcomer(leads.getFirst().address(), COMMITS, left(endNs))) {
            return false;
        }
        long fromNs = System.nanoTime();
        long asked = reader(old).asked();
        boolean waits = within(left(endNs), () -> reader(old).asked() >= asked + QUESTIONS);
        overtaken.add(new Overtaken(old.name(), fromNs, System.nanoTime()));
        return waits;
    }

    private static Duration left(long endNs) {
        return Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(20), endNs - System.nanoTime()));
    }

    private static boolean within(Duration patience, Callable<Boolean> condition) {
        try {
            await().pollDelay(Duration.ZERO).pollInterval(POLL).atMost(patience).until(condition);
            return true;
        } catch (ConditionTimeoutException never) {
            return false;
        }
    }

    private List<Server> others(Server server) {
        return trio.servers().stream().filter(each -> each != server).toList();
    }

    private MemberReader reader(Server server) {
        MemberReader reader = readers.get(server.name());
        if (reader == null) {
            throw new IllegalArgumentException("nobody reads at " + server.name());
        }
        return reader;
    }
}
