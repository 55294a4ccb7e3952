package io.driftless.node;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the text of a {@code .properties} file with the line that each key stands on, which {@link
 * java.util.Properties} forgets: comments begin with {@code #} or {@code !}, a backslash at the end of a line continues
 * it, {@code \n \r \t \f} and {@code \}{@code u0041} are escapes. Stricter than that class in one point: a line needs
 * {@code =} or {@code :} behind its key. Confined to one thread.
 */
final class PropertiesText {

    /** A key with its value. Lines count from 1; a continued one counts where it begins. */
    record Line(int number, String key, String value) { }

    /** A line that cannot be read. */
    record Problem(int number, String message) { }

    private final List<Line> lines = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    /** Reads all of it. */
    PropertiesText(String text) {
        String[] natural = text.split("\r\n|\n|\r", -1);
        for (int i = 0; i < natural.length; i++) {
            int number = i + 1;
            String line = natural[i].stripLeading();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("!")) {
                continue;
            }
            StringBuilder logical = new StringBuilder(line);
            while (isContinued(logical)) {
                logical.setLength(logical.length() - 1);
                if (i + 1 < natural.length) {
                    i++;
                    logical.append(natural[i].stripLeading());
                }
            }
            try {
                lines.add(split(number, logical.toString()));
            } catch (IllegalArgumentException malformed) {
                problems.add(new Problem(number, String.valueOf(malformed.getMessage())));
            }
        }
    }

    /** What could be read, in order. */
    List<Line> lines() {
        return lines;
    }

    /** What could not. */
    List<Problem> problems() {
        return problems;
    }

    private static boolean isContinued(CharSequence line) {
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    private static Line split(int number, String line) {
        int end = 0;
        while (end < line.length() && line.charAt(end) != '=' && line.charAt(end) != ':') {
            end += line.charAt(end) == '\\' ? 2 : 1;
        }
        String key = end < line.length() ? unescape(line.substring(0, end).strip()) : "";
        if (key.isEmpty()) {
            throw new IllegalArgumentException("'" + line.strip() + "' is not key=value");
        }
        return new Line(number, key, unescape(line.substring(end + 1).strip()));
    }

    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                plain.append(c);
                continue;
            }
            i++;
            switch (text.charAt(i)) {
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 't' -> plain.append('\t');
                case 'f' -> plain.append('\f');
                case 'u' -> {
                    plain.append(unicode(text, i + 1));
                    i += 4;
                }
                default -> plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }

    private static char unicode(String text, int from) {
        if (from + 4 <= text.length() && text.substring(from, from + 4).matches("[0-9A-Fa-f]{4}")) {
            return (char) Integer.parseInt(text, from, from + 4, 16);
        }
        throw new IllegalArgumentException("'" + text + "' has a \\u without four hexadecimal digits behind it");
    }
}
