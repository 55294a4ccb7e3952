package io.driftless.sim;

import io.driftless.raft.ServerId;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.util.List;

/** Asks servers to hand their leadership over, as a person would who looks after the cluster. */
final class Operator {

    /** So long after the last request a server may still obey it, or an election follow: what is late comes in. */
    private static final long AFTERMATH_NS = 2_500_000_000L;

    private final Universe universe;
    private long requests;
    private long quietNs;

    /** One request; the connection stays until it is answered. */
    private final class Ask implements ClientConnection {

        private final Life life;
        private final ServerId target;
        private final long number = ++requests;

        Ask(Life life, ServerId target) {
            this.life = life;
            this.target = target;
        }

        void send(long lengthMs) {
            quietNs = Math.max(quietNs, universe.timeline.nowNs() + lengthMs * 1_000_000 + AFTERMATH_NS);
            universe.saw(new Happening.TransferAsked(life.node.number, number, target));
            life.receiver().requested(this, List.of(new ClientRequest.TransferLeadership(number, lengthMs, target)));
        }

        @Override
        public void reply(ClientReply reply) {
            if (reply instanceof ClientReply.TransferAnswered answered) {
                universe.saw(new Happening.TransferTold(life.node.number, number, answered.outcome()));
            }
        }

        @Override
        public void flush() { }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public String description() {
            return "operator";
        }
    }

    Operator(Universe universe) {
        this.universe = universe;
    }

    /** See {@link Fault.Kind#TRANSFER}; nothing if the server does not listen yet. */
    void ask(SimulatedNode node, Fault fault) {
        Life life = node.life();
        if (life != null && life.isListening()) {
            Ask ask = new Ask(life, fault.amount() % 2 == 1 ? universe.node(fault.peer()).id : ServerId.NONE);
            life.live(() -> ask.send(fault.lengthMs()));
        }
    }

    /** Whether the server that the fault names is asked, and not whoever leads. */
    static boolean isForNode(Fault fault) {
        return fault.amount() / 2 % 4 == 0;
    }

    /** From when on no request moves leadership any more, as far as it has arrived. */
    long quietNs() {
        return quietNs;
    }
}
