package io.driftless.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Several cores under a test's control: nothing happens by itself. Messages wait in their lanes, writes on their
 * disks, until the test lets them go. Everything is written down for transcripts and watched by {@link Safety}.
 */
final class Cluster {

    final SortedMap<ServerId, Server> servers = new TreeMap<>();
    final Safety safety;
    private final Configuration configuration;
    private final RaftSettings settings;
    private final long seed;
    private final Effects effects = new Effects();
    private final List<String> story = new ArrayList<>();
    private boolean tells;
    private long nowNs = 1000 * CoreHarness.MS;

    Cluster(Configuration configuration, boolean formed, RaftSettings settings, long seed, boolean tells) {
        this.configuration = configuration;
        this.settings = settings;
        this.seed = seed;
        this.tells = tells;
        configuration.members().forEach(id -> servers.put(id, new Server(id, configuration, formed)));
        safety = new Safety(configuration, servers);
    }

    Configuration configuration() {
        return configuration;
    }

    Server server(ServerId id) {
        return servers.get(id);
    }

    long nowNs() {
        return nowNs;
    }

    /** Writes a line of the story, if one is told. */
    void say(Supplier<String> line) {
        if (tells) {
            story.add(line.get());
        }
    }

    /** Lets things happen that nobody wants to read. */
    void quietly(Runnable things) {
        boolean told = tells;
        tells = false;
        things.run();
        tells = told;
    }

    List<String> story() {
        return story;
    }

    // ---- what can happen

    void start(Server server) {
        say(() -> server.id + "  starts, boot " + (server.boot() + 1) + ", " + Text.of(server.disk.durableState())
                + ", log "
                + Text.of(server.disk.recovered(0).log()));
        server.start(settings, seed + server.id.value().hashCode(), nowNs, effects);
        safety.started(server);
        carryOut(server);
    }

    void crash(Server server, RandomGenerator random) {
        say(() -> server.id + "  crashes");
        server.stop();
        server.disk.crash(random);
        server.links.keySet().forEach(peer -> otherEnd(server.links.get(peer)).breaks());
    }

    /** A server loses everything, its identity too. */
    void wipe(Server server) {
        say(() -> server.id + "  loses its disk");
        server.wipe();
        server.links.keySet().forEach(peer -> otherEnd(server.links.get(peer)).breaks());
    }

    /** Both ends greet each other; each is told later, on its own. */
    void connect(Link link) {
        Link other = otherEnd(link);
        link.hello = Optional.of(server(link.peer).introduction());
        other.hello = Optional.of(server(link.owner).introduction());
    }

    boolean canConnect(Link link) {
        return server(link.owner).isUp() && server(link.peer).isUp() && !link.isUp() && !link.told && !otherEnd(link)
                .told;
    }

    void tell(Link link) {
        say(() -> link.owner + "  connected to " + link.peer + (link.hello.orElseThrow().boot() > 1 ? ", boot "
                + link.hello.orElseThrow().boot() : ""));
        link.told = true;
        step(server(link.owner), new Event.PeerConnected(link.hello.orElseThrow()));
    }

    void breakLink(Link link) {
        link.breaks();
        otherEnd(link).breaks();
    }

    void notice(Link link) {
        say(() -> link.owner + "  lost its connection to " + link.peer);
        link.told = false;
        step(server(link.owner), new Event.PeerDisconnected(link.peer));
    }

    Link otherEnd(Link link) {
        return server(link.peer).links.get(link.owner);
    }

    void deliver(Link link, Lane lane) {
        Message message = link.queue(lane).removeFirst();
        Introduction hello = link.hello.orElseThrow();
        say(() -> link.owner + "  <- " + link.peer + " " + Text.of(message));
        step(server(link.owner), new Event.Received(link.peer, hello.incarnation(), hello.run(), lane, message,
                nowNs));
    }

    void logWritten(Server server, int count) {
        long writeId = server.disk.completeLogWrites(count);
        say(() -> server.id + "  log durable up to w" + writeId);
        step(server, new Event.LogWriteCompleted(writeId));
    }

    void stateWritten(Server server) {
        long writeId = server.disk.completeStateWrite();
        say(() -> server.id + "  hard state durable, w" + writeId);
        step(server, new Event.HardStatePersisted(writeId));
    }

    void formationWritten(Server server) {
        say(() -> server.id + "  formation durable");
        server.formationWritten();
        step(server, new Event.FormationPersisted());
    }

    void writeFails(Server server) {
        say(() -> server.id + "  a write fails");
        step(server, new Event.WriteFailed("disk error"));
    }

    void propose(Server server, String... words) {
        say(() -> server.id + "  clients propose " + String.join(" ", words));
        step(server, new Event.Propose(Words.of(words)));
    }

    void pass(long ns) {
        nowNs += ns;
    }

    boolean isDue(Server server) {
        return server.isUp() && server.core().nextDeadlineNs() <= nowNs;
    }

    void tick(Server server) {
        say(() -> server.id + "  the time has come, " + nowNs / CoreHarness.MS + " ms");
        step(server, new Event.Tick());
    }

    // ---- carrying out

    private void step(Server server, Event event) {
        server.core().step(nowNs, event);
        carryOut(server);
        safety.stepped(server);
    }

    private void carryOut(Server server) {
        for (Effect effect : effects.take()) {
            say(() -> server.id + "     " + Text.of(effect));
            safety.carriesOut(server, effect);
            switch (effect) {
                case Effect.Send send -> send(server, send);
                case Effect.Append append -> {
                    server.disk.append(append.writeId(), append.terms(), words(append));
                    safety.appended(server, append.terms().firstIndex());
                }
                case Effect.PersistHardState persist -> server.disk.persist(persist.writeId(), persist.state());
                case Effect.NoteDoubt doubt -> server.disk.persist(doubt.writeId(), server.disk.latestState());
                case Effect.SettleDoubt settle -> { }
                case Effect.PersistFormation persist -> server.writeFormation(persist.formation());
                case Effect.Apply apply -> server.applied = apply.upToIndex();
                case Effect.Fail fail -> server.failed = true;
                case Effect.RoleChanged changed -> server.role = changed.role();
                case Effect.ProposalsRejected rejected -> { }
                case Effect.ProposalsUnknown unknown -> { }
                case Effect.Report report -> { }
                case Effect.ReadConfirmed other -> { }
                case Effect.ReadRefused other -> { }
                case Effect.HoldProposals other -> { }
                case Effect.TransferEnded other -> { }
                case Effect.BeginSnapshot other -> throw new AssertionError(other);
                case Effect.WriteChunk other -> throw new AssertionError(other);
                case Effect.DropSnapshot other -> throw new AssertionError(other);
                case Effect.CommittedInEra other -> { }
                case Effect.DiscardSnapshot other -> throw new AssertionError(other);
                case Effect.RestoreMachine other -> throw new AssertionError(other);
                case Effect.TakeSnapshot other -> throw new AssertionError(other);
                case Effect.HoldSnapshot other -> throw new AssertionError(other);
                case Effect.ResetLog other -> throw new AssertionError(other);
                case Effect.CompactLog other -> throw new AssertionError(other);
            }
        }
    }

    private List<String> words(Effect.Append append) {
        return switch (append.kind()) {
            case NOOP -> List.of("noop");
            case COMMANDS -> ((Words) append.content()).list();
            case RECEIVED -> {
                List<String> all = ((Words) append.content()).list();
                yield all.subList(Math.toIntExact(all.size() - append.terms().count()), all.size());
            }
        };
    }

    private void send(Server from, Effect.Send send) {
        Link mine = from.links.get(send.to());
        if (mine == null) {
            throw new AssertionError(from.id + " sends to a stranger: " + send);
        }
        // The peer at the other end is the one that greeted, and it has not broken off without this server's notice.
        if (mine.isUp() && mine.told) {
            Message message = send.message() instanceof Message.AppendEntries request && !request.entries().isEmpty()
                    ? request.with(from.disk.words(request.entries())) : send.message();
            otherEnd(mine).queue(send.lane()).add(message);
        }
    }
}
