package io.driftless.sim;

import io.driftless.machine.StateMachine;
import io.driftless.raft.CoreStatus;
import io.driftless.sim.history.Linearizability;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One run of a {@link Plan}. First, things go wrong while clients work. Then all is well for a connected majority: a
 * commit must follow within {@value #ELECTION_TIMEOUTS} election timeouts, or after the backlog of disks that make
 * progress, and no leader may change after it. Confined to its caller.
 */
public final class Simulation {

    /** The number of longest election timeouts within which a healed cluster must commit. */
    public static final int ELECTION_TIMEOUTS = 20;
    private static final long ELECTION_TIMEOUT_MS = 600;
    private static final long CALM_MS = 2_500;
    private static final long SETTLE_MS = 200;
    /** So long a server may wait after a snapshot that it could not take in. */
    private static final long PAUSE_MS = 64_000;
    private static final long THINGS_MAX = 2_000_000;

    private final Plan plan;
    private final Watch watch;
    private final Universe universe;
    private final CommitDurability commits;
    private final History history;
    private final Coverage coverage;
    private final SessionCoverage sessionCoverage;
    private final SnapshotCoverage snapshotCoverage;
    private final TransferCoverage transferCoverage;
    private final ReadCoverage readCoverage;
    private final EveryoneIsAnswered answers = new EveryoneIsAnswered();
    private final SentAgain sentAgain;
    private final SplittableRandom chance;
    private long recoveryMs = -1;

    /** Whoever is to see everything sees it from the making of the disks on. */
    Simulation(Plan plan, boolean tells, Watch.Eye... eyes) {
        this.plan = plan;
        this.watch = new Watch(tells, eyes);
        this.universe = new Universe(plan, watch);
        this.chance = plan.chance("end", 0);
        LogMatching log = new LogMatching(universe);
        this.commits = new CommitDurability(universe, log);
        this.history = new History();
        this.coverage = new Coverage(universe);
        this.sentAgain = new SentAgain(universe);
        CommittedLog committed = commits.log();
        SessionTwin sessions = new SessionTwin(committed);
        this.sessionCoverage = new SessionCoverage(universe, sessions);
        this.snapshotCoverage = new SnapshotCoverage(universe);
        this.transferCoverage = new TransferCoverage(universe);
        this.readCoverage = new ReadCoverage(universe, commits);
        for (Checker checker : List.of(log, commits, new ElectionSafety(), new ElectionQuorum(universe),
                new LeaderAppendOnly(universe), new LeaderCompleteness(commits, log),
                new StateMachineSafety(universe, commits, log), new DurableBeforeSaid(universe, log),
                new NeverBack(universe), new NothingLostVotes(universe, commits, log),
                new PresentBootOnly(universe),
                new ProbedAfresh(universe), sentAgain, new NothingLeftOut(universe),
                new VoteEndsRound(universe), new OnlyStillIsStuck(universe), new HardStateFirst(universe),
                new NoOpFirst(universe),
                new LogClockRuns(plan.servers(), universe, log), new ExecutedOnce(committed, sessions),
                new TablesAgree(committed, sessions),
                new SnapshotsAreTrue(universe, commits, committed, sessions), new SnapshotBehindLog(universe),
                new OnlyWholeStateLeads(universe), new LogGoesOnBehindSnapshot(universe),
                new HeartbeatsAskNothing(plan.servers()), new TransferGoesOn(plan.servers()),
                new AttemptsAreTrue(committed),
                new SessionAnswers(universe, committed, sessions),
                new CandidaciesAreAsked(universe), answers,
                new ReadsAreTrue(committed, universe.timeline::nowNs),
                sessionCoverage, snapshotCoverage, transferCoverage, readCoverage, new ClientOracle(), history,
                coverage)) {
            watch.add(checker);
        }
    }

    /** Runs the plan. */
    public static SimulationResult run(Plan plan) {
        return new Simulation(plan, false).run();
    }

    /** Runs the plan, and only this checker counts, by its class; empty: all do. */
    static SimulationResult run(Plan plan, String only) {
        Simulation simulation = new Simulation(plan, false);
        simulation.watch.heedOnly(only);
        return simulation.run();
    }

    /** Runs the plan and records it: the result has a digest of everything that happened, and the last lines of it. */
    public static SimulationResult tell(Plan plan) {
        return new Simulation(plan, true).run();
    }

    /** The same, and {@code eye} sees everything. */
    static SimulationResult tell(Plan plan, Watch.Eye eye) {
        return new Simulation(plan, true, eye).run();
    }

    /**
     * Runs a user's state machine on every server of {@code seeds} simulated clusters, with all faults, and compares.
     * All servers, and each of them after a restart, must give the same answer to every command and be in the same
     * state after it. This finds machines that depend on chance, the wall clock, the order of a hash table, the node's
     * name, or what a crash has left. The same seeds give the same commands in the same schedules.
     *
     * @throws AssertionError that names the command at which two servers first differ
     */
    public static <M extends StateMachine> void check(MachineUnderTest<M> machine, int seeds) {
        MachineTwins.check(machine, seeds);
    }

    Universe universe() {
        return universe;
    }

    Optional<Violation> violation() {
        return watch.violation();
    }

    SimulationResult run() {
        try {
            universe.begin();
            run(plan.knob(Knob.PHASE_MS) * 1_000_000);
            if (!universe.isOver()) {
                recover();
            }
        } catch (RuntimeException unexpected) {
            watch.violated("no exception leaves a node", unexpected + " at " + unexpected.getStackTrace()[0]);
        }
        if (!universe.isOver() && !Linearizability.isLinearizable(history.calls())) {
            watch.violated("linearizability", "the clients' history of " + history.calls().size() + " operations");
        }
        return new SimulationResult(plan, watch.violation(), watch.count(), universe.timeline.nowNs() / 1_000_000,
                commits.count(), history.acknowledged(), recoveryMs, sentAgain.bytes(), sentAgain.againBytes(),
                universe.mishaps().struck(),
                Stream.of(coverage.reached(), sessionCoverage.reached(), snapshotCoverage.reached(),
                        transferCoverage.reached(), readCoverage.reached()).flatMap(Set::stream).map(Enum::name)
                        .collect(Collectors.toCollection(TreeSet::new)),
                watch.digest(), watch.lines());
    }

    private void run(long untilNs) {
        while (!universe.isOver() && universe.timeline.next(untilNs)) {
            checkThatTimePasses();
        }
    }

    private void checkThatTimePasses() {
        if (universe.timeline.count() > THINGS_MAX) {
            watch.violated("no node spins", "the run has not ended after " + THINGS_MAX + " things: " + statuses());
        }
    }

    private void recover() {
        universe.mishaps().end();
        long healthy = healthy();
        universe.nodes().forEach(SimulatedNode::heal);
        universe.network.heal(healthy, Long.MAX_VALUE / 4_000_000);
        universe.restrict(healthy);
        // Connections that are broken already are noticed only now.
        run(universe.timeline.nowNs() + (plan.knob(Knob.NOTICE_MAX_MS) + SETTLE_MS) * 1_000_000);
        // Nobody asks for another leader any more, and what was asked has come to an end.
        while (!universe.isOver() && universe.mishaps().operator().quietNs() > universe.timeline.nowNs()) {
            run(universe.mishaps().operator().quietNs());
        }
        long healedNs = universe.timeline.nowNs();
        long before = commits.count();
        long untilNs = healedNs + ELECTION_TIMEOUTS * ELECTION_TIMEOUT_MS * 1_000_000;
        while (!universe.isOver() && commits.count() == before && universe.timeline.next(untilNs)) {
            checkThatTimePasses();
        }
        if (!universe.isOver() && commits.count() == before) {
            workOffTheBacklog(healthy, before);
        }
        if (universe.isOver()) {
            return;
        }
        recoveryMs = (universe.timeline.nowNs() - healedNs) / 1_000_000;
        // A candidacy from before, durable on a server that is only now heard again, may still depose the leader once.
        long agreedNs = Math.max(untilNs, universe.timeline.nowNs() + ELECTION_TIMEOUT_MS * 1_000_000);
        while (!universe.isOver() && !agree(healthy) && universe.timeline.next(agreedNs)) {
            checkThatTimePasses();
        }
        if (!universe.isOver() && leaderTerm() == 0) {
            watch.violated("liveness (Raft §5.2)", "after the first commit nobody leads: " + statuses());
        }
        staysCalm(healthy);
    }

    /**
     * What slow disks have still to write comes before the first commit of a new term: a leader that has been elected
     * must stay, and they must get on.
     */
    private void workOffTheBacklog(long healthy, long before) {
        universe.endClients();
        if (!getOn(healthy, () -> commits.count() == before ? 1 : 0)) {
            watch.violated("liveness (Raft §5.4.3, §5.6)", "no commit within " + ELECTION_TIMEOUTS
                    + " election timeouts after the faults ended, and none gets on, among the servers in mask "
                    + Long.toBinaryString(healthy) + ": " + statuses());
        }
    }

    /**
     * Goes on until nothing is missing any more, or the run is over; false if none gets on, or the leader changes. What
     * is missing may stay the same while they write what they are sent. That ends: there are no clients any more, and
     * one leader has a log of one length. An election would add an entry to it each time.
     */
    private boolean getOn(long healthy, LongSupplier missing) {
        long term = leaderTerm();
        while (missing.getAsLong() > 0 && !universe.isOver()) {
            long missed = missing.getAsLong();
            long written = written(healthy);
            long stuckNs = universe.timeline.nowNs() + (plan.takesSnapshots() ? PAUSE_MS : CALM_MS) * 1_000_000;
            long still;
            boolean isLed;
            boolean isStill;
            do {
                run(universe.timeline.nowNs() + CALM_MS * 1_000_000);
                still = missing.getAsLong();
                isLed = leaderTerm() > 0 && (term == 0 || leaderTerm() == term);
                isStill = still >= missed && written(healthy) <= written;
            } while (isStill && isLed && !universe.isOver() && universe.timeline.nowNs() < stuckNs);
            if (still > 0 && (!isLed || isStill)) {
                return false;
            }
            term = leaderTerm();
        }
        return true;
    }

    private void staysCalm(long healthy) {
        long term = leaderTerm();
        long calmNs = universe.timeline.nowNs() + CALM_MS * 1_000_000;
        run(calmNs);
        universe.endClients();
        run(calmNs + CALM_MS * 1_000_000);
        if (universe.isOver()) {
            return;
        }
        if (leaderTerm() != term) {
            watch.violated("a working leader stays (thesis §6.2, §9.6)", "the leader of term " + term
                    + " was replaced although nothing was wrong: " + statuses());
        }
        catchUp(healthy);
    }

    /** Everybody well must get everything that is committed; a slow disk takes its time, and must get on. */
    private void catchUp(long healthy) {
        if (!getOn(healthy, () -> missing(healthy))) {
            watch.violated("liveness (Raft §5.3)", "not all have caught up with " + commits.count() + ", and none"
                    + " gets on: " + statuses());
            return;
        }
        endsAlike(healthy);
        if (!answers.left().isEmpty()) {
            watch.violated(answers.property(), "at the end nobody has answered " + answers.left());
        }
        counted(healthy).filter(node -> node.disk().isInDoubt()).forEach(node -> watch.violated("a doubt ends (R18)",
                node.id + " is in doubt and has all that is committed: " + statuses()));
    }

    /** All have applied the same, and nobody is still without its state. */
    private void endsAlike(long healthy) {
        List<SimulatedNode> nodes = counted(healthy).toList();
        for (SimulatedNode node : nodes) {
            if (!node.registers().equals(nodes.getFirst().registers())) {
                watch.violated("all end in the same state", node.id + " has " + node.registers() + ", and "
                        + nodes.getFirst().id + " has " + nodes.getFirst().registers());
            }
        }
    }

    private long missing(long healthy) {
        long count = commits.count();
        return sum(healthy, life -> {
            CoreStatus status = life.status();
            return status == null ? count : count - status.commit() + Math.max(0, status.commit() - life.applied());
        }, count);
    }

    /** What is written of log and snapshot. */
    private long written(long healthy) {
        return sum(healthy, life -> {
            CoreStatus status = life.status();
            return status == null ? 0 : status.durable() + status.incoming().map(CoreStatus.Incoming::offset)
                    .orElse(0L);
        }, 0);
    }

    private long sum(long healthy, ToLongFunction<Life> each, long down) {
        return counted(healthy).map(SimulatedNode::life).mapToLong(life -> life == null ? down : each.applyAsLong(life))
                .sum();
    }

    /** The healthy servers whose data count. */
    private Stream<SimulatedNode> counted(long healthy) {
        return universe.nodes().stream().filter(node -> (healthy >> node.number & 1) == 1 && !node.isWiped());
    }

    /** Who is to be well: all, or a quorum drawn at random; always whoever the cluster cannot do without. */
    private long healthy() {
        long all = (1L << plan.servers()) - 1;
        if (!universe.haveAllFormed() || universe.nodes().stream().anyMatch(this::mayComeIntoDoubt)) {
            return all;
        }
        long mask = chance.nextInt(4) == 0 ? all : 0;
        while (!isQuorum(mask) && mask != all) {
            mask |= 1L << chance.nextInt(plan.servers());
        }
        return mask;
    }

    /** Whoever is not connected with a server whose folder was put back may bring it into doubt once more. */
    private boolean mayComeIntoDoubt(SimulatedNode node) {
        return node.disk().wasPutBack() && universe.nodes().stream()
                .anyMatch(other -> other != node && !universe.network.haveMet(other, node));
    }

    private boolean isQuorum(long mask) {
        return universe.isQuorum(node -> (mask >> node & 1) == 1 && universe.node(node).isSure());
    }

    /** Whether all healthy servers whose data count follow one leader. */
    private boolean agree(long healthy) {
        long term = leaderTerm();
        return term > 0 && counted(healthy).map(SimulatedNode::life).allMatch(life -> life != null
                && life.status() != null && life.status().term() == term && !life.status().leaderId().isNone());
    }

    private long leaderTerm() {
        return universe.nodes().stream().map(SimulatedNode::life).filter(life -> life != null && life.status() != null
                && life.status().role().equals("leader")).mapToLong(life -> life.status().term()).max().orElse(0);
    }

    private String statuses() {
        StringBuilder text = new StringBuilder();
        for (SimulatedNode node : universe.nodes()) {
            Life life = node.life();
            text.append("; ").append(node.id).append(' ').append(life == null ? "down" : life.status());
        }
        return text.substring(2);
    }
}
