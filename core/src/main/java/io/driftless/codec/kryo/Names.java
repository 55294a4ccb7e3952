package io.driftless.codec.kryo;

import io.driftless.raft.ServerId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Server ids seen lately, so that a message from a known server makes no garbage. Bounded. Confined, as its {@link
 * Codec}.
 */
final class Names {

    private static final int SLOTS = 32;

    private final @Nullable ServerId[] slots = new ServerId[SLOTS];

    /** The id with these characters; {@link IllegalArgumentException} if there is none. */
    ServerId of(byte[] array, int offset, int length) {
        if (length == 0) {
            return ServerId.NONE;
        }
        int slot = (array[offset + length - 1] * 31 + length) & (SLOTS - 1);
        ServerId known = slots[slot];
        if (known != null && matches(known.value(), array, offset, length)) {
            return known;
        }
        ServerId id = new ServerId(new String(array, offset, length, StandardCharsets.ISO_8859_1));
        slots[slot] = id;
        return id;
    }

    private static boolean matches(String value, byte[] array, int offset, int length) {
        if (value.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (value.charAt(i) != array[offset + i]) {
                return false;
            }
        }
        return true;
    }
}
