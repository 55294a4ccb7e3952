package io.driftless.transport.nio;

import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.TransferOutcome;

/** The codes of reasons in replies to clients. They are part of the protocol and never change. */
final class ReasonCodes {

    private ReasonCodes() { }

    static int code(QueryOutcome.Reason reason) {
        return switch (reason) {
            case NO_LEADER -> 1;
            case UNREACHABLE -> 2;
            case TIMEOUT -> 3;
            case OVERLOADED -> 4;
            case TOO_LARGE -> 5;
            case MACHINE_FAILED -> 6;
            case CLOSED -> 7;
            case INTERRUPTED -> 8;
            case NO_TIME -> 9;
            case NOT_DRIFTLESS -> 10;
            case OTHER_CLUSTER -> 11;
        };
    }

    static QueryOutcome.Reason queryReason(WireReader reader) {
        int code = reader.nextByte();
        return switch (code) {
            case 1 -> QueryOutcome.Reason.NO_LEADER;
            case 2 -> QueryOutcome.Reason.UNREACHABLE;
            case 3 -> QueryOutcome.Reason.TIMEOUT;
            case 4 -> QueryOutcome.Reason.OVERLOADED;
            case 5 -> QueryOutcome.Reason.TOO_LARGE;
            case 6 -> QueryOutcome.Reason.MACHINE_FAILED;
            case 7 -> QueryOutcome.Reason.CLOSED;
            case 8 -> QueryOutcome.Reason.INTERRUPTED;
            case 9 -> QueryOutcome.Reason.NO_TIME;
            case 10 -> QueryOutcome.Reason.NOT_DRIFTLESS;
            case 11 -> QueryOutcome.Reason.OTHER_CLUSTER;
            default -> throw reader.malformed("a failed query with reason " + code);
        };
    }

    static int code(TransferOutcome.Reason reason) {
        return switch (reason) {
            case NOT_LEADER -> 1;
            case BUSY -> 2;
            case NO_TARGET -> 3;
            case TIMEOUT -> 4;
            case CLOSED -> 5;
        };
    }

    static TransferOutcome.Reason notTransferred(WireReader reader) {
        int code = reader.nextByte();
        return switch (code) {
            case 1 -> TransferOutcome.Reason.NOT_LEADER;
            case 2 -> TransferOutcome.Reason.BUSY;
            case 3 -> TransferOutcome.Reason.NO_TARGET;
            case 4 -> TransferOutcome.Reason.TIMEOUT;
            case 5 -> TransferOutcome.Reason.CLOSED;
            default -> throw reader.malformed("no transfer for reason " + code);
        };
    }

    static int code(SnapshotOutcome.Reason reason) {
        return switch (reason) {
            case OFF -> 1;
            case UP_TO_DATE -> 2;
            case BUSY -> 3;
            case FAILED -> 4;
            case TIMEOUT -> 5;
            case OVERLOADED -> 6;
            case CLOSED -> 7;
        };
    }

    static SnapshotOutcome.Reason notTaken(WireReader reader) {
        int code = reader.nextByte();
        return switch (code) {
            case 1 -> SnapshotOutcome.Reason.OFF;
            case 2 -> SnapshotOutcome.Reason.UP_TO_DATE;
            case 3 -> SnapshotOutcome.Reason.BUSY;
            case 4 -> SnapshotOutcome.Reason.FAILED;
            case 5 -> SnapshotOutcome.Reason.TIMEOUT;
            case 6 -> SnapshotOutcome.Reason.OVERLOADED;
            case 7 -> SnapshotOutcome.Reason.CLOSED;
            default -> throw reader.malformed("no snapshot for reason " + code);
        };
    }

    static int code(Outcome.Reason reason) {
        return switch (reason) {
            case NOT_LEADER -> 1;
            case NO_LEADER -> 2;
            case UNREACHABLE -> 3;
            case OVERLOADED -> 4;
            case TOO_LARGE -> 5;
            case CLOSED -> 6;
            case INTERRUPTED -> 7;
            case NOT_DRIFTLESS -> 8;
            case NO_TIME -> 9;
            case OTHER_CLUSTER -> 10;
            case EXPIRED -> 11;
        };
    }

    static Outcome.Reason reason(WireReader reader) {
        int code = reader.nextByte();
        return switch (code) {
            case 1 -> Outcome.Reason.NOT_LEADER;
            case 2 -> Outcome.Reason.NO_LEADER;
            case 3 -> Outcome.Reason.UNREACHABLE;
            case 4 -> Outcome.Reason.OVERLOADED;
            case 5 -> Outcome.Reason.TOO_LARGE;
            case 6 -> Outcome.Reason.CLOSED;
            case 7 -> Outcome.Reason.INTERRUPTED;
            case 8 -> Outcome.Reason.NOT_DRIFTLESS;
            case 9 -> Outcome.Reason.NO_TIME;
            case 10 -> Outcome.Reason.OTHER_CLUSTER;
            case 11 -> Outcome.Reason.EXPIRED;
            default -> throw reader.malformed("a rejection with reason " + code);
        };
    }

    static int code(Outcome.Why why) {
        return switch (why) {
            case TIMEOUT -> 1;
            case DISCONNECTED -> 2;
            case LEADERSHIP_LOST -> 3;
            case CLOSED -> 4;
            case INTERRUPTED -> 5;
            case NOT_READ -> 6;
            case RESULT_NOT_KEPT -> 7;
            case EXPIRED -> 8;
        };
    }

    static Outcome.Why why(WireReader reader) {
        int code = reader.nextByte();
        return switch (code) {
            case 1 -> Outcome.Why.TIMEOUT;
            case 2 -> Outcome.Why.DISCONNECTED;
            case 3 -> Outcome.Why.LEADERSHIP_LOST;
            case 4 -> Outcome.Why.CLOSED;
            case 5 -> Outcome.Why.INTERRUPTED;
            case 6 -> Outcome.Why.NOT_READ;
            case 7 -> Outcome.Why.RESULT_NOT_KEPT;
            case 8 -> Outcome.Why.EXPIRED;
            default -> throw reader.malformed("an unknown outcome with cause " + code);
        };
    }
}
