package io.driftless.node.driver;

import io.driftless.node.NodeListener;
import io.driftless.node.NodeStatus;
import io.driftless.node.driver.Outlook.Condition;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Effect;
import io.driftless.raft.ServerId;
import io.driftless.transport.Unreachable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a node tells in words of how things stand with it: whom it waits for, that there is no quorum and who is
 * missing, its role, and who is back. What goes on is told with growing pauses. Thread safe, without a lock: changes
 * of role are the core's owner's alone, and who looks does so after the core was let go, one at a time ({@link
 * #takeLook}). The owner waits for nobody who looks.
 */
final class Situation {

    private static final long LOOK_EVERY_NS = 1_000_000_000L;

    private final ServerId self;
    private final SortedMap<ServerId, String> members;
    private final Supplier<? extends Map<ServerId, Unreachable>> unreachable;
    private final long patienceNs;
    private final NodeListener listener;
    private final Contacts contacts;
    /** The core's owner's. */
    private final RoleLines roleLines;
    /** From here on, of whoever looks. */
    private final Map<Condition, GrowingPause> pauses = new EnumMap<>(Condition.class);
    private Condition last = Condition.WELL;
    private String lastCause = "";
    private volatile String standing = "";
    private volatile boolean nothingIsTheMatter;
    private volatile long lookDueNs;
    private final AtomicBoolean looking = new AtomicBoolean();

    /**
     * At the start of a node.
     *
     * @param unreachable what its transport knows of members that it does not reach
     * @param patienceNs  how long an answer, or an election, may take
     * @param listener    is told
     */
    Situation(ServerId self, SortedMap<ServerId, String> members,
            Supplier<? extends Map<ServerId, Unreachable>> unreachable, long patienceNs, long nowNs,
            NodeListener listener) {
        this.self = self;
        this.members = members;
        this.unreachable = unreachable;
        this.patienceNs = patienceNs;
        this.listener = listener;
        this.contacts = new Contacts(members.keySet(), nowNs);
        this.roleLines = new RoleLines(self);
        this.lookDueNs = nowNs + LOOK_EVERY_NS;
    }

    /** A connection stands. */
    void connected(ServerId peer, long nowNs) {
        contacts.connected(peer, nowNs).ifPresent(listener::info);
    }

    /** A connection is gone. */
    void disconnected(ServerId peer, long nowNs) {
        contacts.disconnected(peer, nowNs);
    }

    /** Messages came. */
    void heard(ServerId peer, long nowNs) {
        contacts.heard(peer, nowNs);
    }

    /** The role, the term or the known leader has changed. Called by the core's owner. */
    void roleChanged(Effect.RoleChanged change, long nowNs) {
        if (!change.leaderId().isNone()) {
            standing = "";
        }
        roleLines.of(change, nowNs).ifPresent(listener::info);
    }

    /**
     * Whether {@link #look} is to be called soon; then not again before it was. When the next one is due is settled
     * here already: whoever takes a look may be held up, and the clock is set before.
     */
    boolean takeLook(long nowNs) {
        if (nowNs < lookDueNs) {
            return false;
        }
        lookDueNs = nowNs + LOOK_EVERY_NS;
        return looking.compareAndSet(false, true);
    }

    /** When to wake for that, if nothing else wakes the clock. */
    long wakeNs() {
        return nothingIsTheMatter ? Long.MAX_VALUE : lookDueNs;
    }

    /** Looks how things stand, and tells what is to be told. Called by who was told to by {@link #takeLook}. */
    void look(CoreStatus core, long nowNs) {
        try {
            see(core, nowNs);
        } finally {
            looking.set(false);
        }
    }

    /** What was the matter at the last look, in words; empty if nothing was. */
    String standing() {
        return standing;
    }

    private void see(CoreStatus core, long nowNs) {
        Outlook outlook = outlook(core, nowNs);
        standing = outlook.text();
        if (outlook.condition() != last) {
            GrowingPause ended = pauses.computeIfAbsent(last, condition -> new GrowingPause());
            if (ended.wasTold() && outlook.condition() == Condition.WELL && !core.leaderId().isNone()
                    && last != Condition.FORMING) {
                listener.info("there is a leader again: " + core.leaderId());
            }
            ended.over();
            last = outlook.condition();
        } else if (!outlook.cause().equals(lastCause)) {
            pauses.computeIfAbsent(last, condition -> new GrowingPause()).changed();
        }
        lastCause = outlook.cause();
        if (last != Condition.WELL
                && pauses.computeIfAbsent(last, condition -> new GrowingPause()).isDue(nowNs)) {
            tell(outlook);
        }
        nothingIsTheMatter = last == Condition.WELL && (core.neighbours().formed() || core.blocked().equals("failed"));
    }

    private void tell(Outlook outlook) {
        switch (outlook.condition()) {
            case FORMING -> listener.info(outlook.text());
            case STRANGER, NO_QUORUM, NO_LEADER -> listener.warning(outlook.text());
            case WELL -> { }
        }
    }

    /** Adds to a status how things stand; returns what is the matter, in words. */
    String describe(CoreStatus core, long nowNs, NodeStatus.Builder status) {
        Outlook outlook = outlook(core, nowNs);
        status.leaderless(core.leaderId().isNone()
                ? Optional.of(Duration.ofNanos(Math.max(0, nowNs - core.neighbours().leaderSinceNs())))
                : Optional.empty());
        List<NodeStatus.Member> others = new ArrayList<>();
        members.forEach((id, address) -> {
            if (!id.equals(self)) {
                others.add(new NodeStatus.Member(id.value(), address, core.neighbours().connected().contains(id),
                        outlook.problems().getOrDefault(id, ""), !core.neighbours().notCounted().contains(id)));
            }
        });
        status.members(others);
        return Stream.of(core.blocked(), outlook.text()).filter(words -> !words.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private Outlook outlook(CoreStatus core, long nowNs) {
        return new Outlook.Sight(self, members, core, unreachable.get(), contacts::heardNs, nowNs, patienceNs)
                .outlook();
    }
}
