package io.driftless.node.driver;

import java.util.concurrent.LinkedBlockingQueue;

/**
 * A daemon thread that is there before it is needed, and does one thing after the other. How much may wait is the
 * callers' business. Thread safe.
 */
final class StandbyThread implements Engine.Errands {

    private final LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    private final boolean doesWhatIsLeft;
    private volatile boolean closed;

    private StandbyThread(boolean doesWhatIsLeft) {
        this.doesWhatIsLeft = doesWhatIsLeft;
    }

    /** One that is started and, once closed, leaves undone what waits. */
    static StandbyThread leavingTheRest(String name) {
        return started(name, new StandbyThread(false));
    }

    /** One that is started and, once closed, does what waits, and then ends. */
    static StandbyThread doingTheRest(String name) {
        return started(name, new StandbyThread(true));
    }

    private static StandbyThread started(String name, StandbyThread made) {
        Thread.ofPlatform().name(name).daemon(true).start(made::loop);
        return made;
    }

    @Override
    public void execute(Runnable errand) {
        waiting.add(errand);
    }

    private void loop() {
        while (!closed || doesWhatIsLeft && !waiting.isEmpty()) {
            try {
                waiting.take().run();
            } catch (InterruptedException nobodyDoesThis) {
                // By the code of an embedder that ran here, at most: the next thing is done all the same.
                continue;
            } catch (Throwable thrown) {
                // Each thing has its own way to tell; the thread must be there for the next.
                continue;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        waiting.add(() -> { });
    }
}
