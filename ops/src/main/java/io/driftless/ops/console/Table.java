package io.driftless.ops.console;

import java.util.ArrayList;
import java.util.List;

/** Columns of text, as wide as they need to be. Confined to one thread. */
public final class Table {

    private final List<List<String>> rows = new ArrayList<>();
    private final List<Boolean> right;

    /** With a heading a column; one that begins with {@code >} is right-aligned. */
    public Table(String... headings) {
        List<String> first = new ArrayList<>();
        List<Boolean> alignment = new ArrayList<>();
        for (String heading : headings) {
            alignment.add(heading.startsWith(">"));
            first.add(heading.startsWith(">") ? heading.substring(1) : heading);
        }
        right = List.copyOf(alignment);
        rows.add(first);
    }

    /** Adds a row of as many cells as there are headings. */
    public Table row(String... cells) {
        if (cells.length != right.size()) {
            throw new IllegalArgumentException(cells.length + " cells in a table of " + right.size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** The lines, without blanks at their ends. */
    public List<String> lines() {
        int[] widths = new int[right.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = row.get(i);
                String blanks = " ".repeat(widths[i] - cell.length());
                line.append(right.get(i) ? blanks + cell : cell + blanks).append("  ");
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
