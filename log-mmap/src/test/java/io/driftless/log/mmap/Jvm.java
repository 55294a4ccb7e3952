package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Starts another JVM on this one's class path. */
final class Jvm {

    private Jvm() { }

    /** With the flags that the log needs. */
    static Process start(Class<?> main, String... arguments) throws IOException {
        return start(true, jar -> true, main, arguments);
    }

    /** With the flags that the log needs, and at most so many open files. */
    static Process startWith(int openFiles, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n " + openFiles
                + " && exec \"$0\" \"$@\""));
        command.addAll(command(true, jar -> true, main, arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** With or without the flags, and with those class path entries that pass. */
    static Process start(boolean flags, Predicate<String> jars, Class<?> main, String... arguments) throws IOException {
        return new ProcessBuilder(command(flags, jars, main, arguments)).redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static List<String> command(boolean flags, Predicate<String> jars, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (flags) {
            command.add("@" + Path.of(System.getProperty("driftless.top"), "log-mmap/src/main/resources",
                    JvmFlags.RESOURCE));
        }
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp"));
        command.add(Arrays.stream(System.getProperty("java.class.path").split(":")).filter(jars)
                .collect(Collectors.joining(":")));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }
}
