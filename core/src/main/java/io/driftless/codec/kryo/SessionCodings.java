package io.driftless.codec.kryo;

import io.driftless.codec.RecordBody.SessionClosing;
import io.driftless.codec.RecordBody.SessionOpening;
import io.driftless.codec.RecordBody.SessionsRenewal;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The bodies of session records. */
final class SessionCodings {

    // Bytes that a renewed session (id, serial) takes at least: what bounds their count.
    private static final int RENEWED_BYTES_MIN = 2;

    private SessionCodings() { }

    static final class OfOpening extends Coding<SessionOpening> {
        @Override
        void write(FieldOutput output, SessionOpening value) {
            output.writeLong(value.nonce().getMostSignificantBits());
            output.writeLong(value.nonce().getLeastSignificantBits());
            output.number(value.timeoutMs());
            output.number(value.window());
            output.number(value.resultBytesMax());
            output.number(value.sessionsMax());
            output.number(value.allResultsMax());
        }

        @Override
        SessionOpening read(FieldInput input) {
            return new SessionOpening(new UUID(input.readLong(), input.readLong()), input.number(),
                    input.smallNumber(SessionOpening.WINDOW_MAX), input.number(),
                    input.smallNumber(Integer.MAX_VALUE), input.number());
        }
    }

    static final class OfClosing extends Coding<SessionClosing> {
        @Override
        void write(FieldOutput output, SessionClosing value) {
            output.number(value.session());
        }

        @Override
        SessionClosing read(FieldInput input) {
            return new SessionClosing(input.number());
        }
    }

    static final class OfRenewal extends Coding<SessionsRenewal> {
        @Override
        void write(FieldOutput output, SessionsRenewal value) {
            output.number(value.lowestWanted().size());
            value.lowestWanted().forEach((session, serial) -> {
                output.number(session);
                output.number(serial);
            });
        }

        @Override
        SessionsRenewal read(FieldInput input) {
            int count = input.count(RENEWED_BYTES_MIN);
            SortedMap<Long, Long> lowestWanted = new TreeMap<>();
            for (int i = 0; i < count; i++) {
                long session = input.number();
                if (!lowestWanted.isEmpty() && lowestWanted.lastKey() >= session) {
                    throw input.malformedBefore("sessions out of order");
                }
                lowestWanted.put(session, input.number());
            }
            return new SessionsRenewal(lowestWanted);
        }
    }
}
