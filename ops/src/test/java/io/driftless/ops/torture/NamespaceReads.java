package io.driftless.ops.torture;

import java.nio.file.Path;

/** The process that {@link NamespaceReadsTest} starts in namespaces of its own. Ends when its standard input does. */
final class NamespaceReads {

    private NamespaceReads() { }

    /** With a folder and a seed. */
    public static void main(String[] arguments) throws Exception {
        Namespaces.endWithParent();
        System.out.println("reads in namespaces: " + ReadTorture.once(Path.of(arguments[0]), Namespaces::new,
                Long.parseLong(arguments[1])));
        System.exit(0);
    }
}
