package io.driftless.bench.commit;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.ops.kv.KvCommand;
import io.driftless.ops.kv.KvQuery;
import io.driftless.transport.nio.NioTransport;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * Reads without the log from a running cluster, as a user's program sends them: {@code get} of a 256-byte value of the
 * replicated key-value machine, and beside it as many threads that write such values. Every outcome is looked at; one
 * that is no answer fails the run.
 */
public class ReadBenchmark {

    /** Threads that share a client. */
    static final int THREADS = 64;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** A client of the cluster, ready, which all threads share. */
    @State(Scope.Benchmark)
    public static class Shared {

        /** The members, {@code host:port} separated by commas. */
        @Param("")
        public String members;

        /** Where the member is that queries go to, {@code host:port}; empty for any. */
        @Param("")
        public String from;

        /** Whether what is read may be old. */
        @Param("false")
        public boolean stale;

        private RaftClient client;
        private Consistency consistency;

        /** Connects, writes the value that is read, and reads it. */
        @Setup
        public void open() {
            consistency = stale ? Consistency.STALE : Consistency.LINEARIZABLE;
            client = RaftClient.connect(ClientConfig.builder(members, NioTransport.clients()).readFrom(from).build());
            write(new PutCommands(FloorBenchmark.SIZE));
            query(new Question());
        }

        /** Disconnects. */
        @TearDown
        public void close() {
            client.close();
        }

        private Outcome write(PutCommands commands) {
            return CommitBenchmark.committed(client.execute(commands.next(), TIMEOUT));
        }

        private QueryOutcome query(Question question) {
            QueryOutcome outcome = client.query(question.encoded.clone(), consistency, TIMEOUT);
            if (outcome instanceof QueryOutcome.Answered answered && answered.result().isOk()) {
                return outcome;
            }
            throw new IllegalStateException("not answered: " + outcome);
        }
    }

    /** What is asked. */
    @State(Scope.Thread)
    public static class Question {
        private final byte[] encoded = new KvQuery.Read(new KvCommand.Get(Bytes.utf8(PutCommands.FIRST_KEY))).encode();
    }

    /** What is written. */
    @State(Scope.Thread)
    public static class Writes {
        private final PutCommands commands = new PutCommands(FloorBenchmark.SIZE);
    }

    /** One query outstanding: sends it and waits for its answer. */
    @Benchmark
    @Threads(1)
    public QueryOutcome single(Shared shared, Question question) {
        return shared.query(question);
    }

    /** So many threads that read over one client. */
    @Benchmark
    @Threads(THREADS)
    public QueryOutcome readers(Shared shared, Question question) {
        return shared.query(question);
    }

    /** As many threads that write over one client. */
    @Benchmark
    @Threads(THREADS)
    public Outcome writers(Shared shared, Writes writes) {
        return shared.write(writes.commands);
    }
}
