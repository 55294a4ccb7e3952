package io.driftless.ops.torture;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Disturbs what lies between nodes, and between them and the clients, and heals it before it returns. */
final class LinkFaults {

    private static final int SHORTEST_MS = 5;
    private static final int LONGEST_MS = 150;

    private record Direction(String from, String to) { }

    private final Links links;
    private final Random random;
    private final Pauses pauses;

    LinkFaults(Links links, Random random, Pauses pauses) {
        this.links = links;
        this.random = random;
        this.pauses = pauses;
    }

    /** Whether anything met it: over a connection that is not there nothing is said. */
    boolean strike(Fault fault) throws IOException, InterruptedException {
        return switch (fault) {
            case CUT_ONE_WAY -> cut(List.of(direction()));
            case CUT_TWO_WAYS -> cut(random.nextBoolean() ? pair() : oneFromAll());
            case DELAYED -> delayed(direction());
            case RESET -> reset(direction());
            case KILLED, STOPPED, SYNC_FAILED, SYNC_HUNG, DISK_FULL, TRUNCATED, FLIPPED, TORN_TAIL, WIPED ->
                    throw new IllegalArgumentException(fault + " is not for links");
        };
    }

    /** From a node to another one; sometimes a client is one end. */
    private Direction direction() {
        int from = random.nextInt(Trio.NODES);
        int to = (from + 1 + random.nextInt(Trio.NODES - 1)) % Trio.NODES;
        return switch (random.nextInt(8)) {
            case 0 -> new Direction(Greeting.CLIENT, name(to));
            case 1 -> new Direction(name(from), Greeting.CLIENT);
            default -> new Direction(name(from), name(to));
        };
    }

    private static String name(int node) {
        return "n" + (node + 1);
    }

    private List<Direction> pair() {
        Direction there = direction();
        return List.of(there, new Direction(there.to, there.from));
    }

    private List<Direction> oneFromAll() {
        int alone = random.nextInt(Trio.NODES);
        List<Direction> all = new ArrayList<>();
        for (int i = 0; i < Trio.NODES; i++) {
            String other = i == alone ? Greeting.CLIENT : name(i);
            all.add(new Direction(name(alone), other));
            all.add(new Direction(other, name(alone)));
        }
        return all;
    }

    private boolean cut(List<Direction> directions) throws IOException, InterruptedException {
        long before = met(directions);
        try {
            for (Direction each : directions) {
                links.cut(each.from, each.to);
            }
            pauses.next(random);
            return met(directions) > before;
        } finally {
            for (Direction each : directions) {
                links.heal(each.from, each.to);
            }
        }
    }

    private boolean delayed(Direction between) throws IOException, InterruptedException {
        List<Direction> both = List.of(between, new Direction(between.to, between.from));
        long before = met(both);
        try {
            links.delay(between.from, between.to, Duration.ofMillis(random.nextInt(SHORTEST_MS, LONGEST_MS)));
            pauses.next(random);
            return met(both) > before;
        } finally {
            links.delay(between.from, between.to, Duration.ZERO);
        }
    }

    /** What was held meanwhile is lost. */
    private boolean reset(Direction direction) throws IOException, InterruptedException {
        try {
            links.cut(direction.from, direction.to);
            pauses.next(random);
            return links.reset(direction.from, direction.to) > 0;
        } finally {
            links.heal(direction.from, direction.to);
        }
    }

    private long met(List<Direction> directions) throws IOException {
        long sum = 0;
        for (Direction each : directions) {
            sum += links.met(each.from, each.to);
        }
        return sum;
    }
}
