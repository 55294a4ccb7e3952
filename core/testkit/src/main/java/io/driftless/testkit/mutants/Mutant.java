package io.driftless.testkit.mutants;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A planted mistake: a module's classes, changed by a patch.
 *
 * <pre>
 * What is wrong, in a line or more.
 * found-by: MAIN-CLASS ARGUMENT...
 * --- a/src/main/java/...
 * +++ b/src/main/java/...
 * &#64;&#64; ...
 * </pre>
 *
 * <p>Immutable. The files belong to whoever planted the mistake.
 *
 * @param name    name of the patch, without {@code .patch}
 * @param foundBy main class and arguments of the check that finds the mistake
 * @param classes directory of the changed files' classes
 */
public record Mutant(String name, List<String> foundBy, Path classes) {

    /**
     * The exit code of a check's process that found a mistake. The code is 0 if it found none. Any other code means
     * that the check itself failed.
     */
    public static final int FOUND = 3;

    private static final String FOUND_BY = "found-by:";
    private static final String SUFFIX = ".patch";

    /** Copies the list. */
    public Mutant {
        foundBy = List.copyOf(foundBy);
    }

    /** The patches in {@code module/src/test/mutants}, by name. */
    public static List<Path> patches(Path module) throws IOException {
        try (Stream<Path> files = Files.list(module.resolve("src/test/mutants"))) {
            return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
        }
    }

    /**
     * Applies {@code patch} to copies of the files that it changes, in {@code into}, an empty directory, and compiles
     * them there against {@code classPath}, which holds the module's other classes.
     *
     * @throws IllegalArgumentException if the patch names no check, does not fit the sources, or does not compile
     */
    public static Mutant plant(Path module, Path patch, String classPath, Path into) throws IOException {
        Patch read = Patch.read(patch);
        List<String> foundBy = foundBy(patch, read);
        List<Path> files = read.apply(module, into);
        Path classes = Files.createDirectory(into.resolve("classes"));
        compile(patch, files, classPath, classes);
        String name = patch.getFileName().toString();
        return new Mutant(name.substring(0, name.length() - SUFFIX.length()), foundBy, classes);
    }

    /**
     * Main class and arguments of the check that a patch names. Throws {@link IllegalArgumentException} if it names
     * none.
     */
    public static List<String> foundBy(Path patch) throws IOException {
        return foundBy(patch, Patch.read(patch));
    }

    private static List<String> foundBy(Path patch, Patch read) {
        List<String> foundBy = read.head().stream().filter(line -> line.startsWith(FOUND_BY))
                .flatMap(line -> Stream.of(line.substring(FOUND_BY.length()).strip().split(" +"))).toList();
        if (foundBy.isEmpty() || foundBy.get(0).isEmpty()) {
            throw new IllegalArgumentException("patch " + patch + " does not say what finds it: " + FOUND_BY);
        }
        return foundBy;
    }

    private static void compile(Path patch, List<Path> files, String classPath, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("this is no JDK: there is no compiler");
        }
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-nowarn", "-proc:none", "--release", "21", "-cp", classPath, "-d",
                    classes.toString());
            if (!compiler.getTask(said, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                    .call()) {
                throw new IllegalArgumentException("patch " + patch + " does not compile:\n" + said);
            }
        }
    }

    /**
     * Runs the check with the changed classes before {@code classPath}.
     *
     * @param jvmOptions options of the check's JVM
     * @param log        takes what the process writes
     * @return whether it found the mistake
     * @throws IllegalStateException if the check neither passed nor found anything, or took too long
     */
    public boolean isFound(List<String> jvmOptions, String classPath, Path log, Duration atMost) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", classes + System.getProperty("path.separator") + classPath));
        command.addAll(foundBy);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(name + ": " + foundBy + " did not end in " + atMost);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(name + ": interrupted", e);
        } finally {
            process.destroyForcibly();
        }
        int exit = process.exitValue();
        if (exit != 0 && exit != FOUND) {
            throw new IllegalStateException(name + ": " + foundBy + " ended with " + exit + ":\n"
                    + Files.readString(log));
        }
        return exit == FOUND;
    }
}
