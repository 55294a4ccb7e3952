package io.driftless.sim.history;

/**
 * An operation as its client saw it. Immutable.
 *
 * @param operation  what
 * @param begunNs    when it was sent
 * @param answeredNs when it was answered; {@link Long#MAX_VALUE} if it was not answered, and so may be executed later
 *         or never
 * @param result     the answer, if there was one
 */
public record Call(Operation operation, long begunNs, long answeredNs, long result) {

    public static Call begun(Operation operation, long atNs) {
        return new Call(operation, atNs, Long.MAX_VALUE, 0);
    }

    public Call answered(long atNs, long newResult) {
        return new Call(operation, begunNs, atNs, newResult);
    }

    boolean isAnswered() {
        return answeredNs != Long.MAX_VALUE;
    }
}
