package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Which start of the machine this is: the page cache outlives a process, but not a start. */
final class KernelBoot {

    /** Not known. */
    static final UUID UNKNOWN = new UUID(0, 0);

    private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

    private KernelBoot() { }

    /** The id that Linux gave this start; {@link #UNKNOWN} elsewhere. */
    static UUID id() {
        try {
            return UUID.fromString(Files.readString(FILE).strip());
        } catch (IOException | IllegalArgumentException e) {
            return UNKNOWN;
        }
    }

    /** Whether this start is certainly the one with this id. */
    static boolean is(UUID id) {
        return !id.equals(UNKNOWN) && id.equals(id());
    }
}
