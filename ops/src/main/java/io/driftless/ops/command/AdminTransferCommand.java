package io.driftless.ops.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.client.ClientConfig;
import io.driftless.ops.cluster.LeadershipTransfer;
import io.driftless.ops.cluster.LeadershipTransfer.End;
import io.driftless.ops.cluster.LeadershipTransfer.Report;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.Waiting;
import io.driftless.raft.ServerId;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code driftless admin transfer}: the leader hands its leadership over. */
@Command(name = "transfer", sortOptions = false,
        description = {"Has the leader hand its leadership over, and waits until another member leads.",
            "No command is lost: those that come meanwhile wait for a moment, or go to the new leader."},
        footer = {"", "Ends with 0 also if the member of --to leads already.", "", "Examples:",
            "  driftless admin transfer 127.0.0.1:7001",
            "  driftless admin transfer --to n2 --cluster 127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003"})
final class AdminTransferCommand implements Callable<Integer> {

    @Parameters(paramLabel = "HOST:PORT", arity = "0..1", description = "Address of any member, with or without its"
            + " name (n1=HOST:PORT), in place of --cluster: it is asked who leads.")
    private @Nullable String member;

    @Option(names = "--to", paramLabel = "NAME", description = "The member that is to lead. Default: the voter that has"
            + " most of the log.")
    private @Nullable String to;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    private final Console console;

    AdminTransferCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String target = target();
        LeadershipTransfer transfer = transfer(target);
        Waiting waiting = Waiting.on(console, target.isEmpty() ? "another member to lead" : target + " to lead");
        Report report;
        try {
            report = transfer.run();
        } finally {
            waiting.end();
        }
        return show(report);
    }

    private String target() {
        if (to == null) {
            return "";
        }
        try {
            ServerId target = new ServerId(to.strip());
            if (!target.isNone()) {
                return target.value();
            }
        } catch (IllegalArgumentException notAName) {
            throw CommandFailedException.usage("--to: " + notAName.getMessage());
        }
        throw CommandFailedException.usage("--to: the name of a member, such as n2");
    }

    private LeadershipTransfer transfer(String target) {
        if (member == null) {
            return new LeadershipTransfer(cluster.addresses(), cluster.names(), target, cluster.timeout());
        }
        if (cluster.isGiven()) {
            throw CommandFailedException.usage("HOST:PORT or --cluster, not both");
        }
        if (member.contains(",")) {
            throw CommandFailedException.usage("HOST:PORT: '" + member + "': one member only; several: --cluster");
        }
        String address = ClientConfig.addressOf(member);
        ClusterOptions.check("HOST:PORT", address);
        return new LeadershipTransfer(List.of(address), List.of(ClusterOptions.nameOf(member)), target,
                cluster.timeout());
    }

    private int show(Report report) {
        boolean isDone = report.end() == End.TRANSFERRED || report.end() == End.LEADS_ALREADY;
        if (cluster.isJson()) {
            console.line(Json.line(json(report)));
        } else if (isDone) {
            console.line(report.to() + (report.end() == End.LEADS_ALREADY ? " leads already, term " + report.term()
                    : String.format(Locale.ROOT, " leads, term %d; it took %,d ms", report.term(),
                    report.took().toMillis())));
        } else {
            throw CommandFailedException.failed(switch (report.end()) {
                case ANOTHER_LEADS -> report.to() + " leads, term " + report.term() + ": " + report.detail();
                case NO_LEADER -> report.detail();
                case TIMEOUT -> report.from() + ": leadership was not handed over: " + report.detail()
                        + "; it still may be, 'driftless status' shows who leads";
                case NOT_LEADER, BUSY, NO_TARGET, CLOSED, TRANSFERRED, LEADS_ALREADY -> report.from()
                        + ": leadership was not handed over: " + report.detail();
            });
        }
        return isDone ? 0 : CommandFailedException.FAILED;
    }

    private static ObjectNode json(Report report) {
        return Json.object().put("op", "transfer").put("from", orNull(report.from())).put("to", orNull(report.to()))
                .put("term", report.term() < 0 ? null : Long.valueOf(report.term()))
                .put("took_ms", report.took().toMillis())
                .put("outcome", report.end().name().toLowerCase(Locale.ROOT)).put("detail", report.detail());
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
