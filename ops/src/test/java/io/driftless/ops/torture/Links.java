package io.driftless.ops.torture;

import java.io.IOException;
import java.time.Duration;

/** What lies between the servers, and between them and the clients, and how to disturb it. */
interface Links extends AutoCloseable {

    /** What {@code from} sends does not arrive at {@code to}. */
    void cut(String from, String to) throws IOException;

    /** It arrives again. */
    void heal(String from, String to) throws IOException;

    /** What the two say to each other waits for so long. */
    void delay(String one, String other, Duration delay) throws IOException;

    /** Breaks the connections between the two; how many there were. */
    int reset(String one, String other) throws IOException;

    /** How often something from {@code from} to {@code to} has met a cut or a delay. */
    long met(String from, String to) throws IOException;

    @Override
    void close();
}
