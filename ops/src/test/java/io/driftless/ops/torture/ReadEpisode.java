package io.driftless.ops.torture;

import static org.awaitility.Awaitility.await;

import io.driftless.ops.cluster.MemberStatus;
import io.driftless.ops.torture.ReadHistory.Answer;
import io.driftless.ops.torture.ReadHistory.Asked;
import io.driftless.ops.torture.ReadHistory.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One cluster whose clients write in sessions and read without the log, at every member, while nodes are struck. After
 * each fault every member must answer again. In the end the history is judged. Confined to one thread.
 */
final class ReadEpisode {

    private static final Duration FORMED_WITHIN = Duration.ofSeconds(60);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final int ANSWERS = 20;
    private static final int CHANGES = 5;
    private static final int ATTEMPTS = 8;

    private final Trio trio;
    private final World world;
    private final boolean isOnePatient;
    private final Random random;
    private final ReadHistory history = new ReadHistory();
    private final SortedMap<String, MemberReader> readers = new TreeMap<>();
    private final List<ClusterReader> clients = new ArrayList<>();
    private final Map<ReadFault, Integer> struck = new EnumMap<>(ReadFault.class);
    private final List<String> violations = new ArrayList<>();
    private List<ReadFaults.Overtaken> overtaken = List.of();
    private long atLeader;
    private long atFollowers;
    private long failed;
    private long failedOfClients;

    /** {@code isOnePatient}: see {@link ReadFaults#PATIENT}. */
    ReadEpisode(Trio trio, World world, boolean isOnePatient, Random random) {
        this.trio = trio;
        this.world = world;
        this.isOnePatient = isOnePatient;
        this.random = random;
    }

    /** Runs it; what is wrong, empty if nothing is. */
    List<String> run(List<ReadFault> plan) throws IOException, InterruptedException {
        trio.start(Map.of("log.segment.bytes", "1MiB", "log.max.entry.bytes", "16KiB"),
                isOnePatient ? Map.of(ReadFaults.PATIENT, ReadFaults.PATIENT_SETTINGS) : Map.of());
        if (Clients.awaitCommit(trio.addresses(), FORMED_WITHIN).isEmpty()) {
            throw new IllegalStateException("no commit within " + FORMED_WITHIN.toSeconds() + " s of the start");
        }
        RegisterWriters writers = new RegisterWriters(trio.addresses(), history, random);
        try {
            for (Server server : trio.servers()) {
                readers.put(server.name(), new MemberReader(server.name(), world.bind(server.name()), writers,
                        history, random));
            }
            clients.add(new ClusterReader(trio.addresses(), "", writers, history, random));
            clients.add(new ClusterReader(trio.addresses(), world.shown(ReadFaults.PATIENT), writers, history,
                    random));
            strike(plan, writers);
        } finally {
            writers.end();
            for (MemberReader reader : readers.values()) {
                reader.end();
                failed += reader.failed();
            }
            for (ClusterReader client : clients) {
                client.end();
                failedOfClients += client.failed();
            }
        }
        judge();
        return violations;
    }

    private void strike(List<ReadFault> plan, RegisterWriters writers) throws IOException, InterruptedException {
        ReadFaults faults = new ReadFaults(trio, world, writers, readers, isOnePatient, random);
        awaitAnswers("the start", writers);
        for (ReadFault fault : plan) {
            boolean done = false;
            for (int attempt = 0; !done && attempt < ATTEMPTS && violations.isEmpty(); attempt++) {
                done = faults.strike(fault);
                awaitAnswers(fault.word(), writers);
            }
            if (done) {
                struck.merge(fault, 1, Integer::sum);
            }
        }
        overtaken = faults.overtaken();
    }

    /** All is mended: every member answers, and commands are executed. Counts answers of a leader, and of others. */
    private void awaitAnswers(String after, RegisterWriters writers) throws InterruptedException {
        Optional<MemberStatus> before = leader();
        readers.values().forEach(MemberReader::mark);
        long changes = writers.changes();
        try {
            await().atMost(ANSWERS_WITHIN).pollDelay(Duration.ZERO).pollInterval(POLL).until(() ->
                    writers.changes() >= changes + CHANGES && readers.values().stream()
                            .allMatch(reader -> reader.answeredSinceMark() >= ANSWERS));
        } catch (ConditionTimeoutException never) {
            violations.add("after " + after + " not every member answers: " + readers.values().stream()
                    .map(reader -> reader.name() + " has given " + reader.answeredSinceMark() + " answers")
                    .collect(Collectors.joining(", ")) + "; " + (writers.changes() - changes) + " changes");
            return;
        }
        Map<String, Long> answers = new TreeMap<>();
        readers.values().forEach(reader -> answers.put(reader.name(), reader.answeredSinceMark()));
        Optional<MemberStatus> then = leader();
        if (before.isPresent() && then.isPresent() && before.get().node().equals(then.get().node())
                && before.get().number("term") == then.get().number("term")) {
            answers.forEach((name, count) -> {
                if (name.equals(then.get().node())) {
                    atLeader += count;
                } else {
                    atFollowers += count;
                }
            });
        }
    }

    private Optional<MemberStatus> leader() throws InterruptedException {
        return trio.statuses().stream().filter(MemberStatus::isLeader)
                .max(Comparator.comparingLong(status -> status.number("term")));
    }

    private void judge() throws IOException, InterruptedException {
        Files.write(trio.folder().resolve("history.txt"), (Iterable<String>) Stream.concat(history.commands().stream(),
                history.answers().stream()).map(Record::toString)::iterator);
        for (Server server : trio.servers()) {
            server.exitCode(Duration.ZERO).ifPresent(code -> violations.add(server.name()
                    + " ended by itself, exit code " + code + ": " + server.said()));
        }
        violations.addAll(ReadHistoryCheck.violations(history));
        if (violations.isEmpty()) {
            try {
                trio.awaitAgreement();
            } catch (IllegalStateException disagree) {
                violations.add(String.valueOf(disagree.getMessage()));
            }
        }
    }

    /** How often each kind struck. */
    Map<ReadFault, Integer> struck() {
        return struck;
    }

    /** Linearizable answers of a member that led all the time meanwhile. */
    long atLeader() {
        return atLeader;
    }

    /** Linearizable answers of the others meanwhile. */
    long atFollowers() {
        return atFollowers;
    }

    /** For the ledger. */
    String counts() {
        List<Answer> answers = history.answers();
        long met = answers.stream().filter(answer -> overtaken.stream().anyMatch(each ->
                answer.member().equals(each.member()) && answer.begunNs() >= each.fromNs()
                        && answer.begunNs() <= each.toNs())).count();
        return struck.entrySet().stream().map(each -> each.getKey().word() + "=" + each.getValue())
                .collect(Collectors.joining(" ")) + " linearizable=" + count(answers, Asked.LINEARIZABLE)
                + " at-leader=" + atLeader + " at-followers=" + atFollowers + " at-least="
                + count(answers, Asked.AT_LEAST) + " stale=" + count(answers, Asked.STALE) + " stale-with-age="
                + answers.stream().filter(answer -> answer.asked() == Asked.STALE && answer.age().isPresent()).count()
                + " asked-when-overtaken-and-answered=" + met + " not-answered=" + failed + " by-clients="
                + answers.stream().filter(answer -> answer.member().equals(ClusterReader.ANY)).count()
                + " not-answered-to-clients=" + failedOfClients + " changed="
                + history.commands().stream().filter(each -> each.fate() == Fate.CHANGED).count() + " unknown="
                + history.commands().stream().filter(each -> each.fate() == Fate.UNKNOWN).count();
    }

    private static long count(List<Answer> answers, Asked asked) {
        return answers.stream().filter(answer -> answer.asked() == asked).count();
    }
}
