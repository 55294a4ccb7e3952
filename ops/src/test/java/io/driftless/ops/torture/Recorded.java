package io.driftless.ops.torture;

import io.driftless.ops.cluster.Executed;

/**
 * A command as its client saw it.
 *
 * @param client   who
 * @param begunNs  before it was sent
 * @param endedNs  after its outcome was known
 * @param executed what was sent, and what became of it
 */
record Recorded(int client, long begunNs, long endedNs, Executed executed) {

    @Override
    public String toString() {
        return "client " + client + " " + begunNs + ".." + endedNs + " " + executed.command() + " -> "
                + executed.outcome() + executed.reply().map(reply -> " " + reply).orElse("");
    }
}
