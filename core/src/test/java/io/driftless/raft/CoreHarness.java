package io.driftless.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One core alone, for rule tests: a small state, one event, the exact effects as text. Its peers are connected unless
 * told otherwise.
 */
final class CoreHarness {

    static final long MS = 1_000_000L;
    /**
     * 300 to 600 ms and 50 ms as by default; a batch of two entries, a window of four; parts of 10 bytes of a snapshot,
     * a window of 25, 1,000 bytes a second; one entry is kept behind a snapshot, at most four.
     */
    static final RaftSettings SETTINGS = new RaftSettings(300 * MS, 600 * MS, 50 * MS, 2 * Words.WEIGHT,
            4 * Words.WEIGHT, new SnapshotSettings(10, 25, 1_000, 1, 0, 4 * Words.WEIGHT));
    /** What the others say of themselves. */
    static final long BOOT = 1;

    final RaftCore core;
    final ServerId id;
    /** Effects of the start. */
    final List<String> start;
    private final Effects effects = new Effects();
    private final Configuration configuration;
    private long nowNs;

    private CoreHarness(Builder builder) {
        id = builder.id;
        configuration = builder.configuration;
        nowNs = 1000 * MS;
        core = new RaftCore(introduction(id, builder.boot, configuration, builder.formed), list(configuration),
                SETTINGS, 7, 1, new Recovered(new HardState(builder.term, builder.votedFor), builder.boundaryTerm,
                builder.log,
                (from, to) -> (to - from + 1) * Words.WEIGHT, builder.applied, builder.doubtTerm, builder.snapshot),
                nowNs, effects);
        start = take();
        if (builder.connected) {
            others().forEach(this::connect);
            take();
        }
    }

    /** A server with this name among members. */
    static Builder server(String id, String... members) {
        return new Builder(id, Configuration.of(ids(members)));
    }

    /** n1 of n1, n2, n3. */
    static Builder n1OfThree() {
        return server("n1", "n1", "n2", "n3");
    }

    static Builder server(String id, Configuration configuration) {
        return new Builder(id, configuration);
    }

    static final class Builder {
        private final ServerId id;
        private final Configuration configuration;
        private Optional<ClusterConfiguration> formed;
        private long term;
        private ServerId votedFor = ServerId.NONE;
        private TermRuns log = TermRuns.empty(1);
        private long boundaryTerm;
        private Optional<Recovered.OwnSnapshot> snapshot = Optional.empty();
        private long applied;
        private long doubtTerm;
        private long boot = BOOT;
        private boolean connected = true;

        private Builder(String id, Configuration configuration) {
            this.id = id(id);
            this.configuration = configuration;
            this.formed = Optional.of(formation(configuration));
        }

        Builder term(long newTerm) {
            term = newTerm;
            return this;
        }

        Builder votedFor(String candidate) {
            votedFor = id(candidate);
            return this;
        }

        /** The terms of its entries, from index 1 on. */
        Builder log(long... terms) {
            log = runs(1, terms);
            return this;
        }

        /** The log begins behind this index of this term, with entries of these terms. */
        Builder logBehind(long boundary, long itsTerm, long... terms) {
            boundaryTerm = itsTerm;
            log = runs(boundary + 1, terms);
            return this;
        }

        /** It has a snapshot, of 30 bytes. */
        Builder snapshot(SnapshotId id) {
            return snapshot(id, 0);
        }

        /** The same, known to be committed in that era. */
        Builder snapshot(SnapshotId id, long era) {
            snapshot = Optional.of(new Recovered.OwnSnapshot(id, 30, era));
            return this;
        }

        Builder applied(long index) {
            applied = index;
            return this;
        }

        /** It came into doubt in this term. */
        Builder inDoubtSince(long doubtTerm) {
            this.doubtTerm = doubtTerm;
            return this;
        }

        Builder boot(long newBoot) {
            boot = newBoot;
            return this;
        }

        Builder empty() {
            formed = Optional.empty();
            return this;
        }

        Builder unconnected() {
            connected = false;
            return this;
        }

        CoreHarness start() {
            return new CoreHarness(this);
        }

        /**
         * Started, and elected in the term after the one given; its no-op's write is under way, all effects are taken.
         */
        CoreHarness leading() {
            CoreHarness server = start();
            server.getsElected();
            return server;
        }
    }

    static ServerId id(String name) {
        return new ServerId(name);
    }

    static TreeSet<ServerId> ids(String... names) {
        TreeSet<ServerId> ids = new TreeSet<>();
        Arrays.stream(names).forEach(name -> ids.add(id(name)));
        return ids;
    }

    static UUID incarnation(ServerId id) {
        return UUID.nameUUIDFromBytes(id.value().getBytes(StandardCharsets.UTF_8));
    }

    /** The run of that start. */
    static UUID run(ServerId id, long boot) {
        return new UUID(boot, incarnation(id).getLeastSignificantBits());
    }

    /** Each at an address made of its name. */
    static MemberList list(Configuration configuration) {
        SortedMap<ServerId, String> addresses = new TreeMap<>();
        configuration.members().forEach(member -> addresses.put(member, member + ".example:7001"));
        return new MemberList(configuration, addresses);
    }

    static SortedMap<ServerId, UUID> incarnations(Configuration configuration) {
        SortedMap<ServerId, UUID> incarnations = new TreeMap<>();
        configuration.members().forEach(member -> incarnations.put(member, incarnation(member)));
        return incarnations;
    }

    static ClusterConfiguration formation(Configuration configuration) {
        return list(configuration).formedWith(incarnations(configuration));
    }

    /** What a server of that name tells of itself. */
    static Introduction introduction(ServerId server, long boot, Configuration configuration,
            Optional<ClusterConfiguration> formed) {
        Introduction empty = new Introduction(server, incarnation(server), boot, run(server, boot),
                configuration.toString(), SETTINGS.electionTimeoutMinNs());
        return formed.map(formation -> empty.withCommitted(new CommittedConfiguration(0, formation))).orElse(empty);
    }

    /** Entries of these terms from an index on. */
    static TermRuns runs(long firstIndex, long... terms) {
        List<TermRuns.Run> runs = new ArrayList<>();
        for (long term : terms) {
            if (!runs.isEmpty() && runs.getLast().term() == term) {
                runs.add(new TermRuns.Run(term, runs.removeLast().count() + 1));
            } else {
                runs.add(new TermRuns.Run(term, 1));
            }
        }
        return new TermRuns(firstIndex, runs);
    }

    private List<ServerId> others() {
        return configuration.members().stream().filter(member -> !member.equals(id)).toList();
    }

    Introduction introduction(ServerId peer, long boot) {
        return introduction(peer, boot, configuration, Optional.of(formation(configuration)));
    }

    private List<String> take() {
        return Text.of(effects.take());
    }

    /** A server of that name connects, with its first boot. */
    List<String> connect(ServerId peer) {
        return step(new Event.PeerConnected(introduction(peer, BOOT)));
    }

    List<String> step(Event event) {
        core.step(nowNs, event);
        return take();
    }

    /**
     * A message arrives now, heartbeats and elections on the control lane, entries and their replies on the data lane.
     */
    List<String> receive(String from, Message message) {
        return receive(from, laneOf(message), message);
    }

    List<String> receive(String from, Lane lane, Message message) {
        return step(new Event.Received(id(from), incarnation(id(from)), run(id(from), BOOT), lane, message, nowNs));
    }

    private static Lane laneOf(Message message) {
        return switch (message) {
            case Message.AppendEntries request -> request.entries().isEmpty() ? Lane.CONTROL : Lane.DATA;
            case Message.AppendEntriesReply reply -> Lane.DATA;
            case Message.InstallSnapshot request -> Lane.BULK;
            case Message.InstallSnapshotReply reply -> Lane.CONTROL;
            case Message.TimeoutNow m -> Lane.CONTROL;
            case Message.ReadIndex m -> Lane.CONTROL;
            case Message.ReadIndexReply m -> Lane.CONTROL;
            case Message.PreVote m -> Lane.CONTROL;
            case Message.PreVoteReply m -> Lane.CONTROL;
            case Message.RequestVote m -> Lane.CONTROL;
            case Message.RequestVoteReply m -> Lane.CONTROL;
        };
    }

    List<String> persisted(long writeId) {
        return step(new Event.HardStatePersisted(writeId));
    }

    List<String> written(long writeId) {
        return step(new Event.LogWriteCompleted(writeId));
    }

    List<String> propose(String... words) {
        return step(new Event.Propose(Words.of(words)));
    }

    long nowNs() {
        return nowNs;
    }

    /** Time passes, in which nothing happens. */
    CoreHarness pass(long ms) {
        nowNs += ms * MS;
        return this;
    }

    List<String> tick() {
        return step(new Event.Tick());
    }

    /** Time passes up to when the core asks to be woken. */
    List<String> timesOut() {
        nowNs = core.nextDeadlineNs();
        return tick();
    }

    /** In how many milliseconds the core wants to be woken. */
    long wakesInMs() {
        return (core.nextDeadlineNs() - nowNs) / MS;
    }

    CoreStatus status() {
        return core.status();
    }

    /** Wins an election with the voices of all others. */
    void getsElected() {
        timesOut();
        long term = status().term() + 1;
        for (ServerId peer : others()) {
            receive(peer.value(), new Message.PreVoteReply(term - 1, term, true));
        }
        persisted(Long.MAX_VALUE);
        for (ServerId peer : others()) {
            receive(peer.value(), new Message.RequestVoteReply(term, term, true));
        }
        assertEquals("leader", status().role());
        assertEquals(term, status().term());
    }

    // ---- messages in short

    static Message.AppendEntries append(String leader, long term, long prevLogIndex, long prevLogTerm, long commit,
            long... terms) {
        return acknowledged(leader, term, prevLogIndex, prevLogTerm, commit, 0, terms);
    }

    static Message.AppendEntries acknowledged(String leader, long term, long prevLogIndex, long prevLogTerm,
            long commit,
            long acknowledgedIndex, long... terms) {
        TermRuns entries = runs(prevLogIndex + 1, terms);
        return new Message.AppendEntries(term, id(leader), prevLogIndex, prevLogTerm, entries, commit,
                acknowledgedIndex, 0, 0,
                entries.isEmpty() ? Content.NONE : Words.some(terms.length));
    }

    static Message.AppendEntriesReply match(long term, long matchIndex, long prevLogIndex) {
        return new Message.AppendEntriesReply(term, term, true, matchIndex, prevLogIndex, 0, 0, false, 0, 0);
    }

    static Message.AppendEntriesReply refusal(long term, long prevLogIndex, long conflictIndex, long conflictTerm) {
        return new Message.AppendEntriesReply(term, term, false, 0, prevLogIndex, conflictIndex, conflictTerm, false,
                0, 0);
    }

    /** A snapshot of that index and term, taken by the first server. */
    static SnapshotId snapshot(long index, long term) {
        return new SnapshotId(index, term, incarnation(id("n1")), 7);
    }

    /** A part of a snapshot of 30 bytes, or for length 0 the offer of it. */
    static Message.InstallSnapshot part(String leader, long term, SnapshotId snapshot, long offset, int length) {
        return new Message.InstallSnapshot(term, id(leader), snapshot, 30, offset, length, Content.NONE);
    }

    static Message.InstallSnapshotReply wants(long term, SnapshotId snapshot, long offset, long window,
            boolean isResumed) {
        return new Message.InstallSnapshotReply(term, term, snapshot, offset, window, isResumed, 0);
    }

    static Message.InstallSnapshotReply has(long term, SnapshotId snapshot) {
        return new Message.InstallSnapshotReply(term, term, snapshot, 0, 0, false, snapshot.index());
    }

    static Message.RequestVote requestVote(String candidate, long term, long lastLogIndex, long lastLogTerm) {
        return new Message.RequestVote(term, id(candidate), lastLogIndex, lastLogTerm, false);
    }

    static Message.PreVote preVote(String candidate, long term, long lastLogIndex, long lastLogTerm) {
        return new Message.PreVote(term, id(candidate), lastLogIndex, lastLogTerm);
    }

    static Message.RequestVoteReply vote(long term, boolean granted) {
        return new Message.RequestVoteReply(term, term, granted);
    }

    static void assertEffects(List<String> actual, String... expected) {
        assertEquals(String.join("\n", expected), String.join("\n", actual));
    }
}
