package io.driftless.client;

import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells the leader that the session of its connection ends, and is waited for a moment, interrupted or not. */
final class Leaving implements Link.Question {

    private final long patienceMs;
    private final CountDownLatch answered = new CountDownLatch(1);

    Leaving(long patienceMs) {
        this.patienceMs = patienceMs;
    }

    @Override
    public ClientRequest request(long id) {
        return new ClientRequest.CloseSession(id, patienceMs);
    }

    @Override
    public void answered(Link link, ClientReply reply) {
        answered.countDown();
    }

    @Override
    public void lost(Link link) {
        answered.countDown();
    }

    /** Waits until it is answered; if nobody does, the session ends by its time. */
    void await() {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
        boolean isInterrupted = false;
        boolean isOver = false;
        while (!isOver) {
            try {
                answered.await(endNs - System.nanoTime(), TimeUnit.NANOSECONDS);
                isOver = true;
            } catch (InterruptedException interrupted) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
