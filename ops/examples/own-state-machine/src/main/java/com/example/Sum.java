package com.example;

import io.driftless.machine.*;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;

/** Adds numbers of eight bytes. */
public class Sum implements StateMachine {
    private long sum;

    public long open(MachineContext context) {
        return 0;   // keeps nothing itself: the log is replayed
    }

    public Result apply(Command command) {
        if (command.payload().remaining() != Long.BYTES) {
            return Result.failed(1, "a command is 8 bytes");   // to throw would end every server
        }
        sum += command.payload().getLong();
        return Result.ok(Long.toString(sum));
    }

    public Result query(ByteBuffer query, long appliedIndex) {
        return Result.ok(Long.toString(sum));
    }

    public boolean takesSnapshots() {
        return true;
    }

    public MachineSnapshot snapshot() {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(sum).array();   // the sum as it is now
        return out -> out.write(bytes);   // later, on another thread, while commands go on
    }

    public void restore(InputStream content, long index) throws IOException {
        sum = new DataInputStream(content).readLong();
    }

    public Map<String, Long> gauges() {
        return Map.of("sum", sum);   // "machine" in driftless status --json
    }

    public void close() { }
}
