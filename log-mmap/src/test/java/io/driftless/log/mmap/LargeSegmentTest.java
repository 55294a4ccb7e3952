package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.LogListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeSegmentTest {

    /**
     * Chronicle notes one record in 2^20 in its index. The page that stands before all records has room for 2,048
     * notes: no other page may come among the records, or the log would refuse the one that it pushed aside.
     */
    private static final int RECORDS = (1 << 20) + 2_000;
    private static final int BATCH = 1_000;

    @Test
    void takesMoreRecordsThanOneStepOfChroniclesIndex(@TempDir Path folder) {
        try (MmapLog log = MmapLog.open(folder, new MmapLogOptions(96 << 20, 1024), LogListener.NONE)) {
            List<LogEntry> batch = new ArrayList<>();
            for (long index = 1; index <= RECORDS; index++) {
                batch.add(new LogEntry(index, 1, 0, EntryType.NOOP, 0, 0, Bytes.EMPTY));
                if (batch.size() == BATCH || index == RECORDS) {
                    log.append(batch);
                    batch.clear();
                }
            }
            log.sync();
            LogDump.Summary summary = LogDump.verify(folder);
            assertEquals(List.of(), summary.damage());
            assertEquals(RECORDS, summary.records());
            assertEquals(1, summary.segments());
            assertEquals(RECORDS, log.durableIndex());
        }
    }
}
