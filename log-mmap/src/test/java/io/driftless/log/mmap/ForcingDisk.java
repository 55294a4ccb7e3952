package io.driftless.log.mmap;

import java.nio.MappedByteBuffer;

/** The disk, with a test's own idea of what it is to force a mapping. */
final class ForcingDisk extends Disk {

    @FunctionalInterface
    interface Force {
        void force(MappedByteBuffer mapping, int from, int length);
    }

    private final Force force;

    ForcingDisk(Force force) {
        this.force = force;
    }

    @Override
    void force(MappedByteBuffer mapping, int from, int length) {
        force.force(mapping, from, length);
    }
}
