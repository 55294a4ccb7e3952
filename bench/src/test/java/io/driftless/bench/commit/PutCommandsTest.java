package io.driftless.bench.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import io.driftless.ops.kv.KvCommand;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PutCommandsTest {

    private final PutCommands commands = new PutCommands(256);

    @Test
    void putsValuesOfTheSizeThatWasAskedFor() {
        KvCommand.Put put = assertInstanceOf(KvCommand.Put.class, KvCommand.decode(ByteBuffer.wrap(commands.next())));
        assertEquals(256, put.value().length());
    }

    @Test
    void comesBackToTheSameKeysWithArraysOfTheirOwn() {
        byte[] first = commands.next();
        Set<Object> keys = new HashSet<>();
        for (int i = 0; i < 5000; i++) {
            byte[] command = commands.next();
            assertNotSame(first, command);
            keys.add(KvCommand.decode(ByteBuffer.wrap(command)).key());
        }
        assertEquals(1024, keys.size());
    }
}
