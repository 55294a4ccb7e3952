package io.driftless.ops.torture;

import static org.awaitility.Awaitility.await;

import io.driftless.log.Bytes;
import io.driftless.ops.cluster.MemberStatus;
import io.driftless.ops.cluster.NodeProbe;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.awaitility.core.ConditionTimeoutException;

/** Three nodes, where they are, and what lies between them. Owned by one episode. */
final class Trio implements AutoCloseable {

    static final int NODES = 3;
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration ASK = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final List<Server> servers = new ArrayList<>();
    private final World world;
    private final Path folder;

    /** Not started yet. */
    Trio(Path folder, World world, Optional<Path> library) throws IOException {
        this.folder = folder;
        this.world = world;
        for (int i = 1; i <= NODES; i++) {
            servers.add(new Server("n" + i, folder, world.prefix("n" + i), library));
        }
    }

    /** Writes the configurations, starts all, and waits until they are ready. */
    void start(Map<String, String> settings) throws IOException {
        start(settings, Map.of());
    }

    /** The same, with settings for some of the nodes alone. */
    void start(Map<String, String> settings, Map<String, Map<String, String>> own) throws IOException {
        StringBuilder members = new StringBuilder();
        for (Server server : servers) {
            members.append(members.isEmpty() ? "" : ",").append(server.name()).append('=')
                    .append(world.shown(server.name()));
        }
        for (Server server : servers) {
            StringBuilder file = new StringBuilder("cluster.id=torture\ncluster.members=" + members + "\nnode.id="
                    + server.name() + "\nbind=" + world.bind(server.name()) + "\ndata.dir=" + server.data() + "\n");
            Map<String, String> all = new TreeMap<>(settings);
            all.putAll(own.getOrDefault(server.name(), Map.of()));
            all.forEach((key, value) -> file.append(key).append('=').append(value).append('\n'));
            Files.writeString(server.config(), file);
            server.begin();
        }
        servers.forEach(server -> server.awaitLine("ready"));
    }

    List<Server> servers() {
        return servers;
    }

    Links links() {
        return world.links();
    }

    Path folder() {
        return folder;
    }

    /** Where clients find the nodes. */
    String addresses() {
        return String.join(",", servers.stream().map(server -> world.shown(server.name())).toList());
    }

    /** What the nodes say of themselves; those that do not answer are among them. */
    List<MemberStatus> statuses() throws InterruptedException {
        return MemberStatus.askAll(servers.stream().map(server -> world.bind(server.name())).toList(), ASK);
    }

    /** Who says that it leads; of two, the one of the higher term. */
    Optional<Server> leader() throws InterruptedException {
        Optional<String> name = statuses().stream().filter(MemberStatus::isLeader)
                .max(Comparator.comparingLong(status -> status.number("term"))).map(MemberStatus::node);
        return servers.stream().filter(server -> name.equals(Optional.of(server.name()))).findFirst();
    }

    /** What all nodes have applied, as soon as they agree; {@link IllegalStateException} if they do not in time. */
    NodeProbe.Summary awaitAgreement() {
        Set<NodeProbe.Summary> summaries = new HashSet<>();
        try {
            await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class).until(() -> {
                summaries.clear();
                for (Server server : servers) {
                    try (NodeProbe probe = NodeProbe.connect(world.bind(server.name()), ANSWER)) {
                        summaries.add(probe.summary(ANSWER));
                    }
                }
                return summaries.size() == 1;
            });
        } catch (ConditionTimeoutException never) {
            throw new IllegalStateException("the nodes do not agree: " + summaries, never);
        }
        return summaries.iterator().next();
    }

    /** Everything that a node holds. */
    List<KvAnswer.Row> rows(Server server) throws IOException {
        List<KvAnswer.Row> rows = new ArrayList<>();
        try (NodeProbe probe = NodeProbe.connect(world.bind(server.name()), ANSWER)) {
            Bytes from = Bytes.EMPTY;
            KvAnswer.Page page;
            do {
                page = probe.rows(new KvQuery.Scan(Bytes.EMPTY, from, 1000), ANSWER).page();
                rows.addAll(page.rows());
                from = page.rows().isEmpty() ? from : page.next();
            } while (page.more());
        }
        return rows;
    }

    /** SIGKILL to all. */
    @Override
    public void close() {
        servers.forEach(Server::kill);
        world.close();
    }
}
