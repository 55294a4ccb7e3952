package io.driftless.sim;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Draws who reads without an entry in the log, and how a leader is left behind that does not know it. No state. */
final class ReadDraw {

    /** What others say of a new term cannot reach the old leader meanwhile. */
    private enum Way { ISOLATED, WITH_ANOTHER, ANSWERS_LATE, PAUSED }

    private static final List<Way> WAYS = List.of(Way.ISOLATED, Way.PAUSED, Way.WITH_ANOTHER, Way.WITH_ANOTHER,
            Way.ANSWERS_LATE, Way.ANSWERS_LATE);

    private ReadDraw() { }

    /**
     * In one of three plans clients read. In a third of these plans hardly anything else is wrong, and leadership is
     * handed over again and again while the old leader cannot hear of it: it is asked when it is deposed.
     */
    static void reads(SplittableRandom random, int servers, Map<Knob, Long> knobs, List<Fault> faults) {
        knobs.put(Knob.READS, 0L);
        if (random.nextInt(3) > 0) {
            return;
        }
        knobs.put(Knob.READS, random.nextLong(100, 900));
        if (servers > 2 && random.nextInt(3) == 0) {
            leftBehind(random, servers, knobs, faults);
        } else if (servers > 1 && random.nextInt(4) == 0) {
            heartbeatsAreLate(random, servers, knobs, faults);
        }
    }

    /**
     * A leader goes on for less than electionTimeoutMin, and the one that it has handed over to commits meanwhile.
     * Messages take long enough for some to be on their way whenever others are held up.
     */
    private static void leftBehind(SplittableRandom random, int servers, Map<Knob, Long> knobs, List<Fault> faults) {
        faults.clear();
        isQuick(random, knobs);
        long latencyUs = 1_000L << random.nextInt(4);
        knobs.put(Knob.LATENCY_MAX_US, latencyUs);
        knobs.put(Knob.LATENCY_MIN_US, latencyUs / random.nextInt(1, 5));
        knobs.put(Knob.DISK_MAX_US, random.nextLong(200, 2_000));
        knobs.put(Knob.DISK_MIN_US, 100L);
        long phaseUs = knobs.get(Knob.PHASE_MS) * 1_000;
        long roundUs = 4 * latencyUs + knobs.get(Knob.DISK_MAX_US);
        long atUs = random.nextLong(500_000, 1_000_000);
        while (atUs < phaseUs) {
            int old = random.nextInt(servers);
            int next = (old + random.nextInt(1, servers)) % servers;
            faults.add(TransferDraw.toPeer(atUs, old));
            atUs += random.nextLong(80_000, 200_000);
            faults.add(TransferDraw.toPeer(atUs, next));
            cut(random, servers, old, next, atUs + random.nextLong(roundUs), knobs.get(Knob.LEARNERS), faults);
            atUs += random.nextLong(200_000, 500_000);
        }
    }

    private static void cut(SplittableRandom random, int servers, int old, int next, long atUs, long learners,
            List<Fault> faults) {
        long lengthMs = random.nextLong(50, 280);
        boolean needsNoOther = servers > 4 || servers == 4 && learners > 0;
        switch (WAYS.get(random.nextInt(WAYS.size()))) {
            case ISOLATED -> faults.add(new Fault(atUs, Fault.Kind.ISOLATE, old, next, lengthMs, 1));
            case PAUSED -> faults.add(new Fault(atUs, Fault.Kind.PAUSE, old, next, random.nextLong(310, 1_200), 1));
            case WITH_ANOTHER -> {
                int another = learners > 0 ? servers - 1 : random.nextInt(servers);
                faults.add(new Fault(atUs, Fault.Kind.SPLIT, old, next, lengthMs, needsNoOther && another != next
                        ? 1 << old | 1 << another : 1 << old));
            }
            case ANSWERS_LATE -> {
                for (int peer = 0; peer < servers; peer++) {
                    if (peer != old) {
                        faults.add(new Fault(atUs, Fault.Kind.ONE_WAY, peer, old, lengthMs, 1));
                    }
                }
            }
        }
    }

    /** What a follower asks, or is answered, is late again and again, and entries are not. */
    private static void heartbeatsAreLate(SplittableRandom random, int servers, Map<Knob, Long> knobs,
            List<Fault> faults) {
        isQuick(random, knobs);
        int count = random.nextInt(1, 30);
        for (int i = 0; i < count; i++) {
            int node = random.nextInt(servers);
            faults.add(new Fault(random.nextLong(500_000, knobs.get(Knob.PHASE_MS) * 1_000), Fault.Kind.LATE_CONTROL,
                    node, (node + random.nextInt(1, servers)) % servers, random.nextLong(200, 900), 1));
        }
    }

    private static void isQuick(SplittableRandom random, Map<Knob, Long> knobs) {
        knobs.put(Knob.CLIENTS, random.nextLong(4, 7));
        knobs.put(Knob.THINK_MAX_MS, 4L << random.nextInt(3));
    }
}
