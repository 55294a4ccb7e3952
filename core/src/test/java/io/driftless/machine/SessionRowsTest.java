package io.driftless.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SessionRowsTest {

    private static final SessionRows ROWS = new SessionRows(List.of(new SessionRows.Row(0, 0, new byte[]{1, 2}),
            new SessionRows.Row(7, 258, new byte[]{-1})));

    private static byte[] written(SessionRows rows) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        rows.writeTo(out);
        return out.toByteArray();
    }

    private static String text(SessionRows rows) {
        StringBuilder all = new StringBuilder();
        rows.rows().forEach(row -> all.append(row.session()).append(' ').append(row.part()).append(' ')
                .append(HexFormat.of().formatHex(row.value())).append('\n'));
        return all.toString();
    }

    @Test
    void theBytesOfRows() throws IOException {
        assertEquals("00000002"
                + "0000000000000000" + "0000000000000000" + "00000002" + "0102"
                + "0000000000000007" + "0000000000000102" + "00000001" + "ff", HexFormat.of().formatHex(written(ROWS)));
        assertEquals("00000000", HexFormat.of().formatHex(written(SessionRows.NONE)));
    }

    @Test
    void rowsAreReadAndNotAByteMore() throws IOException {
        byte[] large = new byte[200_000];
        new Random(1).nextBytes(large);
        SessionRows rows = new SessionRows(List.of(ROWS.rows().get(0), new SessionRows.Row(9, 1, large)));
        byte[] written = written(rows);
        byte[] withMore = Arrays.copyOf(written, written.length + 3);
        withMore[written.length] = 42;
        ByteArrayInputStream in = new ByteArrayInputStream(withMore);
        assertEquals(text(rows), text(SessionRows.readFrom(in)));
        assertArrayEquals(new byte[]{42, 0, 0}, in.readAllBytes());
    }

    @Test
    void whatEndsEarlyIsRefusedWhereverItEnds() throws IOException {
        byte[] written = written(ROWS);
        for (int length = 0; length < written.length; length++) {
            byte[] cut = Arrays.copyOf(written, length);
            assertThrows(IOException.class, () -> SessionRows.readFrom(new ByteArrayInputStream(cut)),
                    "after " + length + " bytes");
        }
    }

    @Test
    void lengthsThatAreNoneAreRefused() {
        for (String wrong : List.of("ffffffff", "00000001" + "0".repeat(32) + "00000000",
                "00000001" + "0".repeat(32) + "ffffffff", "7fffffff" + "0".repeat(32) + "7fffffff" + "00")) {
            assertThrows(IOException.class, () -> SessionRows.readFrom(new ByteArrayInputStream(HexFormat
                    .of().parseHex(wrong))), wrong);
        }
    }
}
