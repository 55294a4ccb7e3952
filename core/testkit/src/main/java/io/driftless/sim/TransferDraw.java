package io.driftless.sim;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Draws when somebody asks that leadership be handed over. No state. */
final class TransferDraw {

    /** What befalls the server that is to lead. */
    private static final List<Fault.Kind> TROUBLES = List.of(Fault.Kind.PAUSE, Fault.Kind.PAUSE, Fault.Kind.KILL,
            Fault.Kind.CRASH_MIDWAY, Fault.Kind.STOP, Fault.Kind.ISOLATE, Fault.Kind.STUCK_DISK, Fault.Kind.SLOW_DISK);

    private TransferDraw() { }

    /**
     * In one of eight plans somebody asks for it. In a quarter of these plans this is now and then, whatever else goes
     * wrong, also while another request is under way; in the others it is again and again, and little else is wrong.
     */
    static void transfers(SplittableRandom random, int servers, Map<Knob, Long> knobs, List<Fault> faults) {
        if (servers == 1 || random.nextInt(8) > 0) {
            return;
        }
        long phaseUs = knobs.get(Knob.PHASE_MS) * 1_000;
        if (random.nextBoolean()) {
            toOneThatPauses(random, servers, phaseUs, knobs, faults);
            return;
        }
        if (servers > 2 && random.nextBoolean()) {
            toOneThatHearsLate(random, servers, phaseUs, faults);
            return;
        }
        int count = 1 + random.nextInt(1 << random.nextInt(1, 6));
        for (int i = 0; i < count; i++) {
            long atUs = random.nextLong(500_000, phaseUs);
            int node = random.nextInt(servers);
            int peer = (node + random.nextInt(1, servers)) % servers;
            long lengthMs = random.nextLong(1, 20L << random.nextInt(7));
            faults.add(new Fault(atUs, Fault.Kind.TRANSFER, node, peer, lengthMs, random.nextInt(1 << 4)));
            if (random.nextInt(4) == 0) {
                faults.add(new Fault(atUs + random.nextLong(50_000), Fault.Kind.TRANSFER, node,
                        random.nextInt(servers), lengthMs, random.nextInt(1 << 4)));
            }
            if (random.nextBoolean()) {
                faults.add(new Fault(atUs + random.nextLong(20_000), TROUBLES.get(random.nextInt(TROUBLES.size())),
                        peer, node, random.nextLong(200, 1_000), random.nextInt(1, 40)));
            }
        }
    }

    /**
     * Whoever is to lead pauses about when it is told to, and hears of it when the leader has given up: what was held
     * back goes on then, and is committed without it.
     */
    private static void toOneThatPauses(SplittableRandom random, int servers, long phaseUs, Map<Knob, Long> knobs,
            List<Fault> faults) {
        faults.clear();
        knobs.put(Knob.THINK_MAX_MS, 8L << random.nextInt(6));
        long roundUs = 4 * knobs.get(Knob.LATENCY_MAX_US) + knobs.get(Knob.DISK_MAX_US);
        long atUs = random.nextLong(500_000, 1_000_000);
        while (atUs < phaseUs) {
            int peer = random.nextInt(servers);
            faults.add(new Fault(atUs, Fault.Kind.TRANSFER, peer, peer, random.nextLong(50, 500),
                    2 * random.nextInt(1, 4) + 1));
            if (random.nextInt(4) > 0) {
                faults.add(new Fault(atUs + random.nextLong(roundUs), Fault.Kind.PAUSE, peer, peer,
                        random.nextLong(310, 900), 1));
            }
            atUs += random.nextLong(100_000, 1_300_000);
        }
    }

    /**
     * Whoever is to lead hears of it when that leader has given up, has handed over to a third server, and leads again,
     * in a later term.
     */
    private static void toOneThatHearsLate(SplittableRandom random, int servers, long phaseUs, List<Fault> faults) {
        faults.clear();
        long atUs = random.nextLong(500_000, 1_000_000);
        while (atUs < phaseUs) {
            int leader = random.nextInt(servers);
            int late = (leader + random.nextInt(1, servers)) % servers;
            int third;
            do {
                third = random.nextInt(servers);
            } while (third == leader || third == late);
            faults.add(toPeer(atUs, leader));
            atUs += random.nextLong(150_000, 400_000);
            faults.add(new Fault(atUs, Fault.Kind.LATE_CONTROL, leader, late, random.nextLong(600, 1_200), 1));
            faults.add(toPeer(atUs, late));
            atUs += random.nextLong(320_000, 500_000);
            faults.add(toPeer(atUs, third));
            atUs += random.nextLong(50_000, 200_000);
            faults.add(toPeer(atUs, leader));
            atUs += random.nextLong(500_000, 1_000_000);
        }
    }

    /** Whoever leads is asked to hand over to this server. */
    static Fault toPeer(long atUs, int peer) {
        return new Fault(atUs, Fault.Kind.TRANSFER, peer, peer, 200, 3);
    }
}
