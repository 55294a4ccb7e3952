package io.driftless.ops.command;

import io.driftless.ops.cluster.ClusterStatus;
import io.driftless.ops.cluster.MemberStatus;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code driftless status}: what each member says of itself. */
@Command(name = "status", sortOptions = false,
        description = "Shows role, term, indexes and lag of each member given with --cluster, and who holds up what.",
        footer = {"", "Ends with 1 if no member answers, or none of them knows a leader.", "", "Example:",
            "  driftless status --cluster 127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003"})
final class StatusCommand implements Callable<Integer> {

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final String CLEAR = "\033[H\033[2J";

    @Option(names = "--watch", description = "Ask again every second, until interrupted.")
    private boolean watch;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    private final Console console;

    StatusCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        while (true) {
            ClusterStatus status = new ClusterStatus(ask());
            show(status);
            if (!watch) {
                return status.isLed() ? 0 : 1;
            }
            TimeUnit.MILLISECONDS.sleep(EVERY.toMillis());
        }
    }

    private List<MemberStatus> ask() throws InterruptedException {
        List<String> names = cluster.names();
        List<MemberStatus> members = new ArrayList<>();
        Set<String> silent = new ConcurrentSkipListSet<>(cluster.addresses());
        Waiting waiting = Waiting.toldTo(console::note, () -> String.join(", ", silent));
        try {
            for (MemberStatus member : MemberStatus.askAll(cluster.addresses(), cluster.timeout(), silent::remove)) {
                members.add(member.named(names.get(members.size())));
            }
        } finally {
            waiting.end();
        }
        return members;
    }

    private void show(ClusterStatus status) {
        if (cluster.isJson()) {
            status.members().forEach(member -> console.line(Json.line(member.line())));
            status.advice().ifPresent(console::note);
            return;
        }
        if (watch && console.outIsTerminal()) {
            console.line(CLEAR);
        }
        status.table().forEach(console::line);
        status.advice().ifPresent(console::line);
        if (watch && !console.outIsTerminal()) {
            console.line("");
        }
    }
}
