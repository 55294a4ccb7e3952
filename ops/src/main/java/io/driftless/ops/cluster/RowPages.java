package io.driftless.ops.cluster;

import io.driftless.log.Bytes;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvQuery;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Rows in the order of their keys, a page after the other: each page is read at an index of its own, so that what is
 * written meanwhile may show in later pages. Confined to one thread.
 */
final class RowPages {

    private static final int PAGE_ROWS = 1000;

    /** Asks for one page. */
    interface Asker {
        /** {@code seen} is the index that the page before showed; -1 for the first page. */
        NodeProbe.Rows ask(KvQuery.Scan scan, long seen) throws IOException;
    }

    private final Bytes prefix;
    private final Bytes from;
    private final long limit;
    private final Consumer<KvAnswer.Row> each;

    /** See {@link LocalScan#run}. */
    RowPages(Bytes prefix, Bytes from, long limit, Consumer<KvAnswer.Row> each) {
        this.prefix = prefix;
        this.from = from;
        this.limit = limit;
        this.each = each;
    }

    /** Reads them all; {@code address} is where. */
    LocalScan.End read(String address, Asker asker) throws IOException {
        Bytes start = from;
        long rows = 0;
        long first = -1;
        long seen = -1;
        while (true) {
            int pageLimit = (int) Math.min(PAGE_ROWS, limit - rows);
            NodeProbe.Rows answer = asker.ask(new KvQuery.Scan(prefix, start, pageLimit), seen);
            seen = answer.applied();
            first = first < 0 ? seen : first;
            answer.page().rows().forEach(each);
            rows += answer.page().rows().size();
            boolean more = answer.page().more();
            if (!more || rows >= limit) {
                return new LocalScan.End(address, rows, more, first, seen);
            }
            start = answer.page().next();
        }
    }
}
