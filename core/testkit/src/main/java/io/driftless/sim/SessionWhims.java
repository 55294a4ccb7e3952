package io.driftless.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What a {@link SessionClient} does that is seldom, and must be borne. */
final class SessionWhims {

    private static final int REMEMBERED = 6;
    private static final long LATE_MAX_MS = 2_500;

    private final SessionClient client;
    private final Universe universe;
    private final SplittableRandom chance;
    /** Commands that were answered or given up, of which a copy may still come. */
    private final List<SessionCall> settled = new ArrayList<>();

    SessionWhims(SessionClient client, Universe universe, SplittableRandom chance) {
        this.client = client;
        this.universe = universe;
        this.chance = chance;
    }

    private boolean isOneOf(int many) {
        return chance.nextInt(many) == 0;
    }

    /** The client has thought. */
    void thought() {
        long timeoutMs = universe.plan.knob(Knob.SESSION_TIMEOUT_MS);
        switch (chance.nextInt(120)) {
            case 0 -> client.idles(chance.nextLong(timeoutMs, 2 * timeoutMs));
            case 1 -> client.leaves(chance.nextLong(timeoutMs, 2 * timeoutMs));
            case 2, 3 -> client.crashes();
            case 4, 5, 6, 7 -> client.closes();
            case 8, 9, 10 -> client.losesInterest();
            case 11, 12, 13, 14 -> client.regrets();
            default -> {
                if (!settled.isEmpty() && isOneOf(8)) {
                    client.sendAside(settled.get(chance.nextInt(settled.size())), true, isOneOf(2) ? 0 : lateNs());
                }
            }
        }
    }

    /** So long it waits for an answer before it turns elsewhere. */
    long patienceMs() {
        return chance.nextLong(50, 700);
    }

    boolean repeatsOpening() {
        return isOneOf(6);
    }

    boolean opensElsewhereToo() {
        return isOneOf(6);
    }

    boolean sendsTwice() {
        return isOneOf(12);
    }

    boolean sendsAside() {
        return isOneOf(10);
    }

    /** How late what is sent on another connection is read there. */
    long lateNs() {
        return isOneOf(2) ? 0 : 1_000_000 * chance.nextLong(1, LATE_MAX_MS);
    }

    /** A command was answered, or given up though it may be executed. */
    void settled(SessionCall call) {
        if (settled.size() == REMEMBERED) {
            settled.removeFirst();
        }
        settled.add(call);
    }

    /** There is another session. */
    void forgets() {
        settled.clear();
    }
}
