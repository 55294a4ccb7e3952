package io.driftless.ops.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Makes a directory look as if an earlier version had written it. */
public final class OlderFormat {

    private OlderFormat() { }

    /** Has an identity file name format 1, with a checksum that fits. */
    public static void in(Path identity) throws IOException {
        String text = Files.readString(identity).replaceFirst("^format=\\d+", "format=1");
        text = text.substring(0, text.indexOf("crc32c="));
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        Files.writeString(identity, text + String.format("crc32c=%08x", crc.getValue()) + "\n");
    }
}
