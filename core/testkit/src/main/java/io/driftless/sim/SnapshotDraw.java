package io.driftless.sim;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Draws what a plan says of snapshots, and of logs that are shortened behind them. No state. */
final class SnapshotDraw {

    private static final int USUAL_CHUNK_BYTES = 256 << 10;

    private SnapshotDraw() { }

    /** What plans say in which logs are not shortened. */
    static Map<Knob, Long> wholeLogs() {
        Map<Knob, Long> knobs = new EnumMap<>(Knob.class);
        knobs.put(Knob.RETAIN_ENTRIES, Plan.ALL);
        knobs.put(Knob.RETAIN_BYTES, 0L);
        knobs.put(Knob.RETAIN_BYTES_MAX, Plan.ALL);
        knobs.put(Knob.SEGMENT_ENTRIES, 1L);
        knobs.put(Knob.CHUNK_BYTES, (long) USUAL_CHUNK_BYTES);
        knobs.put(Knob.WINDOW_CHUNKS, 16L);
        knobs.put(Knob.BULK_BYTES_PER_SECOND, Plan.ALL);
        return knobs;
    }

    /**
     * In two of three plans snapshots are taken, often. In half of those some are damaged, most just before a start.
     */
    static void snapshots(SplittableRandom random, int servers, Map<Knob, Long> knobs, List<Fault> faults) {
        knobs.put(Knob.SNAPSHOT_ENTRIES, random.nextInt(3) == 0 ? 0 : random.nextLong(2, random.nextBoolean() ? 12
                : 80));
        if (knobs.get(Knob.SNAPSHOT_ENTRIES) > 0 && random.nextBoolean()) {
            int count = random.nextInt(1, 5);
            for (int i = 0; i < count; i++) {
                long atMs = random.nextLong(500, knobs.get(Knob.PHASE_MS));
                int node = random.nextInt(servers);
                faults.add(fault(atMs, Fault.Kind.SNAPSHOT_DAMAGED, node, node, 0, random.nextInt(1 << 16)));
                if (random.nextInt(4) > 0) {
                    faults.add(fault(atMs + 1, Fault.Kind.KILL, node, node, random.nextLong(1, 500), 1));
                }
            }
        }
    }

    /**
     * In five of six plans with snapshots logs are shortened behind them, in half of these at once and wholly.
     * Snapshots are sent in many small parts, sometimes slowly. In most of them servers are away for long, and when
     * they are back leaders change, and the bulk lane is cut, or held up, or disks have no room for snapshots.
     */
    static void shortenedLogs(SplittableRandom random, int servers, Map<Knob, Long> knobs, List<Fault> faults) {
        knobs.putAll(wholeLogs());
        if (knobs.get(Knob.SNAPSHOT_ENTRIES) == 0 || random.nextInt(6) == 0) {
            return;
        }
        long bytes = random.nextInt(4) > 0 ? 0 : random.nextLong(1, 3_000);
        knobs.put(Knob.RETAIN_ENTRIES, random.nextBoolean() ? 0 : random.nextLong(1, 40));
        knobs.put(Knob.RETAIN_BYTES, bytes);
        knobs.put(Knob.RETAIN_BYTES_MAX, random.nextBoolean() ? Plan.ALL : bytes + random.nextLong(0, 6_000));
        knobs.put(Knob.SEGMENT_ENTRIES, random.nextBoolean() ? 1 : random.nextLong(2, 30));
        knobs.put(Knob.CHUNK_BYTES, 1L << random.nextInt(2, 9));
        knobs.put(Knob.WINDOW_CHUNKS, random.nextLong(1, 6));
        knobs.put(Knob.BULK_BYTES_PER_SECOND, random.nextInt(3) == 0 ? Plan.ALL : 1L << random.nextInt(6, 13));
        if (servers > 4 && random.nextInt(3) == 0) {
            twoBehindOne(random, servers, knobs, faults);
        } else if (servers > 1 && random.nextInt(4) > 0) {
            long atMs = random.nextLong(1_500);
            while (atMs < knobs.get(Knob.PHASE_MS)) {
                atMs = away(random, atMs, servers, faults) + random.nextLong(3_000);
            }
        }
    }

    /**
     * Two servers are brought up to date at once, and one of them slowly. If the other one leads before that is done,
     * it has the very snapshot, and goes on with it (R30).
     */
    private static void twoBehindOne(SplittableRandom random, int servers, Map<Knob, Long> knobs,
            List<Fault> faults) {
        faults.clear();
        knobs.put(Knob.PHASE_MS, random.nextLong(5_000, 8_000));
        knobs.put(Knob.SNAPSHOT_ENTRIES, random.nextLong(40, 200));
        knobs.put(Knob.RETAIN_ENTRIES, 0L);
        knobs.put(Knob.RETAIN_BYTES, 0L);
        knobs.put(Knob.RETAIN_BYTES_MAX, Plan.ALL);
        knobs.put(Knob.CHUNK_BYTES, 1L << random.nextInt(2, 5));
        knobs.put(Knob.WINDOW_CHUNKS, 1L);
        knobs.put(Knob.BULK_BYTES_PER_SECOND, random.nextLong(128, 600));
        long atMs = random.nextLong(200, 500);
        while (atMs < knobs.get(Knob.PHASE_MS)) {
            long awayMs = random.nextLong(1_000, 2_500);
            long backMs = atMs + awayMs;
            int first = random.nextInt(servers);
            int slow = (first + 1) % servers;
            faults.add(fault(atMs, Fault.Kind.KILL, first, first, awayMs, 1));
            faults.add(fault(atMs, Fault.Kind.KILL, slow, slow, awayMs, 1));
            for (int peer = 0; peer < servers; peer++) {
                if (peer != slow) {
                    faults.add(fault(backMs + random.nextLong(30, 200), Fault.Kind.LATE_BULK, slow, peer,
                            random.nextLong(300, 1_000), 1));
                }
            }
            long stallsMs = backMs + random.nextLong(300, 900);
            long ms = random.nextLong(600, 1_300);
            faults.add(fault(stallsMs, Fault.Kind.LEADER_STALLS, 0, 0, ms, random.nextInt(1, 40)));
            // The fewer others can lead, the more often it is the right one.
            for (int other = 2; other <= (servers - 1) / 2; other++) {
                int node = (slow + other) % servers;
                faults.add(fault(stallsMs, Fault.Kind.KILL, node, node, ms, 1));
            }
            atMs = backMs + random.nextLong(1_500, 3_000);
        }
    }

    /** One or two servers are away, and have trouble when they are back; returns when that is. */
    private static long away(SplittableRandom random, long atMs, int servers, List<Fault> faults) {
        long awayMs = random.nextLong(300, 3_000);
        long backMs = atMs + awayMs;
        int first = random.nextInt(servers);
        int count = servers < 5 ? 1 : random.nextInt(1, 3);
        for (int i = 0; i < count; i++) {
            int node = (first + i) % servers;
            faults.add(fault(atMs, random.nextInt(3) > 0 ? Fault.Kind.KILL : Fault.Kind.ISOLATE, node, node, awayMs,
                    1));
            if (random.nextInt(3) == 0) {
                faults.add(fault(backMs + random.nextLong(200), Fault.Kind.SNAPSHOTS_FULL, node, node,
                        random.nextLong(1, 600), 1));
            }
            if (random.nextInt(4) == 0) {
                faults.add(fault(backMs, Fault.Kind.SNAPSHOT_DAMAGED, node, node, 0,
                        SnapshotTroubles.OF_WHAT_COMES_IN));
            }
            if (random.nextInt(3) == 0) {
                faults.add(fault(backMs, Fault.Kind.CRASH_INSTALLING, node, node, random.nextLong(1, 300),
                        random.nextInt(1, 12)));
            }
            int troubles = random.nextInt(16);
            for (int j = 0; j < troubles; j++) {
                int peer = (node + random.nextInt(1, servers)) % servers;
                boolean isCut = random.nextBoolean();
                faults.add(fault(backMs + random.nextLong(500), isCut ? Fault.Kind.BULK_CUT : Fault.Kind.LATE_BULK,
                        node, peer, isCut ? 1 : random.nextLong(1, 600), 1));
            }
        }
        if (random.nextInt(3) == 0) {
            faults.add(fault(backMs + random.nextLong(700), Fault.Kind.LEADER_STALLS, 0, 0, random.nextLong(300, 1_300),
                    random.nextInt(1, 40)));
        }
        return backMs;
    }

    private static Fault fault(long atMs, Fault.Kind kind, int node, int peer, long lengthMs, int amount) {
        return new Fault(atMs * 1_000, kind, node, peer, lengthMs, amount);
    }
}
