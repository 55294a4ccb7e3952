package io.driftless.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file with one line for each finished piece of a soak run. A line says when it ran, on which code, which proof it
 * was, and its counts as {@code name=number}. Counts add up over the lines of the same code, so that a run can be
 * interrupted and continued. Thread safe as far as appending a line is.
 */
public final class Ledger {

    /** The system property that says where the file is. Without it, the file is {@code ~/.driftless-soak/ledger}. */
    public static final String PLACE = "driftless.soak.ledger";

    private final Path file;
    private final String code;

    private Ledger(Path file, String code) {
        this.file = file;
        this.code = code;
    }

    /** Whether this is a soak run: {@code -Psoak}. */
    public static boolean soaking() {
        return Boolean.getBoolean("driftless.soak");
    }

    /** Opens the ledger for the code under {@code src/main} of these modules of the checkout. */
    public static Ledger open(String... modules) throws IOException {
        String place = System.getProperty(PLACE, "");
        Path file = place.isEmpty() ? Path.of(System.getProperty("user.home"), ".driftless-soak", "ledger")
                : Path.of(place);
        Files.createDirectories(file.toAbsolutePath().getParent());
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String module : modules) {
                add(Path.of(System.getProperty("driftless.top"), module, "src", "main"), digest);
            }
            return new Ledger(file, HexFormat.of().formatHex(digest.digest(), 0, 6));
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("no SHA-256", e);
        }
    }

    private static void add(Path sources, MessageDigest digest) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path path : files.filter(Files::isRegularFile).sorted().toList()) {
                digest.update(sources.relativize(path).toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(path));
            }
        }
    }

    /** The sum of a count of a proof over all lines of this code. */
    public long total(String proof, String count) throws IOException {
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        return lines.stream().filter(line -> line.contains(" code=" + code + " " + proof + " "))
                .flatMap(line -> Stream.of(line.split(" ")))
                .filter(word -> word.startsWith(count + "="))
                .mapToLong(word -> Long.parseLong(word.substring(count.length() + 1))).sum();
    }

    /** Appends a line, in one piece. */
    public void append(String proof, String counts) throws IOException {
        String line = Instant.now().truncatedTo(ChronoUnit.SECONDS) + " code=" + code + " " + proof + " " + counts
                + "\n";
        Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
