package io.driftless.ops.torture;

import io.driftless.ops.kv.KvAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One cluster from its forming to its end: clients work, two threads strike nodes and links, all is mended, a commit
 * must follow, the nodes must agree, and the clients' history is judged. What is drawn follows from the seed; what the
 * machine makes of it does not.
 */
final class Episode {

    /** After the last fault is mended and all nodes run. */
    private static final Duration COMMIT_WITHIN = Duration.ofSeconds(20);
    private static final Duration FORMED_WITHIN = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 3;
    private static final int LINK_ATTEMPTS_MAX = 200;

    /**
     * What came of it.
     *
     * @param struck      how often each kind struck
     * @param commands    how many were sent
     * @param committed   how many of them were committed
     * @param unknown     of how many nobody knows
     * @param firstCommit how long after the faults the first commit took
     * @param violations  what went wrong; empty if nothing did
     */
    record Result(Map<Fault, Integer> struck, long commands, long committed, long unknown, Duration firstCommit,
            List<String> violations) { }

    private final Trio trio;
    private final World world;
    private final Random random;
    private final Pauses pauses;
    private final Map<Fault, Integer> struck = Collections.synchronizedMap(new EnumMap<>(Fault.class));
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();

    Episode(Trio trio, World world, Random random, int longestPauseMs) {
        this.trio = trio;
        this.world = world;
        this.random = random;
        this.pauses = new Pauses(longestPauseMs);
    }

    /**
     * Runs it.
     *
     * @param kinds      what may strike
     * @param nodeFaults how many faults strike nodes; each kind once, if it is 0
     */
    Result run(Set<Fault> kinds, int nodeFaults) throws IOException, InterruptedException {
        List<Fault> ofNodes = new ArrayList<>(kinds.stream().filter(fault -> !fault.isOfLinks()).toList());
        List<Fault> ofLinks = kinds.stream().filter(Fault::isOfLinks).toList();
        Collections.shuffle(ofNodes, random);
        List<Fault> plan = new ArrayList<>(ofNodes);
        if (nodeFaults > 0) {
            plan.clear();
            for (int i = 0; i < nodeFaults; i++) {
                plan.add(ofNodes.get(random.nextInt(ofNodes.size())));
            }
        }
        trio.start(settings());
        if (Clients.awaitCommit(trio.addresses(), FORMED_WITHIN).isEmpty()) {
            throw new IllegalStateException("no commit within " + FORMED_WITHIN.toSeconds() + " s of the start");
        }
        // From here on every log holds something to damage.
        trio.awaitAgreement();
        Random forLinks = new Random(random.nextLong());
        Random forNodes = new Random(random.nextLong());
        Duration firstCommit = Duration.ZERO;
        List<Recorded> history;
        Clients clients = new Clients(trio.addresses(), random);
        try {
            Thread nodes = Thread.ofPlatform().name("torture-nodes").start(() -> strikeNodes(plan, forNodes));
            Thread links = Thread.ofPlatform().name("torture-links").start(() ->
                    strikeLinks(ofLinks, nodeFaults == 0, nodes, forLinks));
            nodes.join();
            links.join();
            if (violations.isEmpty()) {
                firstCommit = calm();
            }
        } finally {
            history = clients.end();
        }
        judge(history);
        return result(history, firstCommit);
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("serializer", random.nextInt(3) == 0 ? "json" : "kryo");
        settings.put("transport.peer.threads", random.nextBoolean() ? "virtual" : "platform");
        settings.put("log.segment.bytes", random.nextBoolean() ? "256KiB" : "512KiB");
        settings.put("log.max.entry.bytes", "16KiB");
        return settings;
    }

    private void strikeNodes(List<Fault> plan, Random draw) {
        NodeFaults faults = new NodeFaults(trio, world, draw, pauses);
        try {
            for (Fault fault : plan) {
                boolean done = false;
                for (int attempt = 0; !done && attempt < ATTEMPTS && !pauses.isOver(); attempt++) {
                    done = faults.strike(fault);
                    pauses.next(draw);
                }
                if (done) {
                    struck.merge(fault, 1, Integer::sum);
                }
            }
        } catch (IOException | InterruptedException | RuntimeException failed) {
            violated(failed.toString());
        }
    }

    private void strikeLinks(List<Fault> kinds, boolean eachOnce, Thread nodes, Random draw) {
        LinkFaults faults = new LinkFaults(world.links(), draw, pauses);
        try {
            for (int i = 0; i < LINK_ATTEMPTS_MAX && !pauses.isOver() && (nodes.isAlive()
                    || eachOnce && !struck.keySet().containsAll(kinds)); i++) {
                Fault fault = kinds.get(eachOnce ? i % kinds.size() : draw.nextInt(kinds.size()));
                if (faults.strike(fault)) {
                    struck.merge(fault, 1, Integer::sum);
                }
                pauses.next(draw);
            }
        } catch (IOException | InterruptedException | RuntimeException failed) {
            violated(failed.toString());
        }
    }

    private void violated(String what) {
        violations.add(what);
        pauses.end();
    }

    private Duration calm() throws InterruptedException {
        Optional<Duration> commit = Clients.awaitCommit(trio.addresses(), COMMIT_WITHIN);
        if (commit.isEmpty()) {
            violated("no commit within " + COMMIT_WITHIN.toSeconds() + " s after the faults");
        }
        for (Server server : trio.servers()) {
            Optional<Integer> ended = server.exitCode(Duration.ZERO);
            ended.ifPresent(code -> violated(server.name() + " ended by itself, exit code " + code + ": "
                    + server.said()));
        }
        return commit.orElse(COMMIT_WITHIN);
    }

    private void judge(List<Recorded> history) throws IOException {
        Files.write(trio.folder().resolve("history.txt"), (Iterable<String>) history.stream().map(Recorded::toString)
                ::iterator);
        if (violations.isEmpty()) {
            try {
                trio.awaitAgreement();
                List<KvAnswer.Row> rows = trio.rows(trio.servers().getFirst());
                violations.addAll(HistoryCheck.violations(history, rows));
            } catch (IllegalStateException disagree) {
                violated(disagree.getMessage());
            }
        }
    }

    private Result result(List<Recorded> history, Duration firstCommit) {
        long committed = history.stream().filter(each -> each.exchange().isCommitted()).count();
        long unknown = history.stream().filter(each -> each.exchange().word().equals("unknown")).count();
        return new Result(struck, history.size(), committed, unknown, firstCommit, List.copyOf(violations));
    }
}
