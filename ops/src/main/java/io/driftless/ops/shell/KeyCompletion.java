package io.driftless.ops.shell;

import com.fasterxml.jackson.databind.node.TextNode;
import io.driftless.log.Bytes;
import io.driftless.ops.console.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/**
 * Completes commands, and keys that were seen in this session. Words are taken as they are typed, quotes included.
 * Confined to one thread.
 */
final class KeyCompletion implements Completer, Parser {

    private static final int KEYS_MAX = 10_000;

    private final List<String> commands;
    private final Set<String> ofAKey;
    private final TreeSet<String> keys = new TreeSet<>();

    /** Of these commands; behind those in {@code ofAKey} stands a key. */
    KeyCompletion(List<String> commands, Set<String> ofAKey) {
        this.commands = commands;
        this.ofAKey = ofAKey;
    }

    /** A key exists, or was asked for. What is not UTF-8 cannot be typed. */
    void seen(Bytes key) {
        if (keys.size() < KEYS_MAX) {
            Json.utf8(key).ifPresent(text -> keys.add(typed(text)));
        }
    }

    /** How a word is typed: in quotes if it must be. */
    static String typed(String text) {
        boolean plain = !text.isEmpty() && text.charAt(0) != '\''
                && text.chars().allMatch(c -> c > ' ' && c != '"' && c != 0x7F);
        return plain ? text : Json.line(TextNode.valueOf(text));
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (line.wordIndex() == 0) {
            commands.forEach(command -> candidates.add(candidate(command)));
        } else if (line.wordIndex() == 1 && ofAKey.contains(line.words().getFirst())) {
            keys.forEach(key -> candidates.add(candidate(key)));
        }
    }

    private static Candidate candidate(String word) {
        return new Candidate(word, word, null, null, null, null, true);
    }

    /** The words around the cursor; never throws, so that any line may be entered. */
    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
        List<String> words = new ArrayList<>();
        int wordIndex = -1;
        int wordCursor = 0;
        int at = 0;
        while (at < line.length()) {
            while (at < line.length() && Words.isBlank(line.charAt(at))) {
                at++;
            }
            int start = at;
            at = end(line, start);
            if (wordIndex < 0 && cursor <= at) {
                wordIndex = words.size();
                wordCursor = Math.max(0, cursor - start);
                if (cursor < start) {
                    words.add("");
                }
            }
            if (at > start) {
                words.add(line.substring(start, at));
            }
        }
        if (wordIndex < 0 || wordIndex == words.size()) {
            wordIndex = words.size();
            words.add("");
        }
        return new Typed(line, cursor, words, wordIndex, wordCursor);
    }

    private static int end(String line, int start) {
        boolean quoted = start < line.length() && line.charAt(start) == '"';
        int at = quoted ? start + 1 : start;
        while (at < line.length() && (quoted || !Words.isBlank(line.charAt(at)))) {
            char c = line.charAt(at++);
            if (quoted && c == '\\') {
                at = Math.min(at + 1, line.length());
            } else if (quoted && c == '"') {
                break;
            }
        }
        return at;
    }

    private record Typed(String line, int cursor, List<String> words, int wordIndex, int wordCursor)
            implements CompletingParsedLine {
        @Override
        public String word() {
            return words.get(wordIndex);
        }

        @Override
        public CharSequence escape(CharSequence candidate, boolean complete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return wordCursor;
        }

        @Override
        public int rawWordLength() {
            return word().length();
        }
    }
}
