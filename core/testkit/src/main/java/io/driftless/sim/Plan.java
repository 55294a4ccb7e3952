package io.driftless.sim;

import io.driftless.log.DurabilityPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Everything that a run depends on: how the cluster is made, how fast things are, and what goes wrong when. A plan is
 * drawn from a seed or read from a file. What is left to chance within the run comes from the seed too. Each such thing
 * has a random stream of its own, so a plan with fewer faults is otherwise the same run. Immutable.
 */
public final class Plan {

    private static final int SERVERS_MAX = 7;
    /** From streams of their own, so that all else is as it would be without. */
    private static final Set<Fault.Kind> DRAWN_APART = EnumSet.of(Fault.Kind.FOLDER_COPIED,
            Fault.Kind.FOLDER_PUT_BACK, Fault.Kind.SYNCS_FAIL, Fault.Kind.LATE_DATA,
            Fault.Kind.SNAPSHOT_DAMAGED, Fault.Kind.SNAPSHOTS_FULL, Fault.Kind.BULK_CUT, Fault.Kind.LATE_BULK,
            Fault.Kind.CRASH_INSTALLING, Fault.Kind.TRANSFER, Fault.Kind.LATE_CONTROL);
    /** More than there is of anything. */
    static final long ALL = Long.MAX_VALUE / 4;
    /** As large as none grows: what waits is one batch. */
    private static final long DISK_BATCH_MAX = 4_096;

    private static final Set<Knob> SESSIONS = EnumSet.range(Knob.SESSION_CLIENTS, Knob.ALL_RESULT_BYTES);

    private final long seed;
    private final Map<Knob, Long> knobs;
    private final List<Fault> faults;

    private Plan(long seed, Map<Knob, Long> knobs, List<Fault> faults) {
        this.seed = seed;
        this.knobs = new EnumMap<>(knobs);
        this.faults = List.copyOf(faults);
    }

    /**
     * The plan of a seed. The seed decides which faults are on and how strong they are, and then the schedule (swarm
     * testing).
     */
    public static Plan of(long seed) {
        return of(seed, 0);
    }

    /** The plan of a seed, with this many servers. If 0, the seed says how many. */
    public static Plan of(long seed, int servers) {
        if (servers < 0 || servers > SERVERS_MAX) {
            throw new IllegalArgumentException(servers + " servers, of at most " + SERVERS_MAX);
        }
        SplittableRandom random = stream(seed, 1);
        Map<Knob, Long> knobs = new EnumMap<>(Knob.class);
        drawCluster(random, servers, knobs);
        knobs.put(Knob.CLIENTS, random.nextLong(1, 7));
        knobs.put(Knob.KEYS, random.nextLong(1, 4));
        knobs.put(Knob.PHASE_MS, random.nextLong(1_500, 7_000));
        long latency = 20L << random.nextInt(11);
        knobs.put(Knob.LATENCY_MIN_US, latency / random.nextInt(1, 20));
        knobs.put(Knob.LATENCY_MAX_US, latency);
        knobs.put(Knob.NOTICE_MAX_MS, 1L << random.nextInt(11));
        long disk = 20L << random.nextInt(12);
        knobs.put(Knob.DISK_MIN_US, disk / random.nextInt(1, 20));
        knobs.put(Knob.DISK_MAX_US, disk);
        knobs.put(Knob.DISK_BATCH_ENTRIES, random.nextBoolean() ? 1L << random.nextInt(5) : DISK_BATCH_MAX);
        knobs.put(Knob.APPLY_MAX_US, 10L << random.nextInt(12));
        knobs.put(Knob.SPARED_PERCENT, random.nextInt(3) * 50L);
        long batch = random.nextBoolean() ? 1 : random.nextInt(2, 20);
        knobs.put(Knob.BATCH_ENTRIES, batch);
        knobs.put(Knob.WINDOW_ENTRIES, batch * random.nextInt(1, 5));
        knobs.put(Knob.THINK_MAX_MS, 4L << random.nextInt(8));
        knobs.put(Knob.TIMEOUT_MS, random.nextLong(100, 2_000));
        knobs.put(Knob.DRIFT_PERMILLE, random.nextInt(3) * 25L);
        knobs.put(Knob.KEEPS_STATE, random.nextLong(1L << SERVERS_MAX));
        knobs.put(Knob.LOST_PERMILLE, random.nextInt(3) * 20L);
        // From streams of their own, so that all else is as it would be without.
        knobs.put(Knob.DURABILITY, Math.max(0, stream(seed, 2).nextLong(6) - 3));
        SplittableRandom cache = stream(seed, 6);
        knobs.put(Knob.CACHE_ENTRIES, cache.nextBoolean() ? 0 : 1L << cache.nextInt(6));
        List<Fault> faults = drawFaults(random, knobs);
        drawStalls(stream(seed, 3), knobs, faults);
        drawStallsInTurn(stream(seed, 4), knobs, faults);
        drawBrokenDisks(stream(seed, 5), knobs, faults);
        drawCopies(stream(seed, 16), knobs, faults);
        drawHeldMessages(stream(seed, 7), knobs, faults);
        drawLateData(stream(seed, 8), knobs, faults);
        drawSessions(stream(seed, 17), knobs, faults);
        SnapshotDraw.snapshots(stream(seed, 18), serversIn(knobs), knobs, faults);
        SnapshotDraw.shortenedLogs(stream(seed, 19), serversIn(knobs), knobs, faults);
        TransferDraw.transfers(stream(seed, 20), serversIn(knobs), knobs, faults);
        // So hardly any plan that has found something was changed by these.
        ReadDraw.reads(stream(seed, 1_472), serversIn(knobs), knobs, faults);
        knobs.put(Knob.NOTICES_ENDS, stream(seed, 1_347_282).nextInt(3) == 0 ? 1L : 0L);
        faults.sort(Comparator.comparingLong(Fault::atUs));
        return new Plan(seed, knobs, faults);
    }

    private static void drawCluster(SplittableRandom random, int wanted, Map<Knob, Long> knobs) {
        // Small clusters most often: they run faster, and most of what goes wrong needs no more than three or five.
        int drawn = new int[] {1, 2, 3, 3, 3, 3, 4, 5, 5, 6, 7}[random.nextInt(11)];
        int servers = wanted == 0 ? drawn : wanted;
        long all = (1L << servers) - 1;
        long voters = all;
        long outgoing = 0;
        long learners = 0;
        boolean formed = random.nextInt(4) > 0;
        if (servers >= 3 && random.nextInt(6) == 0) {
            learners = 1L << (servers - 1);
            voters = all & ~learners;
        } else if (servers >= 2 && random.nextInt(5) == 0) {
            formed = true;
            do {
                voters = random.nextLong(1, all + 1);
                outgoing = random.nextLong(1, all + 1);
            } while ((voters | outgoing) != all);
        }
        knobs.put(Knob.VOTERS, voters);
        knobs.put(Knob.OUTGOING, outgoing);
        knobs.put(Knob.LEARNERS, learners);
        knobs.put(Knob.FORMED, formed ? 1L : 0);
    }

    private static List<Fault> drawFaults(SplittableRandom random, Map<Knob, Long> knobs) {
        int servers = serversIn(knobs);
        long phaseUs = knobs.get(Knob.PHASE_MS) * 1_000;
        List<Fault> faults = new ArrayList<>();
        int share = random.nextInt(2, 9);
        for (Fault.Kind kind : Fault.Kind.values()) {
            if (DRAWN_APART.contains(kind)) {
                continue;
            }
            if (random.nextInt(share) > 0) {
                continue;
            }
            int count = 1 + random.nextInt(1 << random.nextInt(1, 5));
            long longestMs = 20L << random.nextInt(8);
            for (int i = 0; i < count; i++) {
                int node = random.nextInt(servers);
                int peer = servers == 1 ? node : (node + random.nextInt(1, servers)) % servers;
                int amount = kind == Fault.Kind.SPLIT || kind == Fault.Kind.BRIDGE ? random.nextInt(1 << servers)
                        : random.nextInt(1, 40);
                faults.add(new Fault(random.nextLong(phaseUs), kind, node, peer, random.nextLong(1, longestMs + 1),
                        amount));
            }
        }
        return faults;
    }

    /**
     * What seldom comes together by chance. In one of six plans leaders stall while many commands are under way, so
     * that entries are overwritten before they are written. And while a cluster forms, one that does not get its
     * formation written misses what others ask meanwhile.
     */
    private static void drawStalls(SplittableRandom random, Map<Knob, Long> knobs, List<Fault> faults) {
        int servers = serversIn(knobs);
        if (random.nextInt(6) == 0) {
            knobs.put(Knob.CLIENTS, random.nextLong(5, 7));
            knobs.put(Knob.THINK_MAX_MS, 4L << random.nextInt(3));
            long batch = 1L << Math.max(0, random.nextInt(5) - 2);
            knobs.put(Knob.DISK_BATCH_ENTRIES, batch);
            if (random.nextBoolean()) {
                faults.clear();
            }
            long atMs = random.nextLong(500, 1_500);
            while (atMs < knobs.get(Knob.PHASE_MS)) {
                long ms = random.nextLong(300, 1_300);
                faults.add(stall(atMs, Fault.Kind.LEADER_STALLS, 0, ms, random.nextInt(1, 40)));
                atMs += 2 * ms + random.nextLong(1_000);
            }
        }
        if (knobs.get(Knob.FORMED) == 0 && random.nextInt(4) == 0) {
            int node = random.nextInt(servers);
            faults.add(stall(random.nextLong(100), Fault.Kind.STUCK_DISK, node, random.nextLong(1_500, 4_000), 0));
            for (int peer = 0; peer < servers; peer++) {
                faults.add(new Fault(random.nextLong(1_000_000, 1_500_000), Fault.Kind.RESET, node, peer, 1, 1));
            }
        }
    }

    /**
     * In one of eight plans each leader stalls as soon as the one before is back: it has entries that nobody else has,
     * and nobody who would tell it that it was deposed.
     */
    private static void drawStallsInTurn(SplittableRandom random, Map<Knob, Long> knobs, List<Fault> faults) {
        if (random.nextInt(8) == 0) {
            faults.clear();
            knobs.put(Knob.NOTICE_MAX_MS, 1L + random.nextInt(50));
            long atMs = random.nextLong(300, 1_000);
            while (atMs < knobs.get(Knob.PHASE_MS)) {
                long ms = random.nextLong(300, 700);
                faults.add(stall(atMs, Fault.Kind.LEADER_STALLS, 0, ms, random.nextInt(1, 40)));
                atMs += ms + random.nextLong(-50, 100);
            }
        }
    }

    /** In one of eight plans a data folder is put back to an earlier copy, and often an election follows. */
    private static void drawCopies(SplittableRandom random, Map<Knob, Long> knobs, List<Fault> faults) {
        int servers = serversIn(knobs);
        if (random.nextInt(8) == 0 && servers > 1) {
            int count = random.nextInt(1, 4);
            for (int i = 0; i < count; i++) {
                int node = random.nextInt(servers);
                long copiedMs = random.nextLong(200, knobs.get(Knob.PHASE_MS));
                long startedMs = copiedMs + random.nextLong(1, 500);
                long backMs = startedMs + random.nextLong(300, 2_000);
                long ms = random.nextLong(1, 200);
                faults.add(stall(copiedMs, Fault.Kind.FOLDER_COPIED, node, 1, 1));
                faults.add(stall(startedMs, random.nextBoolean() ? Fault.Kind.KILL : Fault.Kind.STOP, node, ms, 1));
                faults.add(stall(backMs, Fault.Kind.FOLDER_PUT_BACK, node, ms, 1));
                if (random.nextBoolean()) {
                    faults.add(stall(backMs + ms + random.nextLong(1, 200), Fault.Kind.LEADER_STALLS, 0,
                            random.nextLong(300, 1_300), random.nextInt(1, 40)));
                }
            }
        }
    }

    /** In one of five plans disks take no sync for a while: neither of what was written nor of a doubt about it. */
    private static void drawBrokenDisks(SplittableRandom random, Map<Knob, Long> knobs, List<Fault> faults) {
        if (random.nextInt(5) == 0) {
            int count = random.nextInt(1, 6);
            for (int i = 0; i < count; i++) {
                long atMs = random.nextLong(knobs.get(Knob.PHASE_MS));
                faults.add(stall(atMs, Fault.Kind.SYNCS_FAIL, random.nextInt(serversIn(knobs)),
                        random.nextLong(1, 20L << random.nextInt(7)), random.nextInt(1, 40)));
            }
        }
    }

    /**
     * In one of ten plans what servers say is held up on one way after the other, and they pause: votes are asked for
     * and given late, while others campaign.
     */
    private static void drawHeldMessages(SplittableRandom random, Map<Knob, Long> knobs, List<Fault> faults) {
        if (serversIn(knobs) > 1 && random.nextInt(10) == 0) {
            faults.clear();
            knobs.put(Knob.NOTICE_MAX_MS, 1L + random.nextInt(50));
            long atMs = random.nextLong(300, 1_000);
            while (atMs < knobs.get(Knob.PHASE_MS)) {
                faults.add(between(random, knobs, atMs, Fault.Kind.ONE_WAY, random.nextLong(300, 800)));
                atMs += random.nextLong(10, 60);
                if (random.nextInt(12) == 0) {
                    faults.add(stall(atMs, Fault.Kind.PAUSE, random.nextInt(serversIn(knobs)),
                            random.nextLong(300, 800), 1));
                }
            }
        }
    }

    /** In one of six plans probes and entries are late again and again, and heartbeats are not. */
    private static void drawLateData(SplittableRandom random, Map<Knob, Long> knobs, List<Fault> faults) {
        if (serversIn(knobs) > 1 && random.nextInt(6) == 0) {
            int count = random.nextInt(1, 30);
            for (int i = 0; i < count; i++) {
                faults.add(between(random, knobs, random.nextLong(knobs.get(Knob.PHASE_MS)), Fault.Kind.LATE_DATA,
                        random.nextLong(200, 1_500)));
            }
        }
    }

    /**
     * In two of five plans some clients work in sessions. They are short, so that they expire; what is kept of results
     * is little; and in half of these plans there is room for a few only. In half of them one server, or all together,
     * are suspended for longer than a session lasts.
     */
    private static void drawSessions(SplittableRandom random, Map<Knob, Long> knobs, List<Fault> faults) {
        SESSIONS.forEach(knob -> knobs.put(knob, 0L));
        if (random.nextInt(5) < 2) {
            long clients = random.nextLong(1, 5);
            knobs.put(Knob.SESSION_CLIENTS, clients);
            knobs.put(Knob.SESSION_WINDOW, random.nextLong(1, 9));
            knobs.put(Knob.SESSION_TIMEOUT_MS, random.nextLong(300, 3_000));
            knobs.put(Knob.SESSION_RESULT_BYTES, random.nextBoolean() ? 1_000 : random.nextLong(0, 40));
            knobs.put(Knob.SESSIONS_MAX, random.nextBoolean() ? 0 : random.nextLong(1, clients + 1));
            if (random.nextBoolean()) {
                int count = random.nextInt(1, 4);
                for (int i = 0; i < count; i++) {
                    long atMs = random.nextLong(500, knobs.get(Knob.PHASE_MS));
                    long ms = random.nextLong(400, 3_000);
                    int one = random.nextInt(serversIn(knobs));
                    boolean isOne = random.nextBoolean();
                    for (int node = 0; node < serversIn(knobs); node++) {
                        if (node == one || !isOne) {
                            faults.add(stall(atMs, Fault.Kind.PAUSE, node, ms, 1));
                        }
                    }
                }
            }
            knobs.put(Knob.ALL_RESULT_BYTES, random.nextBoolean() ? 0 : random.nextLong(1, 60));
        }
    }

    private static Fault between(SplittableRandom random, Map<Knob, Long> knobs, long atMs, Fault.Kind kind,
            long lengthMs) {
        int servers = serversIn(knobs);
        int node = random.nextInt(servers);
        return new Fault(atMs * 1_000, kind, node, (node + random.nextInt(1, servers)) % servers, lengthMs, 1);
    }

    private static Fault stall(long atMs, Fault.Kind kind, int node, long lengthMs, int amount) {
        return new Fault(atMs * 1_000, kind, node, node, lengthMs, amount);
    }

    private static int serversIn(Map<Knob, Long> knobs) {
        return Long.SIZE - Long.numberOfLeadingZeros(knobs.get(Knob.VOTERS) | knobs.get(Knob.OUTGOING)
                | knobs.get(Knob.LEARNERS));
    }

    /** The seed. */
    public long seed() {
        return seed;
    }

    /** How many things are to go wrong. */
    public int faultCount() {
        return faults.size();
    }

    List<Fault> faults() {
        return faults;
    }

    long knob(Knob knob) {
        return knobs.get(knob);
    }

    /** When entries count as stored. */
    DurabilityPolicy durability() {
        return DurabilityPolicy.values()[Math.toIntExact(knob(Knob.DURABILITY))];
    }

    /** Whether servers take snapshots; a leader may send them instead of the log, also if no log is compacted. */
    boolean takesSnapshots() {
        return knob(Knob.SNAPSHOT_ENTRIES) > 0;
    }

    /** How many servers. */
    int servers() {
        return serversIn(knobs);
    }

    /** A stream of chance of its own, for what {@code name} and {@code number} stand for. */
    SplittableRandom chance(String name, long number) {
        long mixed = seed;
        for (int i = 0; i < name.length(); i++) {
            mixed = mixed * 0x100000001B3L + name.charAt(i);
        }
        return stream(mixed, number);
    }

    private static SplittableRandom stream(long seed, long number) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
    }

    Plan withFaults(List<Fault> fewer) {
        return new Plan(seed, knobs, fewer);
    }

    Plan with(Knob knob, long value) {
        Plan changed = new Plan(seed, knobs, faults);
        changed.knobs.put(knob, value);
        return changed;
    }

    /** The plan as lines, which {@link #parse} reads. */
    public String text() {
        StringBuilder text = new StringBuilder("driftless-sim 1\nseed " + seed + '\n');
        knobs.forEach((knob, value) -> text.append(knob).append(' ').append(value).append('\n'));
        faults.forEach(fault -> text.append(fault.text()).append('\n'));
        return text.toString();
    }

    /**
     * Reads what {@link #text} writes. Lines that begin with # are skipped.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static Plan parse(String text) {
        List<String> lines = text.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        if (lines.size() < 2 || !lines.getFirst().equals("driftless-sim 1") || !lines.get(1).startsWith("seed ")) {
            throw new IllegalArgumentException("a plan begins with 'driftless-sim 1' and 'seed N'");
        }
        Map<Knob, Long> knobs = new EnumMap<>(Knob.class);
        List<Fault> faults = new ArrayList<>();
        for (String line : lines.subList(2, lines.size())) {
            if (line.startsWith("fault ")) {
                faults.add(Fault.parse(line));
            } else {
                int space = line.indexOf(' ');
                knobs.put(Knob.valueOf(line.substring(0, Math.max(space, 0))), Long.parseLong(line.substring(space
                        + 1)));
            }
        }
        // Plans that were written down before there was a choice.
        knobs.putIfAbsent(Knob.DURABILITY, 0L);
        knobs.putIfAbsent(Knob.CACHE_ENTRIES, 0L);
        knobs.putIfAbsent(Knob.SNAPSHOT_ENTRIES, 0L);
        SnapshotDraw.wholeLogs().forEach(knobs::putIfAbsent);
        SESSIONS.forEach(knob -> knobs.putIfAbsent(knob, 0L));
        knobs.putIfAbsent(Knob.READS, 0L);
        knobs.putIfAbsent(Knob.NOTICES_ENDS, 0L);
        for (Knob knob : Knob.values()) {
            if (!knobs.containsKey(knob)) {
                throw new IllegalArgumentException("the plan lacks " + knob);
            }
        }
        return new Plan(Long.parseLong(lines.get(1).substring(5)), knobs, faults);
    }
}
