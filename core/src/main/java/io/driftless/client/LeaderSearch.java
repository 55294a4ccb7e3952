package io.driftless.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where to look for the leader next, and when. It goes where a node said that the leader is, and otherwise from one
 * configured address to the next. Each step that leads nowhere makes the next one wait longer, up to
 * {@link #BACKOFF_MAX_NS}. It has no clock: the time is an argument everywhere, and never falls. Not thread safe.
 */
final class LeaderSearch {

    static final long BACKOFF_MIN_NS = TimeUnit.MILLISECONDS.toNanos(10);
    static final long BACKOFF_MAX_NS = TimeUnit.MILLISECONDS.toNanos(100);
    /** How long one step may take before the next one begins beside it. */
    static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(200);

    /** What to do now. */
    sealed interface Step {

        /** Nothing, until something changes or this long has passed. */
        record Sleep(long forNs) implements Step { }

        /** Connect to an address. */
        record Connect(String address) implements Step { }

        /** Send one call or question there, to find out; {@link LeaderSearch#tries} if there is one. */
        record Try(Link link) implements Step { }

        /** Take it for the leader, as another node named it, or ask it: then {@link LeaderSearch#tries}. */
        record Follow(Link link) implements Step { }
    }

    private final List<String> addresses;
    private final LongUnaryOperator jitter;
    /** Connections that were just made and not tried yet. */
    private final Deque<Link> fresh = new ArrayDeque<>();
    /** Where the leader is said to be; empty if nobody said. */
    private String hint = "";
    /** Index in {@link #addresses} of the next one to try. */
    private int next;
    /** The connection that was chosen last and has not answered yet. */
    private @Nullable Link trying;
    /** Steps that led nowhere since a command was last executed. */
    private int failedSteps;
    /** No step is taken before this. */
    private long backoffUntilNs;
    /** No further address is tried before this, unless the last one turns out to lead nowhere. */
    private long patienceUntilNs;

    /**
     * Among the members at these addresses.
     *
     * @param jitter a number from 0 up to the given one, exclusive, to take off a pause
     */
    LeaderSearch(List<String> addresses, LongUnaryOperator jitter) {
        this.addresses = addresses;
        this.jitter = jitter;
    }

    /** Begins. */
    void start(long nowNs) {
        backoffUntilNs = nowNs;
        patienceUntilNs = nowNs;
    }

    /** What to do now, while no leader is known; {@code links} are the connections that stand or are being made. */
    Step next(long nowNs, Map<String, Link> links) {
        if (nowNs - backoffUntilNs < 0) {
            return new Step.Sleep(backoffUntilNs - nowNs);
        }
        Link named = hint.isEmpty() ? null : links.get(hint);
        if (named != null && named.isOpen()) {
            hint = "";
            fresh.remove(named);
            trying = named;
            return new Step.Follow(named);
        }
        Link untried = fresh.poll();
        if (untried != null) {
            return new Step.Try(untried);
        }
        if (nowNs - patienceUntilNs < 0) {
            return new Step.Sleep(patienceUntilNs - nowNs);
        }
        patienceUntilNs = nowNs + STEP_NS;
        return hint.isEmpty() || named != null ? nextAddress(links) : new Step.Connect(hint);
    }

    private Step nextAddress(Map<String, Link> links) {
        for (int i = 0; i < addresses.size(); i++) {
            String address = addresses.get(next);
            next = (next + 1) % addresses.size();
            Link link = links.get(address);
            if (link == null) {
                return new Step.Connect(address);
            }
            if (link.isOpen()) {
                return new Step.Try(link);
            }
        }
        return new Step.Sleep(STEP_NS);
    }

    /** A call or question is sent there, to find out. */
    void tries(Link link, long nowNs) {
        trying = link;
        patienceUntilNs = nowNs + STEP_NS;
    }

    /** A connection was made, by whomever. */
    void connected(Link link) {
        if (isOwn(link.address())) {
            fresh.add(link);
        }
    }

    /** An address could not be connected to, by whomever. */
    void failed(String address, long nowNs) {
        if (!isOwn(address)) {
            return;
        }
        if (address.equals(hint)) {
            hint = "";
        }
        stepFailed(nowNs);
    }

    /** Another search may go elsewhere, with the same connections. */
    private boolean isOwn(String address) {
        return addresses.contains(address) || address.equals(hint);
    }

    /** A node said that the leader is at this address. */
    void named(String address) {
        hint = address;
    }

    /** A connection is to be tried once more, but not before {@code delayNs} have passed. */
    void again(Link link, long nowNs, long delayNs) {
        hint = link.address();
        trying = null;
        patienceUntilNs = nowNs;
        backoffUntilNs = nowNs + delayNs;
    }

    /** The leader answered as one. */
    void found() {
        failedSteps = 0;
        trying = null;
    }

    /** The leader is none any more: the search begins at once. */
    void lostLeader(long nowNs) {
        patienceUntilNs = nowNs;
    }

    /** A connection is not to be tried any more: it led nowhere, or is gone. */
    void ledNowhere(Link link, long nowNs) {
        fresh.remove(link);
        if (trying == link) {
            trying = null;
            stepFailed(nowNs);
        }
    }

    /** The search goes on behind this address. */
    void goOnBehind(String address) {
        int index = addresses.indexOf(address);
        if (index >= 0) {
            next = (index + 1) % addresses.size();
        }
    }

    private void stepFailed(long nowNs) {
        failedSteps++;
        // Everybody once, and one whom they named, without waiting.
        int waits = failedSteps - addresses.size() - 1;
        long delay = waits <= 0 ? 0 : Math.min(BACKOFF_MAX_NS, BACKOFF_MIN_NS << Math.min(waits - 1, 10));
        patienceUntilNs = nowNs;
        backoffUntilNs = nowNs + (delay == 0 ? 0 : delay - jitter.applyAsLong(delay / 4));
    }
}
