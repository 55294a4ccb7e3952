package io.driftless.ops.shell;

import io.driftless.log.Bytes;
import io.driftless.ops.console.Json;
import io.driftless.ops.kv.KvCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one line of the shell: {@code put k v}, {@code get k}, {@code cas k old new}, {@code cas k null new},
 * {@code delete k}. Words are separated by blanks; a word in double quotes is a JSON string, so it may hold blanks,
 * line feeds as {@code \n}, and the text {@code "null"}.
 */
public final class ShellLine {

    /** A word and whether it stood in quotes. */
    private record Word(String text, boolean quoted) {
        boolean isNull() {
            return !quoted && text.equals("null");
        }

        Bytes bytes() {
            return Bytes.utf8(text);
        }
    }

    /** A line that is no command. */
    public static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1L;

        BadLineException(String message) {
            super(message);
        }
    }

    private ShellLine() { }

    /** The command; empty for a blank line. */
    public static Optional<KvCommand> parse(String line) throws BadLineException {
        List<Word> words = words(line);
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
            default -> throw new BadLineException("no command '" + words.getFirst().text()
                    + "': put, get, cas or delete");
        });
    }

    private static KvCommand cas(Bytes key, @Nullable Bytes expected, Word value) throws BadLineException {
        if (value.isNull()) {
            throw new BadLineException("the new value is null: use delete, or \"null\" for the text");
        }
        return expected == null ? new KvCommand.Create(key, value.bytes())
                : new KvCommand.Cas(key, expected, value.bytes());
    }

    private static void expect(List<Word> words, String form) throws BadLineException {
        int expected = form.split(" ").length;
        if (words.size() != expected) {
            throw new BadLineException((words.size() - 1) + " words behind '" + words.getFirst().text() + "', not "
                    + (expected - 1) + ": " + form
                    + " (a value with blanks stands in double quotes)");
        }
    }

    private static List<Word> words(String line) throws BadLineException {
        List<Word> words = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < line.length() && isBlank(line.charAt(at))) {
                at++;
            }
            if (at == line.length()) {
                return words;
            }
            int start = at;
            boolean quoted = line.charAt(at) == '"';
            at = quoted ? endOfQuotes(line, at) : endOfWord(line, at);
            String raw = line.substring(start, at);
            if (quoted) {
                words.add(new Word(Json.parseString(raw).orElseThrow(
                        () -> new BadLineException("column " + (start + 1) + ": not a JSON string: " + raw)), true));
            } else {
                words.add(new Word(raw, false));
            }
        }
    }

    private static int endOfQuotes(String line, int start) throws BadLineException {
        for (int at = start + 1; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == '"') {
                if (at + 1 < line.length() && !isBlank(line.charAt(at + 1))) {
                    throw new BadLineException("column " + (at + 2) + ": a blank is missing behind the closing quote");
                }
                return at + 1;
            }
        }
        throw new BadLineException("column " + (start + 1) + ": the quote is not closed");
    }

    private static int endOfWord(String line, int start) throws BadLineException {
        int at = start;
        while (at < line.length() && !isBlank(line.charAt(at))) {
            if (line.charAt(at) == '"') {
                throw new BadLineException("column " + (at + 1)
                        + ": a quote inside a word; put the whole word in quotes");
            }
            at++;
        }
        return at;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }
}
