package io.driftless.ops.shell;

import io.driftless.log.Bytes;
import io.driftless.ops.console.ByteSize;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.LineInput;
import io.driftless.ops.kv.KvCommand;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one line of the shell: {@code put k v}, {@code get k}, {@code cas k old new}, {@code cas k null new},
 * {@code delete k}, {@code quota}, {@code quota 256MiB}. Words are separated by blanks; a word in double quotes is a
 * JSON string, so it may hold blanks, line feeds as {@code \n}, and the text {@code "null"}.
 */
public final class ShellLine {

    /** A line that is no command. */
    public static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1L;

        BadLineException(String message) {
            super(message);
        }
    }

    /** Longer than any command that a cluster takes by default, quotes and escapes included. */
    static final int LINE_BYTES_MAX = 8 << 20;

    private ShellLine() { }

    /** The command of a line of bytes; empty for a blank line. */
    static Optional<KvCommand> parse(LineInput.Line line) throws BadLineException {
        if (line.isCut()) {
            throw new BadLineException("a line of " + line.length() + " bytes; at most " + LINE_BYTES_MAX
                    + " are taken");
        }
        return parse(Json.utf8(line.bytes()).orElseThrow(() -> new BadLineException("the line is not UTF-8")));
    }

    /** The command; empty for a blank line. */
    public static Optional<KvCommand> parse(String line) throws BadLineException {
        List<Words.Word> words = Words.of(line);
        if (words.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(switch (words.getFirst().text()) {
            case "put" -> {
                expect(words, "put KEY VALUE");
                yield new KvCommand.Put(words.get(1).bytes(), words.get(2).bytes());
            }
            case "get" -> {
                expect(words, "get KEY");
                yield new KvCommand.Get(words.get(1).bytes());
            }
            case "cas" -> {
                expect(words, "cas KEY OLD NEW");
                yield cas(words.get(1).bytes(), words.get(2).isNull() ? null : words.get(2).bytes(), words.get(3));
            }
            case "delete" -> {
                expect(words, "delete KEY");
                yield new KvCommand.Delete(words.get(1).bytes());
            }
            case "quota" -> quota(words);
            default -> throw new BadLineException("no command '" + words.getFirst().text()
                    + "': put, get, cas, delete or quota");
        });
    }

    private static KvCommand quota(List<Words.Word> words) throws BadLineException {
        if (words.size() == 1) {
            return new KvCommand.Usage();
        }
        expect(words, "quota SIZE");
        String size = words.get(1).text();
        if (ByteSize.lacksUnit(size)) {
            throw new BadLineException(ByteSize.unitProblem(size));
        }
        return new KvCommand.SetQuota(ByteSize.parse(size).orElseThrow(
                () -> new BadLineException(ByteSize.problem(size))));
    }

    private static KvCommand cas(Bytes key, @Nullable Bytes expected, Words.Word value) throws BadLineException {
        if (value.isNull()) {
            throw new BadLineException("the new value is null: use delete, or \"null\" for the text");
        }
        return expected == null ? new KvCommand.Create(key, value.bytes())
                : new KvCommand.Cas(key, expected, value.bytes());
    }

    private static void expect(List<Words.Word> words, String form) throws BadLineException {
        int expected = form.split(" ").length;
        if (words.size() != expected) {
            throw new BadLineException((words.size() - 1) + (words.size() == 2 ? " word" : " words")
                    + " behind '" + words.getFirst().text() + "', not " + (expected - 1) + ": " + form
                    + " (a value with blanks stands in double quotes)");
        }
    }
}
