package io.driftless.node.driver;

import io.driftless.raft.CoreStatus;
import java.util.function.Consumer;

/**
 * What the clock thread does when it is time: it brings the core its tick, looks whether the state machine hangs and
 * how things stand, and answers the clients whose time is over. Thread: the clock's.
 */
final class Tick implements Runnable {

    private final NodeClock clock;
    private final NodeLoop loop;
    private final HungMachine hungMachine;
    private final Situation situation;
    private final Proposals proposals;
    private final QueryQueue queries;
    private final Consumer<CoreStatus> transfers;
    private final Runnable machine;
    private final Failures failures;

    /**
     * {@code transfers} looks how far snapshots are that are on their way, and {@code machine} whether the machine is
     * to speak of itself again, and whether a view of its state is due for its age.
     */
    Tick(NodeClock clock, NodeLoop loop, HungMachine hungMachine, Situation situation, Proposals proposals,
            QueryQueue queries, Consumer<CoreStatus> transfers, Runnable machine, Failures failures) {
        this.clock = clock;
        this.loop = loop;
        this.hungMachine = hungMachine;
        this.situation = situation;
        this.proposals = proposals;
        this.queries = queries;
        this.transfers = transfers;
        this.machine = machine;
        this.failures = failures;
    }

    @Override
    public void run() {
        // Without its clock a node would go on without elections and deadlines: what is thrown ends it.
        failures.guard("driver", () -> {
            // First: behind the tick it is said when this is to be looked at again.
            hungMachine.look();
            loop.tick();
            if (situation.takeLook(clock.nowNs())) {
                loop.bring(new Input.Ask(core -> {
                    situation.look(core, clock.nowNs());
                    transfers.accept(core);
                }), Leisure.NONE);
            }
            Replies replies = new Replies();
            proposals.expire(clock.nowNs(), replies);
            loop.reads().expire(clock.nowNs(), replies);
            queries.expire(clock.nowNs(), replies);
            replies.flush();
            machine.run();
        });
    }
}
