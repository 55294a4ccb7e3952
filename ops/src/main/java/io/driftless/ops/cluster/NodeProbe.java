package io.driftless.ops.cluster;

import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvQuery;
import java.io.IOException;
import java.time.Duration;

/** A connection to one node that asks about this node alone: local, possibly stale. Thread safe. */
public interface NodeProbe extends AutoCloseable {

    /**
     * What a node answered of its own state.
     *
     * @param applied the last index it had applied
     * @param answer  the answer
     */
    record Answered(long applied, KvAnswer answer) { }

    /**
     * Connects within {@code timeout}.
     *
     * @throws IOException if it cannot be reached, or is no Driftless node
     */
    static NodeProbe connect(String address, Duration timeout) throws IOException {
        return Wiring.probe(address, timeout);
    }

    /** Its status, one JSON object; {@link IOException} if it does not answer within {@code timeout}. */
    String statusJson(Duration timeout) throws IOException;

    /**
     * Its answer to a question about its state; {@link IOException} if it does not answer within {@code timeout}, or
     * runs another state machine.
     */
    Answered query(KvQuery query, Duration timeout) throws IOException;

    @Override
    void close();

    /** The whole state in a few numbers. */
    default Summary summary(Duration timeout) throws IOException {
        Answered answer = query(new KvQuery.Summary(), timeout);
        return switch (answer.answer()) {
            case KvAnswer.Digest digest -> new Summary(answer.applied(), digest);
            case KvAnswer.Page page -> throw new IOException("a page where a digest was asked for");
        };
    }

    /** Some rows. */
    default Rows rows(KvQuery.Scan scan, Duration timeout) throws IOException {
        Answered answer = query(scan, timeout);
        return switch (answer.answer()) {
            case KvAnswer.Page page -> new Rows(answer.applied(), page);
            case KvAnswer.Digest digest -> throw new IOException("a digest where a page was asked for");
        };
    }

    /**
     * The whole state in a few numbers, as of an index.
     *
     * @param applied the last index applied
     * @param digest  the numbers
     */
    record Summary(long applied, KvAnswer.Digest digest) { }

    /**
     * Some rows, as of an index.
     *
     * @param applied the last index applied
     * @param page    the rows
     */
    record Rows(long applied, KvAnswer.Page page) { }
}
