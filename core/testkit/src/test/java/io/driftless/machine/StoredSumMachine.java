package io.driftless.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * An example that keeps its state on disk, together with the index it belongs to: the sum of all bytes of all
 * commands, and of the log's times.
 */
class StoredSumMachine implements StateMachine {

    private final Path file;
    private long sum;

    StoredSumMachine(Path directory) {
        file = directory.resolve("sum");
    }

    @Override
    public long open(MachineContext context) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        ByteBuffer stored = ByteBuffer.wrap(Files.readAllBytes(file));
        sum = stored.getLong();
        return stored.getLong();
    }

    @Override
    public Result apply(Command command) {
        ByteBuffer payload = command.payload();
        while (payload.hasRemaining()) {
            sum += payload.get();
        }
        sum += command.logTimeMs();
        return Result.ok(Long.toString(sum).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void batchApplied(long index) throws IOException {
        Path next = file.resolveSibling("sum.next");
        Files.write(next, ByteBuffer.allocate(2 * Long.BYTES).putLong(sum).putLong(index).array());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() { }

    long sum() {
        return sum;
    }
}
