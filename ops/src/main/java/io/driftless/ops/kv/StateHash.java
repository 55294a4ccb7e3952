package io.driftless.ops.kv;

import io.driftless.log.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * 128 bits over a whole key-value state: the sum, in two 64-bit lanes, of a hash of each row (key, version and value
 * with their lengths), and of the quota where it is not the default. A sum does not depend on the order and can be kept
 * up row by row. It finds differences that happen by accident; it is no defence against somebody who makes them.
 * Immutable.
 *
 * @param high one lane
 * @param low  the other lane
 */
public record StateHash(long high, long low) {

    /** Of no rows, under the default quota. */
    public static final StateHash EMPTY = new StateHash(0, 0);

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_SEED = 0x6A09E667F3BCC909L;
    private static final long HIGH_FACTOR = 0x9E3779B97F4A7C15L;
    private static final long LOW_SEED = 0xBB67AE8584CAA73BL;
    private static final long LOW_FACTOR = 0xD1B54A32D192ED03L;

    /** With one row more. */
    public StateHash plus(Bytes key, long version, Bytes value) {
        return new StateHash(high + row(HIGH_SEED, HIGH_FACTOR, key, version, value), low
                + row(LOW_SEED, LOW_FACTOR, key, version, value));
    }

    /** Without a row that was added before. */
    public StateHash minus(Bytes key, long version, Bytes value) {
        return new StateHash(high - row(HIGH_SEED, HIGH_FACTOR, key, version, value),
                low - row(LOW_SEED, LOW_FACTOR, key, version, value));
    }

    /** Under another quota than {@code before}. */
    public StateHash withQuota(long before, long quotaBytes) {
        return new StateHash(high - quota(HIGH_SEED, HIGH_FACTOR, before) + quota(HIGH_SEED, HIGH_FACTOR, quotaBytes),
                low - quota(LOW_SEED, LOW_FACTOR, before) + quota(LOW_SEED, LOW_FACTOR, quotaBytes));
    }

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%016x%016x", high, low);
    }

    private static long quota(long seed, long factor, long bytes) {
        // No row has this version, so no row counts like a quota.
        return bytes == KeyValueMachine.DEFAULT_QUOTA_BYTES ? 0
                : mixed(absorb(absorb(seed, factor, -1), factor, bytes));
    }

    private static long row(long seed, long factor, Bytes key, long version, Bytes value) {
        long hash = absorb(seed, factor, version);
        hash = run(hash, factor, key);
        return mixed(run(hash, factor, value));
    }

    private static long mixed(long absorbed) {
        long hash = absorbed;
        hash = (hash ^ hash >>> 32) * HIGH_FACTOR;
        hash = (hash ^ hash >>> 29) * LOW_FACTOR;
        return hash ^ hash >>> 32;
    }

    private static long run(long seed, long factor, Bytes bytes) {
        long hash = absorb(seed, factor, bytes.length());
        byte[] array = bytes.array();
        int at = bytes.offset();
        int end = at + bytes.length();
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = absorb(hash, factor, (long) WORD.get(array, at));
        }
        long tail = 0;
        for (int shift = 0; at < end; at++, shift += 8) {
            tail |= (array[at] & 0xFFL) << shift;
        }
        return absorb(hash, factor, tail);
    }

    // Each step is one to one in the hash so far: a difference never vanishes before the final mixing.
    private static long absorb(long hash, long factor, long word) {
        return Long.rotateLeft((hash ^ word) * factor, 31) + 0x2545F4914F6CDD1DL;
    }
}
