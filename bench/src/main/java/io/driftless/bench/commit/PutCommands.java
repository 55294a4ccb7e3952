package io.driftless.bench.commit;

import io.driftless.log.Bytes;
import io.driftless.ops.kv.KvCommand;
import java.util.Arrays;

/**
 * Encoded {@code put} commands of the key-value machine: a value of a given size, and keys that come round, so that the
 * machine does not grow. Encoded beforehand, as the encoding of a command is the user's business. Confined to one
 * thread.
 */
final class PutCommands {

    /** The key of the first command. */
    static final String FIRST_KEY = key(1);

    private static final int KEYS = 1024;

    private final byte[][] encoded = new byte[KEYS][];
    private int next;

    /** @param valueBytes size of each value */
    PutCommands(int valueBytes) {
        byte[] value = new byte[valueBytes];
        Arrays.fill(value, (byte) 'x');
        for (int i = 0; i < KEYS; i++) {
            encoded[i] = new KvCommand.Put(Bytes.utf8(key(i)), Bytes.wrap(value)).encode();
        }
    }

    private static String key(int number) {
        return "bench-" + number;
    }

    /** A command of its own, to be given away. */
    byte[] next() {
        next = (next + 1) % KEYS;
        return encoded[next].clone();
    }
}
