package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.machine.MachineSnapshot;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** A counter whose snapshots are as large as wanted. Until all of one was read, the sum is negative. */
class PaddedCounter extends Counter {

    private final int padding;

    PaddedCounter(int padding) {
        this.padding = padding;
    }

    @Override
    public boolean takesSnapshots() {
        return true;
    }

    @Override
    public MachineSnapshot snapshot() {
        long now = sum;
        return out -> {
            DataOutputStream data = new DataOutputStream(out);
            data.writeLong(now);
            data.write(new byte[padding]);
        };
    }

    @Override
    public void restore(InputStream content, long index) throws IOException {
        DataInputStream data = new DataInputStream(content);
        sum = -data.readLong();
        assertEquals(padding, data.readAllBytes().length);
        sum = -sum;
    }
}
