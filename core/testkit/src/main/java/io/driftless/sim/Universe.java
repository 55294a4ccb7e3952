package io.driftless.sim;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializers;
import io.driftless.errors.NodeStartException;
import io.driftless.log.LogListener;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.Configuration;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Member;
import io.driftless.raft.ServerId;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Everything in one run: servers, network, clients, time, and what watches them. */
final class Universe implements SeenServers {

    final Plan plan;
    final Timeline timeline = new Timeline();
    final SimulatedNetwork network;
    private final Watch watch;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final List<SessionClient> sessionClients = new ArrayList<>();
    private final Configuration configuration;
    private final Members members;
    private final SortedMap<ServerId, UUID> incarnations = new TreeMap<>();
    private final Mishaps mishaps;
    private long serials;
    private long inquiries;
    private @Nullable MachineTwins<?> twins;
    private boolean someoneWaits;
    /** Who may be started; all, until the end of the faults. */
    private long mayRun = -1;

    Universe(Plan plan, Watch watch) {
        this.plan = plan;
        this.watch = watch;
        this.network = new SimulatedNetwork(this);
        this.configuration = new Configuration(namesIn(plan.knob(Knob.VOTERS)), namesIn(plan.knob(Knob.OUTGOING)),
                namesIn(plan.knob(Knob.LEARNERS)));
        StringBuilder text = new StringBuilder();
        for (int number = 0; number < plan.servers(); number++) {
            nodes.add(new SimulatedNode(number, this));
            text.append(number == 0 ? "" : ",").append(SimulatedNode.nameOf(number)).append('=')
                    .append(addressOf(number)).append((plan.knob(Knob.LEARNERS) >> number & 1) == 1 ? "/learner" : "");
        }
        this.members = Members.parse(text.toString());
        nodes.forEach(node -> incarnations.put(node.id, prepare(node)));
        if (plan.knob(Knob.FORMED) == 1) {
            nodes.forEach(this::form);
        }
        this.mishaps = new Mishaps(this);
    }

    private static SortedSet<ServerId> namesIn(long mask) {
        SortedSet<ServerId> names = new TreeSet<>();
        for (int number = 0; mask >> number != 0; number++) {
            if ((mask >> number & 1) == 1) {
                names.add(SimulatedNode.nameOf(number));
            }
        }
        return names;
    }

    private StorageContext context(SimulatedNode node) {
        return new StorageContext("sim", node.id.value(), 1 << 20, 1 << 20, LogListener.NONE);
    }

    private UUID prepare(SimulatedNode node) {
        try (Storage storage = node.disk().open(context(node))) {
            return storage.identity().incarnation();
        }
    }

    private void form(SimulatedNode node) {
        SortedMap<ServerId, Member> formed = new TreeMap<>();
        incarnations.forEach((id, incarnation) ->
                formed.put(id, new Member(incarnation, addressOf(numberOf(id)), Member.PRIORITY_DEFAULT)));
        try (Storage storage = node.disk().open(context(node))) {
            storage.writeConfiguration(RecordBodies.encode(Serializers.byName("kryo"),
                    new RecordBody.ConfigurationBody(new ClusterConfiguration(configuration, formed, 0))));
        }
    }

    /** Begins: servers start, clients think. */
    void begin() {
        nodes.forEach(node -> node.start(members));
        for (int number = 0; number < plan.knob(Knob.CLIENTS); number++) {
            SimulatedClient client = new SimulatedClient(number, this);
            clients.add(client);
            client.think();
        }
        for (int number = 0; number < plan.knob(Knob.SESSION_CLIENTS); number++) {
            SessionClient client = new SessionClient(clients.size() + number, this);
            sessionClients.add(client);
            client.begin();
        }
    }

    /** Whether some clients work in sessions. */
    boolean hasSessions() {
        return plan.knob(Knob.SESSION_CLIENTS) > 0;
    }

    /** From the first start on every server runs a twin of a user's machine beside its own. */
    void runs(MachineTwins<?> newTwins) {
        twins = newTwins;
    }

    StateMachine machineOf(SimulatedNode node, RegisterMachine own) {
        return twins == null ? own : twins.startedOn(node, own);
    }

    /**
     * Lets other things happen while one thread waits: what it has taken on is not done yet, and more comes. While one
     * waits, the others' waiting takes no time. {@code untilNs} may change meanwhile.
     */
    void meanwhile(LongSupplier untilNs) {
        if (!someoneWaits) {
            someoneWaits = true;
            while (!isOver() && timeline.next(untilNs.getAsLong())) {
                continue;
            }
            someoneWaits = false;
        }
    }

    boolean doesSomeoneWait() {
        return someoneWaits;
    }

    /** A process has ended. */
    void died(Life ended) {
        network.died(ended);
        sessionClients.forEach(client -> client.died(ended));
    }

    /** A node has ended in order. */
    void saidGoodbye(Life ending) {
        clients.forEach(client -> client.saidGoodbye(ending));
    }

    void endClients() {
        clients.forEach(SimulatedClient::end);
        sessionClients.forEach(SessionClient::end);
    }

    Mishaps mishaps() {
        return mishaps;
    }

    void saw(Happening happening) {
        watch.saw(timeline.nowNs(), happening);
    }

    void violated(String property, String detail) {
        watch.violated(property, detail);
    }

    boolean isOver() {
        return watch.violation().isPresent();
    }

    List<SimulatedNode> nodes() {
        return nodes;
    }

    SimulatedNode node(int number) {
        return nodes.get(number);
    }

    int numberOf(ServerId id) {
        return id.value().charAt(1) - '1';
    }

    static String addressOf(int number) {
        return "sim-" + (number + 1) + ":1";
    }

    /** Whose address it is; -1 if nobody's. */
    int numberOfAddress(String address) {
        return address.isEmpty() ? -1 : address.charAt(4) - '1';
    }

    /**
     * Whether those for whom {@code counts} holds are a quorum, of both halves if the configuration is joint (Raft §6).
     * The checkers' own arithmetic, so that they do not err with the core's.
     */
    boolean isQuorum(IntPredicate counts) {
        return isMajority(plan.knob(Knob.VOTERS), counts) && (plan.knob(Knob.OUTGOING) == 0
                || isMajority(plan.knob(Knob.OUTGOING), counts));
    }

    private boolean isMajority(long voters, IntPredicate counts) {
        int count = 0;
        for (int number = 0; number < plan.servers(); number++) {
            count += (voters >> number & 1) == 1 && counts.test(number) ? 1 : 0;
        }
        return 2 * count > Long.bitCount(voters);
    }

    /** Whether a power cut may take what this server has not synced: the others must be a quorum that lacks nothing. */
    boolean mayLose(SimulatedNode node) {
        return !plan.durability().isRelaxed() || isQuorumWithout(node);
    }

    /** Whether the others can elect a leader and commit, whatever becomes of this server. */
    boolean isQuorumWithout(SimulatedNode node) {
        return isQuorum(voter -> voter != node.number && nodes.get(voter).staysSure());
    }

    String members() {
        return members.toString();
    }

    long newSerial() {
        return ++serials;
    }

    /** The number of the next request about a session. */
    long newInquiry() {
        return ++inquiries;
    }

    @Override
    public long applied(int node) {
        Life life = nodes.get(node).life();
        return life == null ? 0 : life.applied();
    }

    @Override
    public long led(int node) {
        Life life = nodes.get(node).life();
        CoreStatus status = life == null ? null : life.status();
        return status != null && status.role().equals("leader") ? status.term() : 0;
    }

    @Override
    public long countedMs(int node, long stepMs) {
        return nodes.get(node).countedMs(stepMs);
    }

    @Override
    public long wallMs(int node) {
        return nodes.get(node).wallMs();
    }

    /** Whether the cluster counts these data of the server (R17). */
    boolean hasFormedWith(int node, UUID incarnation) {
        return incarnations.get(node(node).id).equals(incarnation);
    }

    /** Whether the server's data belong to the formed cluster. */
    boolean isFormed(SimulatedNode node) {
        Life life = node.life();
        return !node.isWiped() && (plan.knob(Knob.FORMED) == 1 || life != null && life.isListening()
                && life.introduction().isFormed());
    }

    boolean haveAllFormed() {
        return nodes.stream().allMatch(node -> node.isWiped() || isFormed(node));
    }

    /** From now on only these run. */
    void restrict(long mask) {
        mayRun = mask;
        for (SimulatedNode node : nodes) {
            if ((mask >> node.number & 1) == 0) {
                node.stop("left out");
            } else {
                startIn(node, 1);
            }
        }
    }

    /** A process of this node is about to start. */
    void starts(SimulatedNode node) {
        mishaps.starts(node);
    }

    void startIn(SimulatedNode node, long ms) {
        timeline.in(ms * 1_000_000, () -> {
            if (!node.isUp() && (mayRun >> node.number & 1) == 1) {
                node.start(members);
            }
        });
    }

    void refusedStart(SimulatedNode node, NodeStartException refused) {
        if (!mishaps.isExpected(node, refused)) {
            violated("a node starts on what it left behind", node.id + " does not start: " + refused.getMessage());
        }
    }
}
