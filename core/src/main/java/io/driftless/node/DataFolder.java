package io.driftless.node;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** What {@code data.dir} may be: a folder, or one that can be made. Pure but for a look at the file system. */
final class DataFolder {

    private DataFolder() { }

    /** Reads a path; {@link IllegalArgumentException} naming what is wrong with it. */
    static Path parse(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("is empty");
        }
        if (!text.equals(text.strip())) {
            throw new IllegalArgumentException("'" + text + "' begins or ends with a space");
        }
        text.codePoints().filter(DataFolder::isUnseen).findFirst().ifPresent(c -> {
            throw new IllegalArgumentException("'" + text + "' has the control character "
                    + String.format(Locale.ROOT, "U+%04X", c) + " in it (in a file, a backslash is written twice)");
        });
        Path folder;
        try {
            folder = Path.of(text);
        } catch (InvalidPathException malformed) {
            throw new IllegalArgumentException("'" + text + "' is not a path: " + malformed.getReason(), malformed);
        }
        Path there = folder.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (there != null && !Files.isDirectory(there)) {
            throw new IllegalArgumentException("'" + there + "' is a file, not a folder");
        }
        return folder;
    }

    /**
     * Nobody means it: a control character, a byte order mark, or what turns the direction of what follows, so that the
     * path reads as another one. Joiners are letters' business in several languages.
     */
    private static boolean isUnseen(int c) {
        return Character.isISOControl(c) || c == 0xFEFF || c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
    }

    /** What looks wrong with it and may be meant so; empty if nothing does. */
    static String oddity(Path folder) {
        String text = folder.toString();
        if (text.startsWith("~") || text.contains("$")) {
            return "'" + text + "' is taken as it stands: neither ~ nor $ is replaced here";
        }
        return "";
    }
}
