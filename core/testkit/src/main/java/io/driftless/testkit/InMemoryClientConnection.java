package io.driftless.testkit;

import io.driftless.machine.Outcome;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.Intake;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A client's connection to a server of an {@link InMemoryNetwork}: the channel at one end, the session at the other.
 * Thread safe.
 */
final class InMemoryClientConnection implements ClientChannel, ClientConnection {

    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final long WAITING_MAX = 1 << 20;

    private final long number = NUMBERS.incrementAndGet();
    private final InMemoryTransport server;
    private final ClientTransport.Listener listener;
    private final long generation;
    private final Mailbox<ClientRequest> requests = new Mailbox<>(WAITING_MAX);
    private final Mailbox<ClientReply> replies = new Mailbox<>(WAITING_MAX);
    private final Intake intake = new Intake();
    private final AtomicBoolean broken = new AtomicBoolean();
    private final Thread requestThread;
    private final Thread replyThread;
    private final ReentrantLock lock = new ReentrantLock();
    private List<ClientReply> queued = new ArrayList<>();
    private volatile String why = "";

    InMemoryClientConnection(InMemoryTransport server, ClientTransport.Listener listener, long generation) {
        this.server = server;
        this.generation = generation;
        this.listener = listener;
        this.requestThread = Thread.ofVirtual().name("memory-requests-" + number).unstarted(this::deliverRequests);
        this.replyThread = Thread.ofVirtual().name("memory-replies-" + number).unstarted(this::deliverReplies);
    }

    void start() {
        requestThread.start();
        replyThread.start();
    }

    Thread requestThread() {
        return requestThread;
    }

    @Override
    public boolean send(ClientRequest request) {
        if (broken.get()) {
            return false;
        }
        if (!requests.put(List.of(request), 1)) {
            breakOff("the node does not take requests fast enough");
        }
        return true;
    }

    @Override
    public long generation() {
        return generation;
    }

    @Override
    public void close() {
        breakOff("closed");
    }

    @Override
    public void reply(ClientReply reply) {
        lock.lock();
        try {
            queued.add(reply);
            intake.answered(reply);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() {
        lock.lock();
        try {
            if (!replies.put(queued, queued.size())) {
                breakOff("the client does not read its replies");
            }
            queued = new ArrayList<>();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOpen() {
        return !broken.get();
    }

    @Override
    public String description() {
        return "client " + number;
    }

    void breakOff(String reason) {
        if (broken.compareAndSet(false, true)) {
            why = reason;
            requests.close();
            replies.close();
            server.forget(this);
        }
    }

    private void deliverRequests() {
        List<ClientRequest> batch = requests.takeAll();
        while (!batch.isEmpty()) {
            if (intake.take(batch)) {
                server.receiver().requested(this, batch);
            }
            batch = requests.takeAll();
        }
    }

    /** Takes no request any more, and says so. */
    void sayGoodbye() {
        intake.stop(Outcome.Why.CLOSED).ifPresent(this::reply);
        flush();
    }

    /** After the goodbye: ends it once everything is answered; whether the client has it all. */
    boolean finish() {
        if (intake.isFinished() && broken.compareAndSet(false, true)) {
            why = "the node closed";
            flush();
            requests.close();
            replies.end();
        }
        return !replyThread.isAlive();
    }

    private void deliverReplies() {
        List<ClientReply> batch = replies.takeAll();
        while (!batch.isEmpty()) {
            listener.replied(batch);
            batch = replies.takeAll();
        }
        server.forget(this);
        listener.closed(why);
    }
}
