package io.driftless.node.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Brings clients' commands to the core: what has to become an entry is proposed, the rest is answered. While leadership
 * is handed over all of them wait, without an index (R26). Confined to the owner of the core, but for
 * {@link #takeWaiting}.
 */
final class Proposer {

    /** Commands beyond this weight are another write: the disk shows that it moves after each of them (R11). */
    private static final long PROPOSAL_BYTES = 256 << 10;

    /** The owner of the core, as far as this is about commands. */
    interface Owner {

        /** Proposes them; the core rejects them if it does not lead. */
        void propose(CommandBatch commands);

        /** Carries out what that has come to. */
        void carryOut(Round round);

        /** Says that this server does not lead. */
        void rejectElsewhere(Pending command, Round round);
    }

    private final SessionDoor sessions;
    private final LogClock logClock;
    private final Owner owner;
    private final Queue<Input.Commands> waiting = new ConcurrentLinkedQueue<>();
    private boolean isHeld;

    Proposer(SessionDoor sessions, LogClock logClock, Owner owner) {
        this.sessions = sessions;
        this.logClock = logClock;
        this.owner = owner;
    }

    /** Whether commands wait from now on. Those that waited are in {@link #released}. */
    void hold(boolean held) {
        isHeld = held;
    }

    boolean isHeld() {
        return isHeld;
    }

    /** Keeps commands until they need not wait any more. */
    void keep(Input.Commands commands) {
        waiting.add(commands);
    }

    /** Gives away what waits. From any thread. */
    void takeWaiting(Consumer<Input.Commands> taker) {
        for (Input.Commands next = waiting.poll(); next != null; next = waiting.poll()) {
            taker.accept(next);
        }
    }

    /** Those that waited and need not any more, in order. */
    List<Pending> released() {
        if (isHeld || waiting.isEmpty()) {
            return List.of();
        }
        List<Pending> all = new ArrayList<>();
        takeWaiting(commands -> all.addAll(commands.batch().list()));
        return all;
    }

    /** Proposes what has to become an entry; what needs none is answered. Only on a leader. */
    void judged(List<Pending> batch, Round round) {
        List<Pending> accepted = new ArrayList<>(batch.size());
        for (Pending pending : batch) {
            SessionDoor.Verdict verdict = sessions.judge(pending, round.replies);
            if (verdict == SessionDoor.Verdict.WAIT) {
                all(accepted);
                owner.carryOut(round);
                accepted = new ArrayList<>();
                verdict = sessions.judge(pending, round.replies);
            }
            if (verdict == SessionDoor.Verdict.PROPOSE) {
                accepted.add(pending);
            }
        }
        all(accepted);
    }

    /** On a server that does not lead the core rejects them; whether a session is there is no question for it. */
    void elsewhere(List<Pending> batch, Round round) {
        List<Pending> forCore = new ArrayList<>(batch.size());
        for (Pending pending : batch) {
            if (pending.want() == Pending.Want.NAMING) {
                owner.rejectElsewhere(pending, round);
            } else {
                forCore.add(pending);
            }
        }
        all(forCore);
    }

    /** Renews the sessions for which it is time. Only on a leader. */
    void renewSessions(long nowNs) {
        Pending renewal = isHeld ? null : sessions.renewal(nowNs, logClock.lastMs());
        if (renewal != null) {
            all(List.of(renewal));
        }
    }

    private void all(List<Pending> commands) {
        if (!commands.isEmpty()) {
            for (CommandBatch part : new CommandBatch(commands).parts(PROPOSAL_BYTES)) {
                owner.propose(part);
            }
        }
    }
}
