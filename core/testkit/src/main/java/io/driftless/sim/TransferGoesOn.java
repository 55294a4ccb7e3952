package io.driftless.sim;

import io.driftless.raft.CoreStatus;

/** What has come in of a snapshot stays, whoever offers the rest of it, until its server ends or drops it (R30). */
final class TransferGoesOn implements Checker {

    private final CoreStatus.Incoming[] incoming;

    TransferGoesOn(int servers) {
        incoming = new CoreStatus.Incoming[servers];
    }

    @Override
    public String property() {
        return "a transfer goes on where it was (R30)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Ended ended) {
            incoming[ended.node()] = null;
        } else if (happening instanceof Happening.Looked looked) {
            CoreStatus.Incoming now = looked.status().incoming().orElse(null);
            CoreStatus.Incoming before = incoming[looked.node()];
            Checker.require(now == null || before == null || !now.snapshot().equals(before.snapshot())
                    || now.offset() >= before.offset(), () -> "server " + looked.node() + " had " + before
                    + ", and has " + now);
            incoming[looked.node()] = now;
        }
    }
}
