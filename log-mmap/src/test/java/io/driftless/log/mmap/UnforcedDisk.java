package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;

/** The disk without its waits: nothing is forced, as no test cuts the power here. */
final class UnforcedDisk extends Disk {

    private record Unforced(Output file) implements Output {

        @Override
        public void write(byte[] bytes, int length) throws IOException {
            file.write(bytes, length);
        }

        @Override
        public void resize(long length) throws IOException {
            file.resize(length);
        }

        @Override
        public void force() { }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Override
    Output create(Path file) throws IOException {
        return new Unforced(super.create(file));
    }

    @Override
    Output change(Path file) throws IOException {
        return new Unforced(super.change(file));
    }

    @Override
    void forceDirectory(Path directory) { }

    @Override
    void force(MappedByteBuffer mapping, int from, int length) { }
}
