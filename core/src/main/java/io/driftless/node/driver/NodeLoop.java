package io.driftless.node.driver;

import io.driftless.concurrent.Turn;
import io.driftless.log.Bytes;
import io.driftless.log.Entries;
import io.driftless.log.LogEntry;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Effect;
import io.driftless.raft.Effects;
import io.driftless.raft.Event;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.RaftCore;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientReply;
import io.driftless.transport.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Drives the core, without a thread of its own: whoever brings something runs it, one at a time, and works off what
 * others brought meanwhile. While it owns the core it turns effects into queued work: entries get their bytes here, so
 * that a message never reads the log later. The work is done after the core was let go.
 */
final class NodeLoop {

    /** Inputs between two looks at whether more have come, and in all before the rest is handed over. */
    private static final int INPUTS_A_LOOK = 64;
    private static final int INPUTS_MAX = 512;
    private static final Outcome.Rejected ENDED = new Outcome.Rejected(Outcome.Reason.CLOSED, "the node has ended",
            Duration.ZERO);

    /**
     * What the loop tells its surroundings while it owns the core: they only take note. What an embedder or a log would
     * do with it is done on another thread ({@link Notices}).
     */
    interface Observer {

        void roleChanged(Effect.RoleChanged change);

        void report(String detail);

        /** The server has come into doubt, and everybody must hear of it in a new greeting (R18). */
        void doubted(String detail);

        /** The server is not in doubt any more (R18). */
        void doubtEnded(String detail);

        /** An answer to who asked how the core is has thrown; the node goes on. The core is not owned. */
        void notAnswered(Throwable thrown);

        /** The core fell silent. */
        void failed(Effect.Fail failure);

        /** The next tick is due at this time; called whenever the core is let go. */
        void tickDueAt(long deadlineNs);

        /** The rest of the work is left to a thread that has time: it must {@link #work}. */
        void handOver();
    }

    /**
     * What the loop works with.
     *
     * @param clock     nanoseconds, from 0 on, never falling
     * @param lanes     where messages go
     * @param disk      where writes go
     * @param apply     where committed entries go
     * @param cache     the newest entries
     * @param proposals the clients that wait
     * @param sessions  what it thinks of requests about sessions
     * @param logClock  the stamps of entries
     * @param snapshots takes snapshots, and takes in those that a leader sends
     * @param addresses where members are, for clients that ask the wrong one
     * @param encode    how the configuration of index 0 is written
     * @param queries   where queries go that may be answered
     * @param failures  the one path of what cannot go on
     * @param standing  what keeps the cluster from working as this server saw it last, in words; empty if nothing does
     * @param observer  is told
     */
    record Parts(LongSupplier clock, Map<ServerId, Map<Lane, SendLane>> lanes, DiskQueue disk, ApplyQueue apply,
            EntryCache cache, Proposals proposals, SessionDoor sessions, LogClock logClock,
            SnapshotWork snapshots, Map<ServerId, String> addresses, Function<ClusterConfiguration, Bytes> encode,
            QueryQueue queries, Failures failures, Supplier<String> standing, Observer observer) { }

    private final Parts parts;
    private final RaftCore core;
    private final Effects effects;
    private final Queue<Input> queue = new ConcurrentLinkedQueue<>();
    private final Turn turn = new Turn();
    private final Appending appending;
    private final Handovers handovers = new Handovers();
    private final Reads reads;
    private final Proposer proposer;
    /** Whether a tick waits in the queue; a second one would tell the core nothing. */
    private final AtomicBoolean tickWaits = new AtomicBoolean();
    private volatile boolean leads;
    private volatile ServerId leader = ServerId.NONE;
    /** Set when a step has thrown, or the node closes: nothing is stepped any more. */
    private volatile boolean ended;
    /** Set when the node closes: there may be nobody who empties the queue. */
    private volatile boolean closed;
    /** What was taken from the queue behind commands, and comes next. Confined to the owner. */
    private @Nullable Input putBack;
    /** When the input being worked on was taken. */
    private long nowNs;
    /** How many it is, with those that were taken together with it. */
    private int taken;

    NodeLoop(Parts parts, RaftCore core, Effects effects) {
        this.parts = parts;
        this.core = core;
        this.effects = effects;
        this.appending = new Appending(parts);
        this.reads = new Reads(parts.queries());
        this.proposer = new Proposer(parts.sessions(), parts.logClock(), new Proposing());
    }

    /** Carries out the effects of the core's start. */
    void start() {
        bring(Input.Start.START, Leisure.APPLY);
    }

    /** Announces inputs and, if nobody else has the core, works. */
    void bring(List<? extends Input> inputs, Leisure leisure) {
        if (announce(inputs)) {
            work(leisure);
        }
    }

    /** Brings one input; see {@link #bring(List, Leisure)}. */
    void bring(Input input, Leisure leisure) {
        bring(List.of(input), leisure);
    }

    /**
     * Brings a tick, unless one waits already: at most one does, however long the core is owned by somebody else. Who
     * takes it says when the next one is due.
     */
    void tick() {
        if (tickWaits.compareAndSet(false, true)) {
            bring(Input.Tick.TICK, Leisure.NONE);
        }
    }

    /** Brings an input from a thread that must never own the core. */
    void bringAndHandOver(Input input) {
        if (announce(List.of(input))) {
            parts.observer().handOver();
        }
    }

    /** Announces inputs; true: the caller must {@link #work}, or hand over. */
    boolean announce(List<? extends Input> inputs) {
        boolean hasTurn = false;
        for (Input input : inputs) {
            queue.add(input);
            hasTurn |= turn.announce();
        }
        if (closed) {
            // Behind the last owner nobody looks into the queue but who puts something there.
            Replies replies = new Replies();
            rejectWaiting(replies);
            replies.flush();
        }
        return hasTurn;
    }

    private void rejectWaiting(Replies replies) {
        for (Input input = queue.poll(); input != null; input = queue.poll()) {
            if (input instanceof Input.Commands commands) {
                reject(commands.batch().list(), ENDED, "", replies);
            } else if (input instanceof Input.Transfer request) {
                request.asker().accept(Handovers.ENDED);
            } else if (input instanceof Input.Read read) {
                fail(read, replies);
            }
        }
        proposer.takeWaiting(commands -> reject(commands.batch().list(), ENDED, "", replies));
        handovers.ending();
        reads.ending(replies);
    }

    private static void fail(Input.Read read, Replies replies) {
        read.queries().forEach(query -> query.fail(QueryOutcome.Reason.CLOSED, ENDED.detail(), "", replies));
    }

    boolean leads() {
        return leads;
    }

    /** Queries that the core is asked about. */
    Reads reads() {
        return reads;
    }

    boolean knowsALeader() {
        return !leader.isNone();
    }

    /** From now on nothing is stepped; commands are rejected, those that wait by the caller, who sends the replies. */
    void end(Replies replies) {
        ended = true;
        closed = true;
        rejectWaiting(replies);
    }

    /** Works until nothing is waiting, or for long enough. Only for who has the turn. */
    void work(Leisure leisure) {
        try {
            Round round = new Round();
            if (workedOff(round)) {
                // First of all: what follows may take time, and the core must not be owned meanwhile.
                parts.observer().handOver();
            }
            round.carryOut(parts.disk(), parts.apply(), leads, leisure);
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable broken) {
            broken("driver", broken);
        }
    }

    /** Steps the core; true: there is more, and the turn has to be handed on. */
    private boolean workedOff(Round round) {
        int total = 0;
        int done;
        boolean more;
        do {
            done = 0;
            for (Input input = next(); input != null; input = done < INPUTS_A_LOOK ? next() : null) {
                done += step(input, round);
            }
            total += done;
            parts.observer().tickDueAt(ended ? Long.MAX_VALUE : core.nextDeadlineNs());
            more = turn.done(done);
            // What is announced and not there has been taken by whoever ended the loop.
        } while (more && done > 0 && total < INPUTS_MAX);
        return more && done > 0;
    }

    private @Nullable Input next() {
        Input first = putBack;
        if (first == null) {
            return queue.poll();
        }
        putBack = null;
        return first;
    }

    /** Takes one input, and with commands those that directly follow; returns how many. */
    private int step(Input input, Round round) {
        nowNs = parts.clock().getAsLong();
        taken = 1;
        if (leads) {
            parts.logClock().look(nowNs);
        }
        try {
            switch (input) {
                case Input.ForCore forCore -> {
                    if (!ended) {
                        core.step(nowNs, forCore.event());
                    }
                }
                case Input.Connected connected -> {
                    if (!ended) {
                        connected(connected.peer());
                    }
                }
                case Input.Tick tick -> {
                    // Before the step, so that what falls due from now on is not missed.
                    tickWaits.set(false);
                    if (!ended) {
                        core.step(nowNs, new Event.Tick());
                        if (leads) {
                            proposer.renewSessions(nowNs);
                        }
                    }
                }
                case Input.Start start -> {
                    // The effects are there since the core was made.
                }
                case Input.Commands commands -> propose(commands, round);
                case Input.Read read -> read(read, round);
                case Input.Transfer request -> transfer(request, round);
                case Input.Ask ask -> {
                    CoreStatus now = core.status();
                    answer(() -> ask.answer().accept(now), round);
                }
            }
            carryAll(round);
            List<Pending> released = proposer.released();
            if (!released.isEmpty()) {
                propose(released, round);
                carryAll(round);
            }
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable broken) {
            broken("core", broken);
            // What a broken step decided is not carried out by the next input.
            effects.take();
        }
        return taken;
    }

    /** What only wants to know must not keep from its peers, nor from the disk, what was decided. */
    private void answer(Runnable answer, Round round) {
        round.answer(() -> {
            try {
                answer.run();
            } catch (Engine.Ended simulated) {
                throw simulated;
            } catch (Throwable thrown) {
                parts.observer().notAnswered(thrown);
            }
        });
    }

    /**
     * Nothing is stepped any more. Whatever is thrown is caught: whoever works here must give the turn back, or nobody
     * ever works.
     */
    private void broken(String source, Throwable broken) {
        ended = true;
        leads = false;
        parts.failures().threw(source, broken);
    }

    private void transfer(Input.Transfer request, Round round) {
        if (ended) {
            answer(() -> request.asker().accept(Handovers.ENDED), round);
        } else {
            core.step(nowNs, handovers.begun(request));
            if (closed) {
                // Whoever closed may have looked before the request was there.
                answer(handovers::ending, round);
            }
        }
    }

    private void read(Input.Read read, Round round) {
        if (ended) {
            fail(read, round.replies);
        } else {
            core.step(nowNs, reads.begun(read.queries(), nowNs));
            if (closed) {
                // Whoever closed may have looked before the read was there.
                reads.ending(round.replies);
            }
        }
    }

    private void connected(Peer peer) {
        for (SendLane lane : parts.lanes().getOrDefault(peer.id(), Map.of()).values()) {
            lane.meantFor(peer.connection());
        }
        core.step(nowNs, new Event.PeerConnected(peer.introduction()));
    }

    private void propose(Input.Commands commands, Round round) {
        if (proposer.isHeld() && !ended) {
            proposer.keep(commands);
            if (closed) {
                // Whoever closed may have looked before they were there.
                rejectWaiting(round.replies);
            }
            return;
        }
        List<Pending> batch = commands.batch().list();
        Input following = queue.poll();
        for (; following instanceof Input.Commands next; following = queue.poll()) {
            if (taken == 1) {
                batch = new ArrayList<>(batch);
            }
            batch.addAll(next.batch().list());
            taken++;
        }
        putBack = following;
        propose(batch, round);
    }

    private void propose(List<Pending> batch, Round round) {
        if (ended) {
            reject(batch, ENDED, "", round.replies);
        } else if (leads) {
            proposer.judged(batch, round);
        } else {
            proposer.elsewhere(batch, round);
        }
    }

    private final class Proposing implements Proposer.Owner {
        @Override
        public void propose(CommandBatch commands) {
            core.step(nowNs, new Event.Propose(commands));
        }

        @Override
        public void carryOut(Round round) {
            carryAll(round);
        }

        @Override
        public void rejectElsewhere(Pending command, Round round) {
            ClientReply.CommandAnswered elsewhere = notLeading(command.id());
            reject(List.of(command), elsewhere.outcome(), elsewhere.leaderAddress(), round.replies);
        }
    }

    private void carryAll(Round round) {
        for (Effect effect : effects.take()) {
            carry(effect, round);
        }
        parts.sessions().proposed();
    }

    private void carry(Effect effect, Round round) {
        switch (effect) {
            case Effect.Send send -> send(send, round);
            case Effect.Append append -> appending.append(append, round, nowNs);
            case Effect.PersistHardState persist -> round.disk(parts.disk().persist(persist.writeId(),
                    persist.state()));
            case Effect.PersistFormation persist -> round.disk(parts.disk().form(parts.encode()
                    .apply(persist.formation())));
            case Effect.NoteDoubt doubt -> {
                parts.observer().doubted(doubt.detail());
                round.disk(parts.disk().doubt(doubt.writeId(), doubt.bootSeen()));
            }
            case Effect.SettleDoubt settle -> {
                parts.observer().doubtEnded(settle.detail());
                round.disk(parts.disk().endDoubt());
            }
            case Effect.ResetLog reset -> {
                parts.logClock().follows(parts.snapshots().intake.clockMs());
                round.disk(parts.disk().reset(reset.writeId(), reset.index(), reset.term()));
            }
            // A snapshot that was received need not have been restored: what waits to be applied stays in the log.
            case Effect.CompactLog compact -> round.disk(parts.disk().compact(Math.min(compact.upToIndex(),
                    parts.apply().applied())));
            case Effect.RestoreMachine restore -> {
                parts.logClock().follows(Math.max(parts.logClock().lastMs(), parts.snapshots().intake.clockMs()));
                round.apply(parts.apply().restore(restore.snapshot()));
            }
            case Effect.BeginSnapshot begin -> parts.snapshots().intake.begin(begin);
            case Effect.WriteChunk chunk -> parts.snapshots().intake.write(chunk);
            case Effect.DropSnapshot drop -> parts.snapshots().intake.drop();
            case Effect.CommittedInEra committed -> parts.snapshots().taker.committedIn(committed.era());
            case Effect.DiscardSnapshot discard -> parts.snapshots().intake.discard(discard.snapshot());
            case Effect.TakeSnapshot take -> {
                parts.snapshots().taker.want();
                round.apply(parts.apply().look());
            }
            case Effect.HoldSnapshot hold -> parts.snapshots().hold(hold.isHeld());
            case Effect.Apply apply -> round.apply(parts.apply().upTo(apply.upToIndex()));
            case Effect.RoleChanged change -> roleChanged(change, round);
            case Effect.ProposalsRejected rejected -> rejected(rejected, round);
            case Effect.ProposalsUnknown unknown -> parts.proposals().unknownFrom(unknown.fromIndex(), round.replies);
            case Effect.ReadConfirmed read -> {
                reads.confirmed(read, round.replies);
                round.apply(parts.apply().look());
            }
            case Effect.ReadRefused read -> reads.refused(read, whyNot(read.leaderId()), addressOf(read.leaderId()),
                    round.replies);
            case Effect.HoldProposals hold -> proposer.hold(hold.isHeld());
            case Effect.TransferEnded end -> answer(handovers.ended(end), round);
            case Effect.Report report -> parts.observer().report(report.detail());
            case Effect.Fail failure -> {
                leads = false;
                parts.observer().failed(failure);
            }
        }
    }

    private void roleChanged(Effect.RoleChanged change, Round round) {
        boolean led = leads;
        leads = change.role().equals("leader");
        leader = change.leaderId();
        parts.sessions().leadershipChanged();
        if (leads) {
            parts.logClock().leads(nowNs);
        } else if (led) {
            parts.proposals().leadershipLost(round.replies);
        }
        parts.observer().roleChanged(change);
    }

    /** {@code host:port} of another member that leads, as far as is known; otherwise empty. From any thread. */
    String leaderAddress() {
        return leads ? "" : addressOf(leader);
    }

    /** What a command is answered here while this server does not lead. From any thread. */
    ClientReply.CommandAnswered notLeading(long id) {
        return notLeading(id, leader);
    }

    private ClientReply.CommandAnswered notLeading(long id, ServerId leaderId) {
        return new ClientReply.CommandAnswered(id, new Outcome.Rejected(Outcome.Reason.NOT_LEADER, whyNot(leaderId),
                Duration.ZERO), addressOf(leaderId));
    }

    /** Why nothing is done here that only a leader can do, if that is the leader. */
    private String whyNot(ServerId leaderId) {
        String standing = parts.standing().get();
        return !addressOf(leaderId).isEmpty() ? "the leader is " + leaderId : standing.isEmpty() ? "no leader is known"
                : standing;
    }

    private String addressOf(ServerId leaderId) {
        return parts.addresses().getOrDefault(leaderId, "");
    }

    private void rejected(Effect.ProposalsRejected rejected, Round round) {
        ClientReply.CommandAnswered any = notLeading(0, rejected.leaderId());
        reject(((CommandBatch) rejected.commands()).list(), any.outcome(), any.leaderAddress(), round.replies);
    }

    private void reject(List<Pending> commands, Outcome outcome, String leaderAddress, Replies replies) {
        for (Pending command : commands) {
            parts.proposals().dismiss(command.payload());
            replies.add(command.connection(), new ClientReply.CommandAnswered(command.id(), outcome, leaderAddress));
        }
    }

    private void send(Effect.Send send, Round round) {
        Message message = send.message();
        if (message instanceof Message.AppendEntries append && !append.entries().isEmpty()) {
            List<LogEntry> entries = parts.cache().entries(append.entries());
            // What is not in memory any more is read from the log, once it is written there: that may take time.
            message = entries.isEmpty() ? append : append.with(new Entries(entries));
        }
        Map<Lane, SendLane> lanes = parts.lanes().get(send.to());
        SendLane lane = lanes == null ? null : lanes.get(send.lane());
        if (lane != null && lane.announce(message)) {
            round.lane(lane);
        }
    }
}
