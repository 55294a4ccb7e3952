package io.driftless.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An example that keeps its state on disk, together with the index it belongs to and the rows of the session table: the
 * sum of all bytes of all commands, and of the log's times.
 */
class StoredSumMachine implements StateMachine {

    private static final int KEY_BYTES = 2 * Long.BYTES;

    private final Path file;
    /** The rows of the session table, by session and part. */
    private final SortedMap<Long, SortedMap<Long, byte[]>> rows = new TreeMap<>();
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
        long index = stored.getLong();
        while (stored.hasRemaining()) {
            long session = stored.getLong();
            long part = stored.getLong();
            byte[] value = new byte[stored.getInt()];
            stored.get(value);
            put(new SessionRows.Row(session, part, value));
        }
        return index;
    }

    private void put(SessionRows.Row row) {
        SortedMap<Long, byte[]> parts = rows.computeIfAbsent(row.session(), session -> new TreeMap<>());
        if (row.isRemoved()) {
            parts.remove(row.part());
        } else {
            parts.put(row.part(), row.value());
        }
    }

    @Override
    public SessionRows sessions() {
        List<SessionRows.Row> all = new ArrayList<>();
        rows.forEach((session, parts) -> parts.forEach((part, value) -> all.add(new SessionRows.Row(session, part,
                value))));
        return new SessionRows(all);
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
    public void batchApplied(long index, SessionRows changed) throws IOException {
        changed.rows().forEach(this::put);
        List<SessionRows.Row> all = sessions().rows();
        ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES + all.stream()
                .mapToInt(row -> KEY_BYTES + Integer.BYTES + row.value().length).sum()).putLong(sum).putLong(index);
        all.forEach(row -> bytes.putLong(row.session()).putLong(row.part()).putInt(row.value().length)
                .put(row.value()));
        Path next = file.resolveSibling("sum.next");
        Files.write(next, bytes.array());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() { }

    long sum() {
        return sum;
    }
}
