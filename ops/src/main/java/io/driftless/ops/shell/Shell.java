package io.driftless.ops.shell;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvResult;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.LineInput;
import io.driftless.ops.kv.KvCommand;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Executes the commands on standard input one after the other, and writes a line for each: for scripts, whatever is at
 * the other end. Confined to one thread.
 */
public final class Shell {

    private final Console console;
    private final KvClient client;
    private final Duration timeout;
    private final boolean json;
    private boolean allCommitted = true;

    /** With {@code timeout} for each command. */
    public Shell(Console console, KvClient client, Duration timeout, boolean json) {
        this.console = console;
        this.client = client;
        this.timeout = timeout;
        this.json = json;
    }

    /**
     * Runs to the end of the input. A bad line is told by its number and passed over.
     *
     * @return true if every line was a command and every command was committed
     */
    public boolean run() throws IOException {
        LineInput lines = new LineInput(console.in(), ShellLine.LINE_BYTES_MAX);
        long number = 0;
        for (Optional<LineInput.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
            number++;
            try {
                Optional<KvCommand> command = ShellLine.parse(line.get());
                if (command.isPresent()) {
                    execute(command.get());
                }
            } catch (ShellLine.BadLineException bad) {
                allCommitted = false;
                String problem = "line " + number + ": " + bad.getMessage();
                if (json) {
                    ObjectNode error = Json.object();
                    error.putNull("op");
                    console.line(Json.line(error.put("error", problem)));
                } else {
                    console.note("error: " + problem);
                }
            }
        }
        return allCommitted;
    }

    private void execute(KvCommand command) {
        KvResult exchange = client.run(command, timeout);
        allCommitted &= exchange.isDone();
        if (json) {
            console.line(Json.line(OutcomeLine.json(exchange)));
        } else {
            OutcomeLine.show(console, exchange);
        }
    }
}
