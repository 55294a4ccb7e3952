package io.driftless.log.mmap;

import io.driftless.errors.EndCause;
import io.driftless.log.LogOpenException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The JVM flags that Chronicle and Agrona need. They stand in one file, {@value #RESOURCE}, and are compared with what
 * this JVM was started with: without one of them Chronicle fails late and obscurely, or silently becomes read-only.
 */
final class JvmFlags {

    /** The argument file, in this module's jar. */
    static final String RESOURCE = "META-INF/driftless/jvm.options";

    private static final String OPENS = "--add-opens=java.base/";
    private static final String EXPORTS = "--add-exports=java.base/";

    private JvmFlags() { }

    /** Throws a {@link LogOpenException} that names the missing flags in one line. */
    static void require() {
        List<String> missing = missing(lines());
        if (!missing.isEmpty()) {
            throw new LogOpenException(EndCause.CONFIGURATION,
                    "the JVM was started without flags that the log needs: "
                    + String.join(" ", missing) + " (all of them are in " + RESOURCE
                            + " of driftless-log-mmap, usable as java @jvm.options)");
        }
    }

    /**
     * Those of {@code flags} that this JVM lacks. Only opens and exports can be looked up; the others merely silence
     * warnings.
     */
    static List<String> missing(List<String> flags) {
        Module base = Object.class.getModule();
        Module ours = JvmFlags.class.getModule();
        List<String> missing = new ArrayList<>();
        for (String flag : flags) {
            boolean there = true;
            if (flag.startsWith(OPENS)) {
                String name = flag.substring(OPENS.length(), flag.lastIndexOf('='));
                there = !base.getPackages().contains(name) || base.isOpen(name, ours);
            } else if (flag.startsWith(EXPORTS)) {
                String name = flag.substring(EXPORTS.length(), flag.lastIndexOf('='));
                there = !base.getPackages().contains(name) || base.isExported(name, ours);
            }
            if (!there) {
                missing.add(flag);
            }
        }
        return missing;
    }

    private static List<String> lines() {
        try (InputStream in = JvmFlags.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            if (in == null) {
                return List.of();
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
