import io.driftless.log.Bytes;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import io.driftless.log.mmap.MmapLog;
import io.driftless.log.mmap.MmapLogOptions;
import java.nio.file.Path;
import java.util.List;

public class Main {

    public static void main(String[] arguments) {
        try (MmapLog log = MmapLog.open(Path.of("orders"), MmapLogOptions.DEFAULT, System.err::println)) {
            long index = log.lastIndex() + 1;
            log.append(List.of(LogEntry.command(index, 1, System.currentTimeMillis(), Bytes.utf8("order " + index))));
            log.sync();
            try (LogReader reader = log.reader()) {
                // A read copies as many entries as fit into so many bytes, at least one: all of them take several.
                int bytesAtOnce = 1 << 20;
                for (long next = log.firstIndex(); next <= log.lastIndex();) {
                    for (LogEntry entry : reader.read(next, log.lastIndex(), bytesAtOnce)) {
                        System.out.println(entry.index() + ": " + entry.payload().utf8());
                        next = entry.index() + 1;
                    }
                }
            }
        }
    }
}
