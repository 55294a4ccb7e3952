package io.driftless.ops.torture;

import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.QueryOutcome;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvQuery;
import io.driftless.ops.torture.ReadHistory.Answer;
import io.driftless.ops.torture.ReadHistory.Asked;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A query for the registers of a lap. Immutable.
 *
 * @param leastIndex for {@link Asked#AT_LEAST}
 */
record LapQuery(Asked asked, long leastIndex, int lap) {

    private static final int ROWS_MAX = 100;

    /** Mostly a linearizable one; one of at least an index asks for that of the command that was told last. */
    static LapQuery draw(Random random, RegisterWriters writers) {
        int dice = random.nextInt(10);
        Asked asked = dice < 7 ? Asked.LINEARIZABLE : dice < 9 ? Asked.AT_LEAST : Asked.STALE;
        return new LapQuery(asked, asked == Asked.AT_LEAST ? writers.lastIndex() : 0, writers.lap());
    }

    Consistency consistency() {
        return switch (asked) {
            case LINEARIZABLE -> Consistency.LINEARIZABLE;
            case AT_LEAST -> Consistency.atLeast(leastIndex);
            case STALE -> Consistency.STALE;
        };
    }

    byte[] encode() {
        return new KvQuery.Scan(Bytes.utf8(RegisterWriters.prefix(lap)), Bytes.EMPTY, ROWS_MAX).encode();
    }

    /** What a member has answered; {@link IllegalStateException} if that is no answer to this. */
    Answer answered(String member, long begunNs, QueryOutcome.Answered answer) {
        long endedNs = System.nanoTime();
        Long[] values = new Long[ReadHistory.LAP];
        Arrays.fill(values, 0L);
        if (!answer.result().isOk() || !(KvAnswer.decode(ByteBuffer.wrap(answer.result().value()))
                instanceof KvAnswer.Page(List<KvAnswer.Row> rows, boolean more)) || more) {
            throw new IllegalStateException("no page of all rows: " + answer);
        }
        for (KvAnswer.Row row : rows) {
            int number = Integer.parseInt(row.key().utf8().substring(RegisterWriters.prefix(lap).length()));
            values[number] = Long.parseLong(row.value().utf8());
        }
        return new Answer(member, asked, leastIndex, begunNs, endedNs, answer.index(), answer.age(), lap,
                Collections.unmodifiableList(Arrays.asList(values)));
    }
}
