package io.driftless.sim;

import io.driftless.log.LogEntry;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.testkit.ClusterEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A simulated cluster that runs from one point to the next and stands still in between, so that a test can look around.
 * The same plan stands still at the same points on every machine. What a {@link Simulation} checks is checked here too.
 * Confined to its caller. The run has a thread of its own, which moves only while the caller waits for it.
 */
public final class SimulatedCluster implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Simulation simulation;
    private final Universe universe;
    private final Semaphore runs = new Semaphore(0);
    private final Semaphore stands = new Semaphore(0);
    private final Thread thread;
    private final SortedMap<String, ClusterEvent.RoleChanged> roles = new TreeMap<>();
    private final List<ClusterEvent.Sending> underWay = new ArrayList<>();
    // Handed over with the semaphores.
    private @Nullable Predicate<? super ClusterEvent> predicate;
    private @Nullable ClusterEvent event;
    private @Nullable Throwable failure;
    private long untilNs;
    private boolean closed;

    private SimulatedCluster(Plan plan, Watch.Eye other) {
        simulation = new Simulation(plan, true, other, (nowNs, happening) -> saw(happening));
        universe = simulation.universe();
        thread = Thread.ofPlatform().daemon(true).name("simulated-cluster").start(this::live);
    }

    /**
     * A cluster that follows this plan, including its faults. It stands before its first moment: nothing has started.
     */
    public static SimulatedCluster of(Plan plan) {
        return new SimulatedCluster(plan, (nowNs, happening) -> { });
    }

    /** The same, and {@code eye} sees everything. */
    static SimulatedCluster of(Plan plan, Watch.Eye eye) {
        return new SimulatedCluster(plan, eye);
    }

    /**
     * Goes on until the first event from now on for which {@code predicate} holds, stands still there, and returns the
     * event.
     *
     * @throws AssertionError if the event does not come within a minute of simulated time, if a promise is broken, or
     *                        if the predicate throws
     */
    public ClusterEvent pauseWhen(Predicate<? super ClusterEvent> newPredicate) {
        goOn(newPredicate, universe.timeline.nowNs() + PATIENCE.toNanos());
        return Optional.ofNullable(event).orElseThrow(() -> new AssertionError("waited " + PATIENCE.toSeconds()
                + " simulated seconds for an event to pause at"));
    }

    /** Goes on for this long in simulated time. */
    public void run(Duration simulated) {
        goOn(anything -> false, universe.timeline.nowNs() + simulated.toNanos());
    }

    private void goOn(Predicate<? super ClusterEvent> newPredicate, long newUntilNs) {
        if (closed || failure != null) {
            throw new IllegalStateException("the simulated cluster has ended");
        }
        predicate = newPredicate;
        event = null;
        untilNs = newUntilNs;
        runs.release();
        stands.acquireUninterruptibly();
        if (failure != null) {
            throw new AssertionError("the simulated run has ended: " + failure.getMessage(), failure);
        }
        simulation.violation().ifPresent(violation -> {
            throw new AssertionError("broken: " + violation.property() + ": " + violation.detail());
        });
    }

    /** What a node says about itself. Empty while it does not run. */
    public Optional<CoreStatus> status(String name) {
        return Optional.ofNullable(node(name).life()).map(Life::status);
    }

    /** The entries in a node's log, synced or not, available even while the node does not run. */
    public List<LogEntry> entries(String name) {
        return node(name).disk().entries();
    }

    /** Index of the last entry that a power failure would leave on a node's disk. */
    public long durableIndex(String name) {
        return node(name).disk().durableIndex();
    }

    /** The messages that were sent and have not been received yet, in the order in which they were sent. */
    public List<ClusterEvent.Sending> underWay() {
        return List.copyOf(underWay);
    }

    /** Simulated time since the beginning. */
    public Duration elapsed() {
        return Duration.ofNanos(universe.timeline.nowNs());
    }

    /** The names of the servers. */
    public List<String> names() {
        return universe.nodes().stream().map(node -> node.id.value()).toList();
    }

    private SimulatedNode node(String name) {
        return universe.nodes().stream().filter(node -> node.id.value().equals(name)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("no node " + name + " among " + names()));
    }

    /** Ends the run. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            runs.release();
            try {
                thread.join();
            } catch (InterruptedException interrupt) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // ---- on the thread of the run

    private void live() {
        try {
            awaitTurn();
            universe.begin();
            while (!closed) {
                if (universe.isOver() || !universe.timeline.next(untilNs)) {
                    stand();
                }
            }
        } catch (Died closing) {
            return;
        } catch (RuntimeException | Error broken) {
            failure = broken;
            stands.release();
        }
    }

    private void stand() {
        stands.release();
        awaitTurn();
    }

    private void awaitTurn() {
        runs.acquireUninterruptibly();
        if (closed) {
            throw Died.DIED;
        }
    }

    private void saw(Happening happening) {
        ClusterEvent seen = eventOf(happening);
        if (seen == null) {
            return;
        }
        if (seen instanceof ClusterEvent.Sending sending) {
            underWay.add(sending);
        }
        if (event == null && predicate != null && isReachedBy(seen)) {
            event = seen;
            stand();
        }
        arrivedOrLost(seen);
    }

    private boolean isReachedBy(ClusterEvent seen) {
        try {
            return Objects.requireNonNull(predicate).test(seen);
        } catch (RuntimeException | Error thrown) {
            // Not into the node, which would take it for an error of its own.
            failure = thrown;
            stand();
            throw Died.DIED;
        }
    }

    private void arrivedOrLost(ClusterEvent seen) {
        if (seen instanceof ClusterEvent.Receiving receiving) {
            List<ClusterEvent.Sending> lane = underWay.stream().filter(each -> each.lane() == receiving.lane()
                    && each.node().equals(receiving.peer()) && each.peer().equals(receiving.node())).toList();
            for (ClusterEvent.Sending sent : lane) {
                // In order on each lane: what was sent before it there is lost.
                underWay.removeIf(each -> each == sent);
                if (sent.message() == receiving.message()) {
                    return;
                }
            }
        } else if (seen instanceof ClusterEvent.Ended ended) {
            underWay.removeIf(each -> each.peer().equals(ended.node()));
        }
    }

    private @Nullable ClusterEvent eventOf(Happening happening) {
        return switch (happening) {
            case Happening.Started h -> new ClusterEvent.Started(HappeningText.name(h.node()), h.boot());
            case Happening.Ended h -> new ClusterEvent.Ended(HappeningText.name(h.node()), h.how());
            case Happening.Sent h -> new ClusterEvent.Sending(HappeningText.name(h.from()), HappeningText.name(h.to()),
                    h.lane(), h.message());
            case Happening.Received h -> new ClusterEvent.Receiving(HappeningText.name(h.to()), HappeningText.name(
                    h.from()), laneOf(h), h.message());
            case Happening.LogSynced h -> new ClusterEvent.LogSynced(HappeningText.name(h.node()), h.lastIndex());
            case Happening.StateWritten h -> new ClusterEvent.HardStateSynced(HappeningText.name(h.node()),
                    h.state().currentTerm(), h.state().votedFor().value());
            case Happening.Looked h -> roleChange(h);
            case Happening.Applied h -> new ClusterEvent.Applied(HappeningText.name(h.node()), h.index(), h.term());
            case Happening.Struck h -> null;
            case Happening.Connected h -> null;
            case Happening.NoticedEnd h -> null;
            case Happening.LogWritten h -> null;
            case Happening.PutBack h -> null;
            case Happening.SnapshotStep h -> null;
            case Happening.LogReset h -> null;
            case Happening.LogCompacted h -> null;
            case Happening.SnapshotRestored h -> null;
            case Happening.Asked h -> null;
            case Happening.Told h -> null;
            case Happening.TableSeen h -> null;
            case Happening.Invoked h -> null;
            case Happening.Rejected h -> null;
            case Happening.Committed h -> null;
            case Happening.GaveUp h -> null;
            case Happening.Reached h -> null;
            case Happening.Answered h -> null;
            case Happening.QueryReached h -> null;
            case Happening.QueryTold h -> null;
            case Happening.ReadTold h -> null;
            case Happening.TransferAsked h -> null;
            case Happening.TransferTold h -> null;
        };
    }

    private Lane laneOf(Happening.Received received) {
        Message message = received.message();
        // The very object: messages that are equal are sent again and again.
        return underWay.stream().filter(each -> each.message() == message).findFirst().orElseThrow().lane();
    }

    private @Nullable ClusterEvent roleChange(Happening.Looked looked) {
        CoreStatus status = looked.status();
        ClusterEvent.RoleChanged now = new ClusterEvent.RoleChanged(HappeningText.name(looked.node()), status.role(),
                status.term(), status.leaderId().value());
        return now.equals(roles.put(now.node(), now)) ? null : now;
    }
}
