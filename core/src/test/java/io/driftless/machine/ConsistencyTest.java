package io.driftless.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.log.Bytes;
import io.driftless.transport.ClientRequest;
import org.junit.jupiter.api.Test;

class ConsistencyTest {

    @Test
    void saysWhatIsWrongWithAnIndex() {
        assertEquals(0, ((Consistency.AtLeast) Consistency.atLeast(0)).index());
        assertEquals("the index of a query is at least 0, not -1", assertThrows(IllegalArgumentException.class,
                () -> Consistency.atLeast(-1)).getMessage());
    }

    @Test
    void isNeverMissingInARequest() {
        assertEquals("consistency", assertThrows(NullPointerException.class,
                () -> new ClientRequest.Query(1, 1, null, Bytes.EMPTY)).getMessage());
        assertEquals("query", assertThrows(NullPointerException.class,
                () -> new ClientRequest.Query(1, 1, Consistency.STALE, null)).getMessage());
    }
}
