package io.driftless.ops.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The flags of a node's JVM: those of the argument file that ships with the log, and a bound on its memory. */
final class JvmFlags {

    private static final String ARGUMENT_FILE = "META-INF/driftless/jvm.options";

    private JvmFlags() { }

    /** With a heap of at most {@code heapMib} MiB; a node that runs out of it ends, instead of limping on. */
    static List<String> ofNode(long heapMib) throws IOException {
        List<String> flags = new ArrayList<>();
        try (InputStream file = JvmFlags.class.getClassLoader().getResourceAsStream(ARGUMENT_FILE)) {
            if (file == null) {
                throw new IOException(ARGUMENT_FILE + " is not on the class path: driftless-log-mmap is missing");
            }
            new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#")).forEach(flags::add);
        }
        flags.add("-Xmx" + heapMib + "m");
        flags.add("-XX:+ExitOnOutOfMemoryError");
        return flags;
    }
}
