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

    /** With or without the flags, and with those class path entries that pass. */
    static Process start(boolean flags, Predicate<String> jars, Class<?> main, String... arguments) throws IOException {
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
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
