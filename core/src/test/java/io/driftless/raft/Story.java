package io.driftless.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** A {@link Cluster} led through a scenario by hand, for transcripts: small verbs, by the servers' names. */
final class Story {

    final Cluster cluster;
    private final TreeSet<ServerId> held = new TreeSet<>();

    private Story(String title, Configuration configuration, boolean formed, RaftSettings settings) {
        cluster = new Cluster(configuration, formed, settings, 1, true);
        cluster.say(() -> "# " + title);
        cluster.say(() -> "# " + configuration);
    }

    static Story of(String title, String... members) {
        return of(title, Configuration.of(CoreHarness.ids(members)));
    }

    static Story of(String title, Configuration configuration) {
        return new Story(title, configuration, true, CoreHarness.SETTINGS);
    }

    static Story of(String title, RaftSettings settings, String... members) {
        return new Story(title, Configuration.of(CoreHarness.ids(members)), true, settings);
    }

    static Story unformed(String title, String... members) {
        return new Story(title, Configuration.of(CoreHarness.ids(members)), false, CoreHarness.SETTINGS);
    }

    Server server(String name) {
        return cluster.server(CoreHarness.id(name));
    }

    private Link link(String owner, String peer) {
        return server(owner).links.get(CoreHarness.id(peer));
    }

    /** What happens now, in words. */
    Story tell(String words) {
        cluster.say(() -> "");
        cluster.say(() -> "-- " + words);
        return this;
    }

    /** A server that begins with a term and the terms of its entries. */
    Story has(String name, long term, long... terms) {
        server(name).disk.preload(new HardState(term, ServerId.NONE), CoreHarness.runs(1, terms));
        cluster.safety.appended(server(name), 1);
        return this;
    }

    Story start(String... names) {
        for (String name : names) {
            cluster.start(server(name));
        }
        return this;
    }

    /** Everyone starts, and all are connected. */
    Story startAll() {
        cluster.servers.values().forEach(cluster::start);
        return connectAll();
    }

    Story connectAll() {
        List<Link> links = links();
        for (Link link : links) {
            if (cluster.canConnect(link)) {
                cluster.connect(link);
            }
        }
        links.stream().filter(link -> link.isUp() && !link.told).forEach(cluster::tell);
        return this;
    }

    Story connect(String one, String other) {
        cluster.connect(link(one, other));
        cluster.tell(link(one, other));
        cluster.tell(link(other, one));
        return this;
    }

    /** The connections of a server to all others break, and everyone notices. */
    Story isolate(String name) {
        for (Link link : server(name).links.values()) {
            if (link.isUp()) {
                cluster.breakLink(link);
                cluster.notice(link);
                cluster.notice(cluster.otherEnd(link));
            }
        }
        return this;
    }

    Story crash(String name) {
        cluster.crash(server(name), new SplittableRandom(0));
        cluster.servers.values().forEach(server -> server.links.values().stream()
                .filter(link -> link.told && !link.isUp()).forEach(cluster::notice));
        return this;
    }

    Story hold(String... names) {
        Arrays.stream(names).forEach(name -> held.add(CoreHarness.id(name)));
        return this;
    }

    /** Their disks take writes again. */
    Story release(String... names) {
        Arrays.stream(names).forEach(name -> held.remove(CoreHarness.id(name)));
        return this;
    }

    /** The server's own deadline comes, before those of all others. */
    Story timesOut(String name) {
        cluster.pass(Math.max(0, server(name).core().nextDeadlineNs() - cluster.nowNs()));
        cluster.tick(server(name));
        return this;
    }

    Story pass(long ms) {
        cluster.pass(ms * CoreHarness.MS);
        return this;
    }

    Story propose(String name, String... words) {
        cluster.propose(server(name), words);
        return this;
    }

    /** The oldest write of the hard state becomes durable. */
    Story persists(String name) {
        cluster.stateWritten(server(name));
        return this;
    }

    /** The oldest write of the log becomes durable. */
    Story writesOne(String name) {
        cluster.logWritten(server(name), 1);
        return this;
    }

    Story writes(String name) {
        cluster.logWritten(server(name), server(name).disk.logWritesUnderWay());
        return this;
    }

    /** The oldest message from one to the other on a lane. */
    Story deliver(String from, String to, Lane lane) {
        cluster.deliver(link(to, from), lane);
        return this;
    }

    /**
     * Everything on its way is delivered, and every write becomes durable but those of servers on hold, until nothing
     * moves.
     */
    Story settle() {
        return settle(link -> true);
    }

    /** As {@link #settle()}, but only messages between these servers. */
    Story settleAmong(String... names) {
        TreeSet<ServerId> among = CoreHarness.ids(names);
        return settle(link -> among.contains(link.owner) && among.contains(link.peer));
    }

    private Story settle(Predicate<Link> which) {
        return settle(which, () -> true);
    }

    private Story settle(Predicate<Link> which, BooleanSupplier goesOn) {
        boolean moved = true;
        while (moved && goesOn.getAsBoolean()) {
            moved = false;
            for (Server server : cluster.servers.values()) {
                moved |= settle(server);
            }
            for (Link link : links()) {
                if (which.test(link) && link.told && goesOn.getAsBoolean()) {
                    for (Lane lane : Lane.values()) {
                        if (!link.queue(lane).isEmpty()) {
                            cluster.deliver(link, lane);
                            moved = true;
                        }
                    }
                }
            }
        }
        return this;
    }

    private boolean settle(Server server) {
        boolean moved = false;
        while (server.isUp() && !held.contains(server.id) && (server.disk.isWritingState()
                || server.disk.isWritingLog())) {
            if (server.disk.isWritingState()) {
                cluster.stateWritten(server);
            }
            if (server.disk.isWritingLog()) {
                cluster.logWritten(server, server.disk.logWritesUnderWay());
            }
            moved = true;
        }
        if (server.isUp() && server.isForming()) {
            cluster.formationWritten(server);
            moved = true;
        }
        return moved;
    }

    private List<Link> links() {
        List<Link> links = new ArrayList<>();
        cluster.servers.values().forEach(server -> links.addAll(server.links.values()));
        return links;
    }

    /**
     * The leader sends heartbeats, and all is delivered, until another server's time has nearly come; not written
     * down.
     */
    Story heartbeats(String leader, String until) {
        cluster.say(() -> leader + "  goes on with heartbeats, which are answered ...");
        cluster.quietly(() -> {
            int rounds = 0;
            while (server(leader).isLeader() && server(leader).core().nextDeadlineNs() < server(until).core()
                    .nextDeadlineNs()) {
                if (++rounds > 100) {
                    throw new AssertionError(leader + " leads for ever");
                }
                timesOut(leader).settle();
            }
        });
        return this;
    }

    /** As many rounds of heartbeats, not written down. */
    Story heartbeats(String leader, int rounds) {
        cluster.say(() -> leader + "  goes on with heartbeats, which are answered ...");
        cluster.quietly(() -> {
            for (int round = 0; round < rounds; round++) {
                timesOut(leader).settle();
            }
        });
        return this;
    }

    /** As {@link #settle()}, up to the moment in which the server leads. */
    Story settleUntilLeads(String name) {
        return settle(link -> true, () -> !server(name).isLeader());
    }

    /** Elections by the book: the server times out, and everything is delivered. */
    Story elect(String name) {
        return timesOut(name).settle();
    }

    /** The logs as they are, one line a server: terms by index. */
    Story logs() {
        for (Server server : cluster.servers.values()) {
            StringBuilder line = new StringBuilder(server.id + "  log");
            server.disk.log().forEach(entry -> line.append(' ').append(entry.term()));
            if (server.isUp()) {
                CoreStatus status = server.core().status();
                line.append("  (").append(status.role()).append(" of term ").append(status.term()).append(", commit ")
                        .append(status.commit())
                        .append(")");
            } else {
                line.append("  (down)");
            }
            cluster.say(line::toString);
        }
        return this;
    }

    void check(String name) throws IOException {
        Transcript.check(name, cluster.story());
    }
}
