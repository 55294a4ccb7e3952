package io.driftless.ops.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.node.NodeStatus;
import io.driftless.ops.console.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * What one member says of itself, or that it does not answer. Immutable.
 *
 * @param address where it was asked
 * @param json    its answer; empty if there was none
 * @param problem why there was none; empty if there was one
 * @param name    what it is called by whoever asks, or by the others; empty if nobody knows
 */
public record MemberStatus(String address, Optional<ObjectNode> json, String problem, String name) {

    private static final List<String> FIELDS = List.of("role", "term", "leader", "commit", "applied", "durable",
            "last");

    /** Of a member without a name. */
    public MemberStatus(String address, Optional<ObjectNode> json, String problem) {
        this(address, json, problem, "");
    }

    /**
     * Asks the members at these addresses, all at the same time; the answers come in the order of the addresses, within
     * {@code timeout}.
     */
    public static List<MemberStatus> askAll(List<String> addresses, Duration timeout) throws InterruptedException {
        return askAll(addresses, timeout, settled -> { });
    }

    /** The same; {@code settled} is told each address that has answered or cannot be reached, by several threads. */
    public static List<MemberStatus> askAll(List<String> addresses, Duration timeout, Consumer<String> settled)
            throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<MemberStatus>> questions = new ArrayList<>();
            addresses.forEach(address -> questions.add(() -> {
                MemberStatus answer = ask(address, timeout);
                settled.accept(address);
                return answer;
            }));
            List<MemberStatus> answers = new ArrayList<>();
            for (Future<MemberStatus> answer : threads.invokeAll(questions)) {
                answers.add(answer.get());
            }
            return answers;
        } catch (ExecutionException unexpected) {
            throw new IllegalStateException("asking for a status", unexpected.getCause());
        }
    }

    private static MemberStatus ask(String address, Duration timeout) {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        try (NodeProbe probe = NodeProbe.connect(address, timeout)) {
            Duration left = Duration.ofNanos(Math.max(1, deadlineNs - System.nanoTime()));
            return of(address, probe.statusJson(left));
        } catch (IOException unreachable) {
            return new MemberStatus(address, Optional.empty(), String.valueOf(unreachable.getMessage()));
        }
    }

    /** From what a node answered. */
    static MemberStatus of(String address, String answer) {
        Optional<ObjectNode> json = Json.parseObject(answer);
        return new MemberStatus(address, json, json.isPresent() ? "" : "its status is not JSON");
    }

    /** The same, called so. */
    public MemberStatus named(String newName) {
        return new MemberStatus(address, json, problem, newName);
    }

    /** Its name: what it says itself, or what it is called; empty if nobody knows. */
    public String node() {
        String told = text("node");
        return told.isEmpty() ? name : told;
    }

    /** Whether it says that it knows a leader. */
    public boolean knowsALeader() {
        return !text("leader").isEmpty();
    }

    /** The objects in a list that it told; none if it told no such list. */
    List<JsonNode> list(String field) {
        List<JsonNode> all = new ArrayList<>();
        json.map(object -> object.path(field)).ifPresent(array -> array.forEach(all::add));
        return all;
    }

    /** Whether it answered. */
    public boolean isReachable() {
        return json.isPresent();
    }

    /** A field as text; empty if it is missing or null. */
    public String text(String field) {
        JsonNode value = json.map(object -> object.get(field)).orElse(null);
        return value == null || value.isNull() ? "" : value.asText();
    }

    /** A field as a number; -1 if it is missing or null. */
    public long number(String field) {
        JsonNode value = json.map(object -> object.get(field)).orElse(null);
        return value == null || value.isNull() ? -1 : value.asLong();
    }

    /** Whether it says that it may have lost entries that it acknowledged, and so has no vote. */
    public boolean isInDoubt() {
        return text("in_doubt").equals("true");
    }

    /** Whether it says that it leads. */
    public boolean isLeader() {
        return text("role").equals("leader");
    }

    /**
     * One object with {@code node, address, reachable, role, term, leader, commit, applied, durable, last}, missing
     * ones null, and what else it told; or the same fields with nulls, and {@code problem}.
     */
    public ObjectNode line() {
        ObjectNode line = Json.object();
        line.put("node", node().isEmpty() ? null : node());
        String told = text("address");
        line.put("address", told.isEmpty() ? address : told).put("reachable", isReachable());
        FIELDS.forEach(name -> line.set(name, field(name)));
        ObjectNode all = json.or(() -> Json.parseObject(NodeStatus.unreachableJson(address))).orElseThrow();
        all.properties().forEach(more -> {
            if (!line.has(more.getKey())) {
                line.set(more.getKey(), more.getValue());
            }
        });
        if (!isReachable()) {
            line.put("problem", problem);
        }
        return line;
    }

    private JsonNode field(String name) {
        JsonNode value = json.map(object -> object.get(name)).orElse(null);
        boolean missing = value == null || value.isTextual() && value.textValue().isEmpty();
        return missing ? Json.object().nullNode() : value;
    }
}
