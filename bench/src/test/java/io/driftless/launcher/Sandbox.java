package io.driftless.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A folder in which the launcher finds nothing but what a test put there: a PATH of its own with the few tools that the
 * launcher uses, and a folder of JDKs in the place of /usr/lib/jvm. Confined to one test.
 */
final class Sandbox {

    private static final Instant PAST = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> TOOLS = List.of("bash", "dirname", "basename", "readlink", "find", "head", "sed",
            "grep", "tail", "tee", "mktemp", "mkdir", "touch", "rm", "cat", "sleep", "flock", "perl");

    private final Path top;
    private final Path path;
    private final Map<String, String> environment = new TreeMap<>();

    /** What a run of the launcher came to. */
    record Run(int exit, String out, String err) {

        /** The arguments that java was called with, one a line after the line that names it. */
        List<String> arguments() {
            return out.lines().skip(1).toList();
        }

        /** The home of the JDK whose java was called. */
        String java() {
            return Path.of(out.lines().findFirst().orElseThrow()).getParent().getParent().getFileName().toString();
        }
    }

    Sandbox(Path top) throws IOException {
        this.top = top.toRealPath();
        this.path = Files.createDirectories(this.top.resolve("path"));
        Files.createDirectories(jvms());
        for (String tool : TOOLS) {
            for (String folder : List.of("/usr/bin", "/bin")) {
                Path real = Path.of(folder, tool);
                if (Files.exists(real)) {
                    tool(tool, "exec " + real + " \"$@\"");
                }
            }
        }
        environment.put("PATH", path.toString());
        environment.put("HOME", this.top.toString());
    }

    Path top() {
        return top;
    }

    Path jvms() {
        return top.resolve("jvm");
    }

    Sandbox with(String name, Object value) {
        environment.put(name, value.toString());
        return this;
    }

    /** A JDK whose java prints its own path and its arguments, one a line. */
    Path jdk(Path home, String version) throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        script(bin.resolve("java"), "printf '%s\\n' \"$0\" \"$@\"");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    /** A command on the path. */
    Path tool(String name, String body) throws IOException {
        Path place = path.resolve(name);
        script(place, body);
        return place;
    }

    /** An mvn that writes a line about each call, does what a test says, and lays out what a build makes. */
    void mvn(String also) throws IOException {
        tool("mvn", """
                echo "mvn $* in $PWD" >> %s
                echo "[INFO] Building Driftless core 0.1.0                        [2/7]"
                %s
                rm -rf ops/target/driftless && mkdir -p ops/target/driftless/lib/bench ops/target/driftless/conf
                touch ops/target/driftless/conf/jvm.options
                """.formatted(mvnLog(), also));
    }

    Path mvnLog() {
        return top.resolve("mvn.log");
    }

    long builds() throws IOException {
        return Files.exists(mvnLog()) ? Files.readString(mvnLog()).lines().count() : 0;
    }

    /** An unpacked copy; gives its launcher. */
    Path copy(Path home) throws IOException {
        Files.createDirectories(home.resolve("lib/bench"));
        Files.createDirectories(home.resolve("conf"));
        Files.writeString(home.resolve("conf/jvm.options"), "-Xshare:auto\n");
        return launcher(home.resolve("bin/driftless"));
    }

    /** A checkout that was never built, all of it old; gives its launcher. */
    Path checkout(Path home) throws IOException {
        for (String file : List.of("pom.xml", "ops/pom.xml", "core/pom.xml", "core/testkit/pom.xml",
                "core/src/main/java/A.java", "core/src/main/java/B.java")) {
            Files.createDirectories(home.resolve(file).getParent());
            Files.writeString(home.resolve(file), "");
        }
        Path launcher = launcher(home.resolve("ops/bin/driftless"));
        try (var walk = Files.walk(home)) {
            for (Path each : walk.toList()) {
                Files.setLastModifiedTime(each, FileTime.from(PAST));
            }
        }
        return launcher;
    }

    private Path launcher(Path place) throws IOException {
        String text = Files.readString(Path.of(System.getProperty("driftless.top"), "ops/bin/driftless"));
        String moved = text.replace("/usr/lib/jvm/*", jvms() + "/*").replace("/Library/Java", top + "/none");
        if (moved.equals(text)) {
            throw new AssertionError("the launcher does not look into /usr/lib/jvm/*");
        }
        Files.createDirectories(place.getParent());
        Files.writeString(place, moved);
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
        return place;
    }

    private static void script(Path place, String body) throws IOException {
        Files.writeString(place, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Starts the launcher with nothing in its environment but what the test set, its output in files. */
    Process start(Path launcher, Path folder, Path out, Path err, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(folder.toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs the launcher to its end. */
    Run run(Path launcher, String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(top, "run", ".out");
        Path err = Files.createTempFile(top, "run", ".err");
        Process process = start(launcher, top, out, err, arguments);
        process.getOutputStream().close();
        return end(process, out, err);
    }

    /** Waits for the end of a launcher that was started. */
    static Run end(Process process, Path out, Path err) throws IOException, InterruptedException {
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the launcher did not end: " + Files.readString(err));
        }
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
