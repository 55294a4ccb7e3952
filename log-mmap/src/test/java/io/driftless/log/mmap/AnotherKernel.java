package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Makes a hard-state file as if the machine had restarted since: the boot id in it is that of another kernel. */
final class AnotherKernel {

    private static final int PAGE = 4096;
    private static final int COPY = 176;
    private static final int KERNEL_BOOT_ID = 40;

    private AnotherKernel() { }

    static void ran(Path hardState) throws IOException {
        byte[] bytes = Files.readAllBytes(hardState);
        for (int at = 0; at < bytes.length; at += PAGE) {
            ByteBuffer copy = ByteBuffer.wrap(bytes, at, COPY).slice().order(ByteOrder.LITTLE_ENDIAN);
            if (copy.getInt(0) != 0) {
                copy.putLong(KERNEL_BOOT_ID, 7).putLong(KERNEL_BOOT_ID + 8, 7);
                CRC32C crc = new CRC32C();
                crc.update(bytes, at + 8, COPY - 8);
                copy.putInt(4, (int) crc.getValue());
            }
        }
        Files.write(hardState, bytes);
    }

    /** The same with a log's mark, which was not closed cleanly there. */
    static void markedIn(Path mark) throws IOException {
        byte[] bytes = Files.readAllBytes(mark);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(KERNEL_BOOT_ID, 7).putLong(KERNEL_BOOT_ID + 8, 7).putLong(KERNEL_BOOT_ID + 16, 0);
        CRC32C crc = new CRC32C();
        crc.update(bytes, KERNEL_BOOT_ID, 24);
        buffer.putLong(KERNEL_BOOT_ID + 24, crc.getValue());
        Files.write(mark, bytes);
    }
}
