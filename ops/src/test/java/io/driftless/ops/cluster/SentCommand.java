package io.driftless.ops.cluster;

import io.driftless.machine.Command;
import java.nio.ByteBuffer;

/** A command as a machine gets it, for tests. */
public record SentCommand(long index, byte[] bytes) implements Command {

    @Override
    public long term() {
        return 1;
    }

    @Override
    public long logTimeMs() {
        return 0;
    }

    @Override
    public ByteBuffer payload() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }
}
