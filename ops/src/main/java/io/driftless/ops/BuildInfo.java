package io.driftless.ops;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** Which build this is and what it runs on. Immutable. */
public final class BuildInfo {

    private static final Properties BUILD = load();

    private BuildInfo() { }

    /** The version, as the build wrote it. */
    public static String version() {
        return BUILD.getProperty("version", "unknown");
    }

    /** The commit that was built; {@code unknown} if the build was not told. */
    public static String commit() {
        return BUILD.getProperty("commit", "unknown");
    }

    /** One line: version, commit, JDK and system. */
    public static String describe() {
        return "driftless " + version() + " (commit " + commit() + ") on JDK " + Runtime.version() + " ("
                + System.getProperty("java.vendor") + "), "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch");
    }

    private static Properties load() {
        Properties properties = new Properties();
        try (InputStream file = BuildInfo.class.getResourceAsStream("build.properties")) {
            if (file != null) {
                properties.load(file);
            }
        } catch (IOException unreadable) {
            // Then everything is unknown, which is no reason not to run.
        }
        return properties;
    }
}
