package io.driftless.sim;

/** What can be seen of the servers from outside, by their numbers. */
interface SeenServers {

    /** The last index that it has applied; 0 if it does not run. */
    long applied(int node);

    /** The term that it leads in; 0 if it does not. */
    long led(int node);

    /** What its clock shows, in milliseconds, but of each pause and each jump at most {@code stepMs}. */
    long countedMs(int node, long stepMs);

    /** What its wall clock shows. */
    long wallMs(int node);
}
