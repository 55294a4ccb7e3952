package io.driftless.ops.torture;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/** The process that {@link NamespaceTortureTest} starts in namespaces of its own. Ends when its standard input does. */
final class NamespaceTorture {

    /** What the namespaces add: real cuts below TCP, and a disk that is really full. */
    private static final Set<Fault> KINDS = EnumSet.of(Fault.CUT_ONE_WAY, Fault.CUT_TWO_WAYS, Fault.DISK_FULL,
            Fault.KILLED, Fault.STOPPED);

    private NamespaceTorture() { }

    /** With a folder and a seed. */
    public static void main(String[] arguments) throws Exception {
        Namespaces.endWithParent();
        Torture torture = new Torture(Path.of(arguments[0]), Namespaces::new, KINDS);
        System.out.println("torture in namespaces: " + torture.once(Long.parseLong(arguments[1])));
        if (!torture.missing().isEmpty()) {
            throw new AssertionError("faults that never struck: " + torture.missing());
        }
        System.exit(0);
    }
}
