package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.node.TransferStatus;
import org.junit.jupiter.api.Test;

class TransferRatesTest {

    private static final long MS = 1_000_000L;

    private final TransferRates rates = new TransferRates(100_000);

    private long rate(long index, long offset, long atMs) {
        TransferStatus transfer = rates.seen("n2", index, offset, 10_000, -1, atMs * MS);
        assertEquals(new TransferStatus("n2", index, offset, 10_000, transfer.bytesPerSecond(), -1), transfer);
        return transfer.bytesPerSecond();
    }

    @Test
    void aRateIsThatBetweenTwoLooksThatAreFarEnoughApart() {
        assertEquals(-1, rate(7, 100, 1_000));
        assertEquals(-1, rate(7, 300, 1_400), "too early to tell");
        assertEquals(400, rate(7, 300, 1_500));
        assertEquals(400, rate(7, 900, 1_600), "the same as before");
        assertEquals(2_000, rate(7, 2_300, 2_500));
        assertEquals(0, rate(7, 2_300, 3_500), "it stands");
    }

    @Test
    void whatBeginsAnewHasNoRate() {
        rate(7, 100, 1_000);
        assertEquals(1_000, rate(7, 1_100, 2_000));
        assertEquals(-1, rate(8, 1_500, 3_000), "another snapshot");
        assertEquals(500, rate(8, 2_000, 4_000));
        assertEquals(-1, rate(8, 1_000, 5_000), "from an earlier place");
        rates.over("n2");
        assertEquals(-1, rate(8, 2_000, 6_000));
        assertEquals(-1, rates.seen("n3", 8, 9_000, 10_000, -1, 7_000 * MS).bytesPerSecond(), "another peer");
    }

    @Test
    void whatIsNeededFollowsFromHowFastTheLogGrows() {
        assertEquals(-1, needed(0, 1_000));
        assertEquals(500, needed(5_000, 2_000), "20 s until the log behind it has 100,000 bytes, for 10,000 bytes");
        assertEquals(500, needed(5_100, 2_100), "too early to tell");
        assertEquals(0, needed(5_000, 3_000), "it does not grow");
    }

    private long needed(long logBytes, long atMs) {
        return rates.seen("n2", 7, 100, 10_000, logBytes, atMs * MS).neededBytesPerSecond();
    }
}
