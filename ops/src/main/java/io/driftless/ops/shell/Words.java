package io.driftless.ops.shell;

import io.driftless.log.Bytes;
import io.driftless.ops.console.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of a line: separated by blanks, and a word in double quotes is a JSON string, so it may hold blanks. Pure.
 */
final class Words {

    /** A word and whether it stood in quotes. */
    record Word(String text, boolean quoted) {
        boolean isNull() {
            return !quoted && text.equals("null");
        }

        Bytes bytes() {
            return Bytes.utf8(text);
        }
    }

    private Words() { }

    /** All words of a line; none for a blank one. */
    static List<Word> of(String line) throws ShellLine.BadLineException {
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
            if (line.charAt(at) == '\'') {
                throw new ShellLine.BadLineException("column " + (at + 1) + ": single quotes do not quote here; a word"
                        + " with blanks, or one that begins with such a quote, stands in double quotes");
            }
            at = quoted ? endOfQuotes(line, at) : endOfWord(line, at);
            String raw = line.substring(start, at);
            if (quoted) {
                words.add(new Word(Json.parseString(raw).orElseThrow(() -> new ShellLine.BadLineException("column "
                        + (start + 1) + ": not a JSON string: " + raw)), true));
            } else {
                words.add(new Word(raw, false));
            }
        }
    }

    private static int endOfQuotes(String line, int start) throws ShellLine.BadLineException {
        for (int at = start + 1; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == '"') {
                if (at + 1 < line.length() && !isBlank(line.charAt(at + 1))) {
                    throw new ShellLine.BadLineException("column " + (at + 2)
                            + ": a blank is missing behind the closing quote");
                }
                return at + 1;
            }
        }
        throw new ShellLine.BadLineException("column " + (start + 1) + ": the quote is not closed");
    }

    private static int endOfWord(String line, int start) throws ShellLine.BadLineException {
        int at = start;
        while (at < line.length() && !isBlank(line.charAt(at))) {
            if (line.charAt(at) == '"') {
                throw new ShellLine.BadLineException("column " + (at + 1)
                        + ": a quote inside a word; put the whole word in quotes");
            }
            at++;
        }
        return at;
    }

    static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }
}
