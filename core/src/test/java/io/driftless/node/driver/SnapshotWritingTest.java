package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.log.LogFullException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class SnapshotWritingTest {

    private long nowNs = 100;
    private boolean isEnding;
    private final SnapshotWriting writing = new SnapshotWriting(() -> nowNs, () -> isEnding);

    @Test
    void aMachineIsSilentFromItsLastWriteOn() throws IOException {
        assertEquals(0, writing.silentSinceNs());
        OutputStream out = writing.begun(7, new BufferedOutputStream(writing.store(new ByteArrayOutputStream()), 100));
        assertEquals(7, writing.index());
        assertEquals(100, writing.silentSinceNs());
        nowNs = 200;
        assertEquals(100, writing.silentSinceNs());
        out.write(1);
        assertEquals(200, writing.silentSinceNs(), "it is in a buffer, and counts");
        nowNs = 300;
        out.write(new byte[10]);
        assertEquals(300, writing.silentSinceNs());
        writing.ended();
        assertEquals(0, writing.silentSinceNs());
        nowNs = 400;
        writing.begun(8, out);
        assertEquals(400, writing.silentSinceNs());
    }

    @Test
    void timeInTheStoreIsNotTheMachines() throws IOException {
        OutputStream out = writing.begun(7, writing.store(new OutputStream() {
            @Override
            public void write(int value) {
                assertEquals(0, writing.silentSinceNs());
                nowNs += 1_000;
            }
        }));
        out.write(new byte[2]);
        assertEquals(2_100, writing.silentSinceNs());
    }

    @Test
    void whatTheStoreThrowsIsThrownHoweverTheMachineTakesIt() {
        LogFullException full = new LogFullException("no room");
        OutputStream out = writing.begun(7, writing.store(new OutputStream() {
            @Override
            public void write(int value) {
                throw full;
            }
        }));
        assertThrows(LogFullException.class, () -> out.write(new byte[1]));
        assertSame(full, assertThrows(LogFullException.class, writing::ended));
        OutputStream next = writing.begun(8, writing.store(new ByteArrayOutputStream()));
        isEnding = true;
        assertThrows(InterruptedIOException.class, () -> next.write(new byte[1]));
        assertThrows(InterruptedIOException.class, writing::ended);
    }
}
