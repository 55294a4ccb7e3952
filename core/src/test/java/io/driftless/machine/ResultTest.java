package io.driftless.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResultTest {

    @Test
    void aTextIsItsUtf8Bytes() {
        Result result = Result.ok("gr\u00fcn");
        assertTrue(result.isOk());
        assertEquals(Result.ok("gr\u00fcn".getBytes(StandardCharsets.UTF_8)), result);
        assertEquals("gr\u00fcn", result.text());
        assertEquals(0, Result.ok().value().length);
    }

    @Test
    void whatIsHandedOutChangesNothing() {
        Result result = Result.ok("abc");
        result.toByteArray()[0] = 'x';
        assertTrue(result.asByteBuffer().isReadOnly());
        result.asByteBuffer().get();
        assertEquals('a', result.asByteBuffer().get());
        assertArrayEquals(new byte[] {'a', 'b', 'c'}, result.toByteArray());
    }

    @Test
    void anErrorHasACodeThatIsNotZero() {
        assertFalse(Result.failed(7, "no").isOk());
        assertThrows(IllegalArgumentException.class, () -> Result.failed(0, "no"));
    }
}
