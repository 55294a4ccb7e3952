package io.driftless.ops.kv;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.ops.state.CopyOnWriteTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A replicated map from bytes to bytes, in memory. Each value has a version: how often its key was written since it
 * came into being; a command executed twice shows in it. Reads are queries ({@link KvQuery.Read}). They may also go
 * through the log like writes ({@link KvCommand.Get}), which costs more and says the same. Confined to the node, whose
 * calls never overlap.
 *
 * <p>A quota bounds what all keys and values count ({@link #countedBytes}). It is part of the replicated state, set by
 * {@link KvCommand.SetQuota}, and never read from the heap, so that every server refuses the same commands
 * ({@link #QUOTA_EXCEEDED}). What does not add to the use is never refused: deleting, and overwriting with as much or
 * less.
 *
 * <p>A snapshot takes constant time, whatever the size of the state; {@link CopyOnWriteTree} says what an open one
 * costs. {@link KvSnapshot} has its bytes.
 */
public final class KeyValueMachine implements StateMachine {

    /** Code of the {@link Result} for bytes that are no command or query. */
    public static final int MALFORMED = 1;
    /** Code of the {@link Result} for a write that would use more than the quota. */
    public static final int QUOTA_EXCEEDED = 2;

    /** The quota of a machine that was never told another one: 128 MiB. */
    public static final long DEFAULT_QUOTA_BYTES = 128L << 20;

    /** What a key counts beside its own bytes and those of its value: nodes of the map, objects and array headers. */
    private static final int KEY_OVERHEAD_BYTES = 100;

    /**
     * A page of a scan stops behind the row that reaches so many bytes, so that an answer stays far below the largest
     * frame.
     */
    private static final int PAGE_BYTES = 256 << 10;

    /** What a key has. */
    record Cell(long version, Bytes value) { }

    private CopyOnWriteTree<Bytes, Cell> cells = new CopyOnWriteTree<>(KeyValueMachine::compareUnsigned);
    private long versions;
    private StateHash hash = StateHash.EMPTY;
    private long usedBytes;
    private long quotaBytes = DEFAULT_QUOTA_BYTES;

    /** What a key with its value counts against the quota. */
    public static long countedBytes(long keyLength, long valueLength) {
        return KEY_OVERHEAD_BYTES + keyLength + valueLength;
    }

    @Override
    public long open(MachineContext context) {
        return 0;
    }

    @Override
    public boolean appliesInline() {
        return true;
    }

    /** A malformed command is a failed result, the same on every server, and changes nothing. */
    @Override
    public Result apply(Command command) {
        try {
            return execute(KvCommand.decode(command.payload()));
        } catch (MalformedException malformed) {
            return Result.failed(MALFORMED, "not a key-value command: " + malformed.getMessage());
        }
    }

    private Result execute(KvCommand command) {
        Cell present = cells.get(command.key());
        return switch (command) {
            case KvCommand.Put(Bytes key, Bytes value) -> write(key, present, value);
            case KvCommand.Get get -> ok(found(present));
            case KvCommand.Create(Bytes key, Bytes value) -> present == null ? write(key, null, value)
                    : ok(new KvReply.NotWritten());
            case KvCommand.Cas(Bytes key, Bytes expected, Bytes value) ->
                    present != null && present.value().equals(expected) ? write(key, present, value)
                            : ok(new KvReply.NotWritten());
            case KvCommand.Delete(Bytes key) -> ok(delete(key, present));
            case KvCommand.Usage() -> ok(usage());
            case KvCommand.SetQuota(long bytes) -> {
                hash = hash.withQuota(quotaBytes, bytes);
                quotaBytes = bytes;
                yield ok(usage());
            }
        };
    }

    private static KvReply found(@Nullable Cell present) {
        return present == null ? new KvReply.Absent() : new KvReply.Found(present.version(), present.value());
    }

    private static Result ok(KvReply reply) {
        return Result.ok(reply.encode());
    }

    private KvReply.Usage usage() {
        return new KvReply.Usage(cells.size(), usedBytes, quotaBytes);
    }

    private Result write(Bytes key, @Nullable Cell present, Bytes value) {
        long more = present == null ? countedBytes(key.length(), value.length())
                : (long) value.length() - present.value().length();
        if (more > 0 && more > quotaBytes - usedBytes) {
            return Result.failed(QUOTA_EXCEEDED, "the quota is " + quotaBytes + " bytes, " + usedBytes
                    + " are used, and this needs " + more + " more");
        }
        usedBytes += more;
        long version = 1;
        if (present != null) {
            version = present.version() + 1;
            hash = hash.minus(key, present.version(), present.value());
        }
        cells.put(key, new Cell(version, value));
        hash = hash.plus(key, version, value);
        versions++;
        return ok(new KvReply.Written(version));
    }

    private KvReply delete(Bytes key, @Nullable Cell present) {
        if (present == null) {
            return new KvReply.Deleted(false);
        }
        cells.remove(key);
        hash = hash.minus(key, present.version(), present.value());
        versions -= present.version();
        usedBytes -= countedBytes(key.length(), present.value().length());
        return new KvReply.Deleted(true);
    }

    @Override
    public Result query(ByteBuffer query, long appliedIndex) {
        try {
            KvAnswer answer = switch (KvQuery.decode(query)) {
                case KvQuery.Scan scan -> scan(scan);
                case KvQuery.Summary summary -> new KvAnswer.Digest(cells.size(), versions, hash);
                case KvQuery.Read(KvCommand command) -> new KvAnswer.Said(command instanceof KvCommand.Get(Bytes key)
                        ? found(cells.get(key)) : usage());
            };
            return Result.ok(answer.encode());
        } catch (MalformedException malformed) {
            return Result.failed(MALFORMED, "not a key-value query: " + malformed.getMessage());
        }
    }

    @Override
    public boolean takesSnapshots() {
        return true;
    }

    @Override
    public MachineSnapshot snapshot() {
        return new KvSnapshot(cells.copy(), versions, hash, usedBytes, quotaBytes);
    }

    /** A stream that is refused with a {@link MalformedException} changes nothing. */
    @Override
    public void restore(InputStream content, long index) throws IOException {
        KvSnapshot snapshot = KvSnapshot.read(content);
        cells = snapshot.cells();
        versions = snapshot.versions();
        hash = snapshot.hash();
        usedBytes = snapshot.usedBytes();
        quotaBytes = snapshot.quotaBytes();
    }

    @Override
    public Map<String, Long> gauges() {
        return Map.of("keys", (long) cells.size(), "used_bytes", usedBytes, "quota_bytes", quotaBytes);
    }

    private KvAnswer.Page scan(KvQuery.Scan scan) {
        Bytes start = compareUnsigned(scan.from(), scan.prefix()) < 0 ? scan.prefix() : scan.from();
        List<KvAnswer.Row> rows = new ArrayList<>();
        long bytes = 0;
        for (CopyOnWriteTree.Entry<Bytes, Cell> entry : cells.from(start)) {
            Bytes key = entry.key();
            if (!startsWith(key, scan.prefix())) {
                break;
            }
            if (rows.size() == scan.limit() || bytes >= PAGE_BYTES) {
                return new KvAnswer.Page(rows, true);
            }
            Cell cell = entry.value();
            rows.add(new KvAnswer.Row(key, cell.version(), cell.value()));
            bytes += key.length() + cell.value().length();
        }
        return new KvAnswer.Page(rows, false);
    }

    private static boolean startsWith(Bytes key, Bytes prefix) {
        return key.length() >= prefix.length() && key.slice(0, prefix.length()).equals(prefix);
    }

    /** The order of keys. */
    static int compareUnsigned(Bytes left, Bytes right) {
        return Arrays.compareUnsigned(left.array(), left.offset(), left.offset() + left.length(),
                right.array(), right.offset(), right.offset() + right.length());
    }

    @Override
    public void close() { }
}
