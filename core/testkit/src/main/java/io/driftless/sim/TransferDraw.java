package io.driftless.sim;

import java.util.List;
import java.util.SplittableRandom;

/** Draws when somebody asks that leadership be handed over. No state. */
final class TransferDraw {

    /** What befalls the server that is to lead; most often it hears of it late. */
    private static final List<Fault.Kind> TROUBLES = List.of(Fault.Kind.PAUSE, Fault.Kind.PAUSE, Fault.Kind.PAUSE,
            Fault.Kind.KILL, Fault.Kind.CRASH_MIDWAY, Fault.Kind.STOP, Fault.Kind.ISOLATE, Fault.Kind.STUCK_DISK,
            Fault.Kind.SLOW_DISK);

    private TransferDraw() { }

    /**
     * In one of eight plans somebody asks for it, now and then or often, also again while it is under way. In half of
     * the cases the server that is to lead gets into trouble.
     */
    static void transfers(SplittableRandom random, int servers, long phaseMs, List<Fault> faults) {
        if (servers == 1 || random.nextInt(8) > 0) {
            return;
        }
        int count = 1 + random.nextInt(1 << random.nextInt(1, 6));
        for (int i = 0; i < count; i++) {
            long atUs = random.nextLong(200_000, phaseMs * 1_000);
            int node = random.nextInt(servers);
            int peer = (node + random.nextInt(1, servers)) % servers;
            long lengthMs = random.nextLong(1, 20L << random.nextInt(7));
            int amount = random.nextInt(1 << 4);
            boolean hasTrouble = random.nextBoolean();
            faults.add(new Fault(atUs, Fault.Kind.TRANSFER, node, peer, lengthMs, hasTrouble ? amount | 1 : amount));
            if (random.nextInt(4) == 0) {
                faults.add(new Fault(atUs + random.nextLong(50_000), Fault.Kind.TRANSFER, node,
                        random.nextInt(servers), lengthMs, random.nextInt(1 << 4)));
            }
            if (hasTrouble) {
                long troubleUs = random.nextBoolean() ? atUs : atUs + random.nextLong(20_000);
                faults.add(new Fault(troubleUs, TROUBLES.get(random.nextInt(TROUBLES.size())), peer, node,
                        random.nextLong(200, 1_000), random.nextInt(1, 40)));
            }
        }
    }
}
