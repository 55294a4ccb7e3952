package io.driftless.ops.shell;

import io.driftless.log.Bytes;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.KvResult;
import io.driftless.ops.cluster.LocalScan;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.IoProblem;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * The shell for a person at a terminal: a prompt, a history that outlives the session, completion with Tab, and
 * commands that a script has no need of. Confined to one thread.
 */
public final class TerminalShell {

    private static final String PROMPT = "driftless> ";
    private static final int HISTORY_LINES = 1000;
    private static final long SCAN_ROWS = 100;
    private static final List<String> HELP = List.of(
            "put KEY VALUE       sets a value",
            "get KEY             reads the newest value",
            "cas KEY OLD NEW     sets a value if the present one is OLD; OLD null: if there is none",
            "delete KEY          removes a value",
            "quota [SIZE]        shows what keys and values use and may use; sets that (256MiB)",
            "scan [PREFIX [N]]   lists keys and values, at most " + SCAN_ROWS + " or N, from the copy of one node",
            "help                shows this",
            "exit                ends the shell, as does Ctrl-D",
            "A word with blanks stands in double quotes, with the escapes of JSON. Tab completes commands, and keys",
            "that were seen in this session. A line that begins with a blank is not kept in the history.");

    private final Console console;
    private final KvClient client;
    private final LocalScan scan;
    private final Duration timeout;
    private final KeyCompletion completion = new KeyCompletion(
            List.of("cas", "delete", "exit", "get", "help", "put", "quota", "scan"),
            Set.of("cas", "delete", "get", "put", "scan"));

    /** With {@code timeout} for each command, and {@code scan} for the rows of one node. */
    public TerminalShell(Console console, KvClient client, LocalScan scan, Duration timeout) {
        this.console = console;
        this.client = client;
        this.scan = scan;
        this.timeout = timeout;
    }

    /** Runs on the process's own terminal until its user leaves; {@link IOException} if that is none. */
    public void run() throws IOException {
        // The terminal is set by stty: nothing native is unpacked and loaded.
        try (Terminal terminal = TerminalBuilder.builder().system(true).provider("exec").dumb(true).build()) {
            run(terminal, HistoryFile.of(System.getenv()));
        }
    }

    /** A terminal that does not know its size, as behind some serial lines and pipes, has 80 columns and 24 rows. */
    static void giveSize(Terminal terminal) {
        Size size = terminal.getSize();
        if (size.getColumns() <= 0 || size.getRows() <= 0) {
            terminal.setSize(new Size(size.getColumns() <= 0 ? 80 : size.getColumns(),
                    size.getRows() <= 0 ? 24 : size.getRows()));
        }
    }

    void run(Terminal terminal, Optional<Path> history) {
        giveSize(terminal);
        LineReader reader = LineReaderBuilder.builder().terminal(terminal).appName("driftless").parser(completion)
                .completer(completion)
                // A value may hold an exclamation mark.
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                // Tab lists what there is; a second one must not pick from it.
                .option(LineReader.Option.AUTO_MENU, false).option(LineReader.Option.AUTO_LIST, true)
                .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
                .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES)
                .variable(LineReader.BELL_STYLE, "none").build();
        history.ifPresent(file -> reader.setVariable(LineReader.HISTORY_FILE, file));
        while (true) {
            try {
                if (!execute(reader.readLine(PROMPT))) {
                    return;
                }
            } catch (UserInterruptException nextLine) {
                // Ctrl-C gives up the line, not the shell.
            } catch (EndOfFileException left) {
                return;
            }
        }
    }

    /** False to leave. */
    private boolean execute(String line) {
        try {
            List<Words.Word> words = Words.of(line);
            switch (words.isEmpty() ? "" : words.getFirst().text()) {
                case "" -> { }
                case "exit", "quit" -> {
                    return false;
                }
                case "help" -> HELP.forEach(console::line);
                case "scan" -> scan(words);
                default -> ShellLine.parse(line).ifPresent(this::execute);
            }
        } catch (ShellLine.BadLineException bad) {
            console.note("error: " + bad.getMessage() + "; try help");
        } catch (CommandFailedException failed) {
            console.note("error: " + failed.getMessage());
        } catch (IOException lost) {
            console.note("error: " + IoProblem.words(lost));
        }
        return true;
    }

    private void execute(KvCommand command) {
        KvResult exchange = client.run(command, timeout);
        if (!OutcomeLine.isOfTheWhole(command)) {
            completion.seen(command.key());
        }
        OutcomeLine.show(console, exchange);
    }

    private void scan(List<Words.Word> words) throws ShellLine.BadLineException, IOException {
        if (words.size() > 3) {
            throw new ShellLine.BadLineException((words.size() - 1) + " words behind 'scan': scan [PREFIX [N]]");
        }
        long limit = SCAN_ROWS;
        if (words.size() == 3) {
            String number = words.get(2).text();
            if (!number.matches("[1-9]\\d{0,17}")) {
                throw new ShellLine.BadLineException("'" + number + "' is not a number of rows above zero");
            }
            limit = Long.parseLong(number);
        }
        Bytes prefix = words.size() > 1 ? words.get(1).bytes() : Bytes.EMPTY;
        console.note(scan.run(prefix, prefix, limit, this::show).words());
    }

    private void show(KvAnswer.Row row) {
        completion.seen(row.key());
        OutcomeLine.show(console, row);
    }
}
