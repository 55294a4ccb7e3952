package io.driftless.testkit;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.testkit.mutants.Mutant;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One client and a server that takes its command, breaks the connection, and refuses what is sent again: what finds a
 * client that then calls the command rejected, although it may have been executed. The simulator has clients of its
 * own.
 */
final class OutcomeCheck implements ClientTransport {

    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final long SESSION = 2;

    private final AtomicInteger attempts = new AtomicInteger();

    private OutcomeCheck() { }

    /** The process ends with {@link Mutant#FOUND} if the client says that the command was not executed. */
    public static void main(String[] arguments) {
        Outcome outcome;
        try (RaftClient client = RaftClient.connect(ClientConfig.builder("a:1", new OutcomeCheck()).build())) {
            outcome = client.execute(new byte[1], TIMEOUT);
        }
        System.exit(outcome instanceof Outcome.Rejected ? Mutant.FOUND : 0);
    }

    @Override
    public ClientChannel connect(String clusterId, String address, Duration timeout, Listener listener) {
        return new Served(listener);
    }

    private final class Served implements ClientChannel {

        private final Listener listener;
        private final ExecutorService server = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "server");
            thread.setDaemon(true);
            return thread;
        });

        Served(Listener listener) {
            this.listener = listener;
        }

        @Override
        public boolean send(ClientRequest request) {
            server.execute(() -> serve(request));
            return true;
        }

        private void serve(ClientRequest request) {
            if (!(request instanceof ClientRequest.ExecuteInSession)) {
                listener.replied(List.of(new ClientReply.SessionNamed(request.id(), SESSION)));
            } else if (attempts.incrementAndGet() == 1) {
                listener.closed("the server is gone");
            } else {
                listener.replied(List.of(new ClientReply.CommandAnswered(request.id(), new Outcome.Rejected(
                        Outcome.Reason.TOO_LARGE, "planned", Duration.ZERO), "")));
            }
        }

        @Override
        public void close() {
            server.shutdown();
        }
    }
}
