package io.driftless.testkit;

import org.agrona.DirectBuffer;

/** What the testkit needs of the JVM that it runs in. */
final class TestkitFlags {

    private static final String PACKAGE = "jdk.internal.misc";
    private static final String FLAG = "--add-opens=java.base/" + PACKAGE + "=ALL-UNNAMED";

    private TestkitFlags() { }

    /** Says in one line what is missing, before Agrona fails in several. */
    static void require() {
        Module base = Object.class.getModule();
        if (base.getPackages().contains(PACKAGE) && !base.isOpen(PACKAGE, DirectBuffer.class.getModule())) {
            throw new IllegalStateException("the JVM was started without a flag that the testkit needs: " + FLAG
                    + " (for tests under Maven in Surefire's <argLine>, under Gradle in jvmArgs)");
        }
    }
}
