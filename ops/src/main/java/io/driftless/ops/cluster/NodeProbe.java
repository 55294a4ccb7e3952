package io.driftless.ops.cluster;

import io.driftless.errors.MalformedException;
import io.driftless.machine.QueryOutcome;
import io.driftless.ops.kv.KvAnswer;
import io.driftless.ops.kv.KvQuery;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** A connection to one node that asks about this node alone: local, possibly stale. Thread safe. */
public interface NodeProbe extends AutoCloseable {

    /**
     * What a node answered of its own state.
     *
     * @param applied the last index it had applied
     * @param answer  the answer
     */
    record Answered(long applied, KvAnswer answer) {

        /** Of what {@code who} answered; {@link IOException} if it runs another state machine. */
        static Answered of(String who, QueryOutcome.Answered answered) throws IOException {
            if (!answered.result().isOk()) {
                throw ReadFailedException.refused(who, answered.result());
            }
            try {
                return new Answered(answered.index(), KvAnswer.decode(ByteBuffer.wrap(answered.result().value())));
            } catch (MalformedException anotherMachine) {
                throw ReadFailedException.anotherMachine(who + ": runs another state machine ("
                        + anotherMachine.getMessage() + ")", anotherMachine);
            }
        }

        /** As rows, if those were asked for. */
        Rows rows() throws IOException {
            if (answer instanceof KvAnswer.Page page) {
                return new Rows(applied, page);
            }
            throw ReadFailedException.anotherMachine("something else where a page was asked for", null);
        }

        /** As a summary, if that was asked for. */
        Summary summary() throws IOException {
            if (answer instanceof KvAnswer.Digest digest) {
                return new Summary(applied, digest);
            }
            throw new IOException("something else where a digest was asked for");
        }
    }

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
        return query(new KvQuery.Summary(), timeout).summary();
    }

    /** Some rows. */
    default Rows rows(KvQuery.Scan scan, Duration timeout) throws IOException {
        return query(scan, timeout).rows();
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
