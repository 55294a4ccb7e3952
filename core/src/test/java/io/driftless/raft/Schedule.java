package io.driftless.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * One random run of a {@link Cluster}, all of it drawn from a seed: first anything may happen in any order, then
 * everything is repaired and a leader must emerge and commit. The same seed gives the same run.
 */
final class Schedule {

    /** What can happen, with how often by default, and what a run may do more or less of. */
    private enum Action {
        DELIVER(60), WRITE_LOG(12), WRITE_STATE(12), WRITE_FORMATION(5), TIME(14), PROPOSE(4), CONNECT(6), TELL(12),
                NOTICE(6), START(3),
        CUT(2), CRASH(1), STICK(1), UNSTICK(2), DEPOSE(1), FAIL(0), WIPE(0);

        private final int often;

        Action(int often) {
            this.often = often;
        }
    }

    private final SplittableRandom random;
    private final Cluster cluster;
    private final List<Link> links = new ArrayList<>();
    private final int[] weights = new int[Action.values().length];
    private final int steps;
    private final long timeStepNs;
    private final int burst;
    private int words;
    private long stepped;

    Schedule(long seed, boolean tells) {
        random = new SplittableRandom(seed);
        Configuration configuration = configuration();
        // Batches of one entry let an old entry arrive without the no-op behind it (figure 8).
        int batch = random.nextBoolean() ? 1 : random.nextInt(2, 5);
        RaftSettings settings = new RaftSettings(300 * CoreHarness.MS, 600 * CoreHarness.MS, 50 * CoreHarness.MS,
                batch * Words.WEIGHT,
                (batch + random.nextInt(4)) * Words.WEIGHT);
        cluster = new Cluster(configuration, random.nextInt(3) > 0, settings, seed, tells);
        cluster.say(() -> "# " + configuration);
        cluster.servers.values().forEach(server -> links.addAll(server.links.values()));
        for (Action action : Action.values()) {
            weights[action.ordinal()] = action.often * random.nextInt(1, 9);
        }
        // Most runs have one kind of trouble, some have all, some none.
        for (Action trouble : List.of(Action.CUT, Action.CRASH, Action.STICK, Action.DEPOSE)) {
            weights[trouble.ordinal()] *= random.nextInt(3) == 0 ? 0 : 1;
        }
        weights[Action.FAIL.ordinal()] = random.nextInt(4) == 0 ? 2 : 0;
        weights[Action.WIPE.ordinal()] = random.nextInt(4) == 0 ? 2 : 0;
        if (random.nextInt(3) == 0) {
            changesLeadersOften();
        }
        timeStepNs = random.nextInt(20, 120) * CoreHarness.MS;
        burst = random.nextInt(1, 24);
        steps = random.nextInt(100, 1500);
        cluster.servers.values().forEach(server -> server.keepsState = random.nextBoolean());
    }

    /** The weather of figure 8: leaders come and go before their entries have spread, and nothing else is wrong. */
    private void changesLeadersOften() {
        for (Action other : List.of(Action.CUT, Action.CRASH, Action.STICK, Action.FAIL, Action.WIPE, Action.PROPOSE)) {
            weights[other.ordinal()] = 0;
        }
        for (Action repair : List.of(Action.NOTICE, Action.CONNECT, Action.TELL, Action.START)) {
            weights[repair.ordinal()] = 60;
        }
        weights[Action.DEPOSE.ordinal()] = random.nextInt(20, 60);
    }

    private Configuration configuration() {
        SortedSet<ServerId> voters = new TreeSet<>();
        SortedSet<ServerId> outgoing = new TreeSet<>();
        SortedSet<ServerId> learners = new TreeSet<>();
        int members = random.nextInt(1, 6);
        boolean joint = random.nextInt(4) == 0;
        for (int i = 1; i <= members; i++) {
            ServerId id = CoreHarness.id("n" + i);
            if (joint && random.nextBoolean()) {
                outgoing.add(id);
            }
            if (i == 1 || random.nextInt(5) > 0) {
                voters.add(id);
            } else if (!outgoing.contains(id)) {
                learners.add(id);
            }
        }
        return new Configuration(voters, outgoing, learners);
    }

    /** Runs to the end, or throws at the first broken promise. Returns how many events it took. */
    long run() {
        cluster.servers.values().forEach(cluster::start);
        if (random.nextInt(4) > 0) {
            settle();
        }
        while (stepped < steps) {
            happen(draw());
        }
        heal();
        return stepped;
    }

    List<String> story() {
        return cluster.story();
    }

    private Action draw() {
        int total = 0;
        for (int weight : weights) {
            total += weight;
        }
        int drawn = random.nextInt(total);
        for (Action action : Action.values()) {
            drawn -= weights[action.ordinal()];
            if (drawn < 0) {
                return action;
            }
        }
        throw new AssertionError(drawn);
    }

    private void happen(Action action) {
        switch (action) {
            case DELIVER -> repeat(() -> anyLink(link -> link.told && link.hasMessages(), this::deliverAny));
            case WRITE_LOG -> repeat(() -> anyServer(server -> server.isUp() && server.disk.isWritingLog()
                    && !server.disk.isStuck(),
                    server -> cluster.logWritten(server, random.nextInt(1, server.disk.logWritesUnderWay() + 1))));
            case WRITE_STATE -> repeat(() -> anyServer(server -> server.isUp() && server.disk.isWritingState()
                    && !server.disk.isStuck(),
                    cluster::stateWritten));
            case WRITE_FORMATION -> anyServer(server -> server.isUp() && server.isForming(), cluster::formationWritten);
            case TIME -> passTime();
            case PROPOSE -> anyServer(server -> server.isUp() && (server.isLeader() || random.nextInt(8) == 0),
                    this::propose);
            case CONNECT -> anyLink(cluster::canConnect, cluster::connect);
            case TELL -> anyLink(link -> link.isUp() && !link.told, cluster::tell);
            case NOTICE -> anyLink(link -> !link.isUp() && link.told, cluster::notice);
            case START -> anyServer(server -> !server.isUp(), cluster::start);
            case CUT -> anyLink(Link::isUp, cluster::breakLink);
            case CRASH -> anyServer(Server::isUp, server -> cluster.crash(server, random));
            case STICK -> anyServer(server -> true, server -> server.disk.stick(true));
            case UNSTICK -> anyServer(server -> server.disk.isStuck(), server -> server.disk.stick(false));
            case DEPOSE -> anyServer(Server::isLeader, this::depose);
            case FAIL -> anyServer(server -> server.isUp() && !server.failed, cluster::writeFails);
            case WIPE -> wipe();
        }
    }

    /** Several of a kind, so that messages are mostly quicker than timers; how many is the run's own. */
    private void repeat(Runnable action) {
        for (int times = random.nextInt(1, burst + 1); times > 0; times--) {
            action.run();
        }
    }

    private void passTime() {
        stepped++;
        boolean isQuiet = links.stream().noneMatch(Link::hasMessages);
        long next = cluster.servers.values().stream().filter(Server::isUp).mapToLong(server -> server.core()
                .nextDeadlineNs()).min()
                .orElse(Long.MAX_VALUE);
        if (isQuiet && next < Long.MAX_VALUE && random.nextInt(4) > 0) {
            cluster.pass(Math.max(0, next - cluster.nowNs()));
        } else {
            cluster.pass(random.nextLong(timeStepNs));
        }
        anyServer(cluster::isDue, cluster::tick);
        anyServer(cluster::isDue, cluster::tick);
    }

    /** A leader goes just when it has begun something: it crashes, or loses all its connections. */
    private void depose(Server leader) {
        if (random.nextBoolean()) {
            cluster.crash(leader, random);
        } else {
            leader.links.values().stream().filter(Link::isUp).forEach(cluster::breakLink);
        }
    }

    /** One server of three or more loses its disk, once all have formed: the rest must get on without it. */
    private void wipe() {
        boolean all = cluster.servers.values().stream().allMatch(server -> server.isFormed() && !server.isWiped);
        Configuration configuration = cluster.configuration();
        anyServer(server -> all && Quorum.holds(configuration, voter -> !voter.equals(server.id)), cluster::wipe);
    }

    private void deliverAny(Link link) {
        stepped++;
        Lane lane = Lane.values()[random.nextInt(2)];
        cluster.deliver(link, link.queue(lane).isEmpty() ? other(lane) : lane);
    }

    private static Lane other(Lane lane) {
        return lane == Lane.DATA ? Lane.CONTROL : Lane.DATA;
    }

    private void propose(Server server) {
        String[] some = new String[random.nextInt(1, 4)];
        for (int i = 0; i < some.length; i++) {
            some[i] = "c" + ++words;
        }
        cluster.propose(server, some);
    }

    private void anyServer(Predicate<Server> can, java.util.function.Consumer<Server> action) {
        List<Server> candidates = cluster.servers.values().stream().filter(can).toList();
        if (!candidates.isEmpty()) {
            stepped++;
            action.accept(candidates.get(random.nextInt(candidates.size())));
        }
    }

    private void anyLink(Predicate<Link> can, java.util.function.Consumer<Link> action) {
        int start = random.nextInt(links.size() + 1);
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get((start + i) % links.size());
            if (can.test(link)) {
                action.accept(link);
                return;
            }
        }
    }

    // ---- healing

    private void heal() {
        cluster.say(() -> "# healing");
        for (Server server : cluster.servers.values()) {
            server.disk.stick(false);
            if (server.failed && server.isUp()) {
                cluster.crash(server, random);
            }
            if (!server.isUp()) {
                cluster.start(server);
            }
        }
        long deadlineNs = cluster.nowNs() + 30_000 * CoreHarness.MS;
        long target = Long.MAX_VALUE;
        while (true) {
            settle();
            for (Server server : cluster.servers.values()) {
                if (server.isLeader() && target == Long.MAX_VALUE) {
                    propose(server);
                    settle();
                    target = cluster.safety.committedCount();
                }
            }
            long wanted = target;
            if (cluster.servers.values().stream().allMatch(server -> server.isWiped || server.applied >= wanted)) {
                return;
            }
            if (cluster.nowNs() > deadlineNs) {
                throw new AssertionError("liveness: after 30 s of peace " + cluster.servers.values().stream()
                        .map(server -> server.id + " " + server.core().status() + " applied " + server.applied)
                        .toList() + " of " + target);
            }
            cluster.pass(5 * CoreHarness.MS);
            cluster.servers.values().stream().filter(cluster::isDue).forEach(cluster::tick);
        }
    }

    /** Lets everything go that waits. */
    private void settle() {
        boolean moved = true;
        for (int rounds = 0; moved; rounds++) {
            if (rounds > 10_000) {
                throw new AssertionError("messages never end");
            }
            moved = false;
            for (Link link : links) {
                moved |= settle(link);
            }
            for (Server server : cluster.servers.values()) {
                moved |= settle(server);
            }
        }
    }

    private boolean settle(Link link) {
        boolean moved = false;
        if (!link.isUp() && link.told) {
            cluster.notice(link);
            moved = true;
        }
        if (cluster.canConnect(link)) {
            cluster.connect(link);
            moved = true;
        }
        if (link.isUp() && !link.told) {
            cluster.tell(link);
            moved = true;
        }
        while (link.told && link.hasMessages()) {
            deliverAny(link);
            moved = true;
        }
        return moved;
    }

    private boolean settle(Server server) {
        boolean moved = false;
        if (server.disk.isWritingState()) {
            cluster.stateWritten(server);
            moved = true;
        }
        if (server.disk.isWritingLog()) {
            cluster.logWritten(server, server.disk.logWritesUnderWay());
            moved = true;
        }
        if (server.isForming()) {
            cluster.formationWritten(server);
            moved = true;
        }
        return moved;
    }
}
