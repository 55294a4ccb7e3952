package io.driftless.sim;

import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A connection of a {@link SessionClient} to one process: what is sent arrives in order and together, or the connection
 * is lost. The process notices late that a client has gone.
 */
final class SessionLine implements ClientConnection {

    /** Whoever has sent something on it. */
    interface Client {

        /** An answer has come. */
        void told(SessionLine line, Inquiry inquiry, ClientReply reply);

        /** Nothing comes any more. */
        void lost(SessionLine line);
    }

    private final Universe universe;
    private final Life life;
    private final Client client;
    private final String description;
    private final SplittableRandom chance;
    /** Under way or answered, by the number that the request has here. */
    private final Map<Long, Inquiry> asked = new HashMap<>();
    private final List<Inquiry> arriving = new ArrayList<>();
    private long lastId;
    private long arrivedNs;
    private long answeredNs;
    /** What is sent does not arrive any more. */
    private boolean isBroken;
    /** The client has hung up. */
    private boolean isLeft;
    /** The process knows it. */
    private boolean isGone;

    SessionLine(Universe universe, Life life, Client client, String description, SplittableRandom chance) {
        this.universe = universe;
        this.life = life;
        this.client = client;
        this.description = description;
        this.chance = chance;
    }

    /** The number of the next request here. */
    long nextId() {
        return ++lastId;
    }

    boolean leadsTo(Life other) {
        return life == other;
    }

    private long latencyNs() {
        return 1_000 * chance.nextLong(universe.plan.knob(Knob.LATENCY_MIN_US), universe.plan.knob(
                Knob.LATENCY_MAX_US) + 1);
    }

    /** Sends them together; they are read {@code lateNs} later than they would be. */
    void send(List<Inquiry> inquiries, long lateNs) {
        inquiries.forEach(inquiry -> asked.put(inquiry.request().id(), inquiry));
        arrivedNs = Math.max(arrivedNs, universe.timeline.nowNs() + latencyNs() + lateNs);
        boolean breaks = chance.nextInt(1000) < universe.plan.knob(Knob.LOST_PERMILLE);
        universe.timeline.at(arrivedNs, () -> {
            if (breaks || !life.isListening()) {
                breaks();
            }
            if (!isBroken) {
                life.live(() -> arrive(inquiries));
            }
        });
    }

    private void arrive(List<Inquiry> inquiries) {
        inquiries.forEach(inquiry -> universe.saw(new Happening.Asked(life.node.number, inquiry)));
        arriving.addAll(inquiries);
        try {
            life.receiver().requested(this, inquiries.stream().map(Inquiry::request).toList());
        } finally {
            arriving.clear();
        }
    }

    /** It is lost, and the client hears of it. */
    void breaks() {
        if (!isBroken) {
            isBroken = true;
            hungUp();
            universe.timeline.in(latencyNs(), () -> client.lost(this));
        }
    }

    /** The client hangs up, or is gone: what it has sent still arrives, and the process may notice late. */
    void leave() {
        isLeft = true;
        hungUp();
    }

    /** The process reads what has arrived, and then notices. */
    private void hungUp() {
        long noticedNs = universe.timeline.nowNs() + 1_000_000 * chance.nextLong(1, universe.plan.knob(
                Knob.NOTICE_MAX_MS) + 1);
        universe.timeline.at(Math.max(arrivedNs, noticedNs), () -> life.live(() -> isGone = true));
    }

    @Override
    public void reply(ClientReply reply) {
        Inquiry inquiry = asked.get(reply.id());
        if (inquiry == null) {
            throw new IllegalStateException("an answer to nothing that was asked: " + reply);
        }
        universe.saw(new Happening.Told(life.node.number, inquiry, arriving.contains(inquiry), reply));
        if (!isBroken && !isLeft) {
            answeredNs = Math.max(answeredNs, universe.timeline.nowNs() + latencyNs());
            universe.timeline.at(answeredNs, () -> {
                if (!isBroken && !isLeft) {
                    client.told(this, inquiry, reply);
                }
            });
        }
    }

    @Override
    public void flush() { }

    @Override
    public boolean isOpen() {
        return !isGone;
    }

    @Override
    public String description() {
        return description;
    }
}
