package io.driftless.testkit.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A unified diff of existing text files. The lines that a hunk keeps and removes must stand in the file exactly, and
 * at one place only; line numbers are not looked at, so a patch survives changes elsewhere in the file. Immutable.
 */
final class Patch {

    private record Hunk(List<String> before, List<String> after) { }

    private record FileChange(String path, List<Hunk> hunks) { }

    private final Path file;
    private final List<String> head = new ArrayList<>();
    private final List<FileChange> changes = new ArrayList<>();

    private Patch(Path file) {
        this.file = file;
    }

    /** Reads a patch; {@link IllegalArgumentException} if it is none. */
    static Patch read(Path file) throws IOException {
        Patch patch = new Patch(file);
        List<Hunk> hunks = new ArrayList<>();
        Hunk hunk = null;
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("--- ") && hunk == null || line.startsWith("--- a/")) {
                hunk = new Hunk(List.of(), List.of());
            } else if (hunk == null) {
                patch.head.add(line);
            } else if (line.startsWith("+++ b/")) {
                hunks = new ArrayList<>();
                patch.changes.add(new FileChange(line.substring("+++ b/".length()).strip(), hunks));
            } else if (line.startsWith("@@")) {
                hunk = new Hunk(new ArrayList<>(), new ArrayList<>());
                hunks.add(hunk);
            } else {
                patch.add(hunk, line);
            }
        }
        if (patch.changes.isEmpty() || patch.changes.stream().anyMatch(change -> change.hunks().isEmpty())) {
            throw patch.wrong("is no unified diff");
        }
        return patch;
    }

    private void add(Hunk hunk, String line) {
        String text = line.isEmpty() ? "" : line.substring(1);
        switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case ' ' -> {
                hunk.before().add(text);
                hunk.after().add(text);
            }
            case '-' -> hunk.before().add(text);
            case '+' -> hunk.after().add(text);
            case '\\' -> { }
            default -> throw wrong("has a line that begins with neither blank, minus nor plus: " + line);
        }
    }

    /** The lines before the first file. */
    List<String> head() {
        return Collections.unmodifiableList(head);
    }

    /**
     * Writes the files below {@code from} that it changes, changed, to the same places below {@code to}, and returns
     * them; {@link IllegalArgumentException} if a hunk does not fit.
     */
    List<Path> apply(Path from, Path to) throws IOException {
        List<Path> changed = new ArrayList<>();
        for (FileChange change : changes) {
            Path source = from.resolve(change.path());
            if (!Files.isRegularFile(source)) {
                throw wrong("changes " + change.path() + ", which is not there");
            }
            List<String> lines = new ArrayList<>(Files.readAllLines(source));
            for (Hunk hunk : change.hunks()) {
                int at = Collections.indexOfSubList(lines, hunk.before());
                if (hunk.before().isEmpty() || at < 0 || at != Collections.lastIndexOfSubList(lines, hunk.before())) {
                    throw wrong("no longer applies to " + change.path() + ": these lines must be there once:\n"
                            + String.join("\n", hunk.before()));
                }
                List<String> place = lines.subList(at, at + hunk.before().size());
                place.clear();
                place.addAll(hunk.after());
            }
            Path target = to.resolve(change.path());
            Files.createDirectories(target.getParent());
            changed.add(Files.write(target, lines));
        }
        return changed;
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("patch " + file + " " + what);
    }
}
