package io.driftless.architecture;

/**
 * Tells code from comments and literals in a Java source, keeping every character's place. Immutable.
 *
 * @param code     the source with comments and the insides of literals blanked
 * @param comments the source with everything but comments blanked
 */
record SourceText(String code, String comments) {

    /** Splits a source. */
    static SourceText of(String source) {
        var code = new StringBuilder(source.length());
        var comments = new StringBuilder(source.length());
        int at = 0;
        while (at < source.length()) {
            int end = commentEnd(source, at);
            boolean comment = end > at;
            boolean literal = false;
            if (!comment) {
                end = literalEnd(source, at);
                literal = end > at;
            }
            if (!comment && !literal) {
                end = at + 1;
            }
            String piece = source.substring(at, end);
            code.append(comment || literal ? blank(piece) : piece);
            comments.append(comment ? piece : blank(piece));
            at = end;
        }
        return new SourceText(code.toString(), comments.toString());
    }

    private static int commentEnd(String source, int at) {
        if (source.startsWith("//", at)) {
            return endOr(source.indexOf('\n', at), source);
        }
        if (source.startsWith("/*", at)) {
            int close = source.indexOf("*/", at + 2);
            return close < 0 ? source.length() : close + 2;
        }
        return at;
    }

    private static int literalEnd(String source, int at) {
        char quote = source.charAt(at);
        if (quote != '"' && quote != '\'') {
            return at;
        }
        String close = source.startsWith("\"\"\"", at) ? "\"\"\"" : String.valueOf(quote);
        int next = at + close.length();
        while (next < source.length() && !source.startsWith(close, next)) {
            next += source.charAt(next) == '\\' ? 2 : 1;
        }
        return Math.min(next + close.length(), source.length());
    }

    private static int endOr(int index, String source) {
        return index < 0 ? source.length() : index;
    }

    private static String blank(String piece) {
        return piece.replaceAll("[^\n]", " ");
    }
}
