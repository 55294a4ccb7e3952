package io.driftless.codec.kryo;

import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.util.DefaultClassResolver;

/**
 * Reads the codes of our own records and nothing else. Kryo would also take class names, null and its primitives from
 * the bytes, and a forged length of a String costs memory before it is noticed.
 */
final class OwnClasses extends DefaultClassResolver {

    private final int lowest;

    /** With the lowest number that we register. */
    OwnClasses(int lowest) {
        this.lowest = lowest;
    }

    @Override
    public Registration readClass(Input input) {
        int number = (input.readByte() & 0xff) - 2;
        Registration registration = number < lowest ? null : getRegistration(number);
        if (registration == null) {
            throw ((FieldInput) input).malformedBefore("no message or record has code " + (number + 2));
        }
        return registration;
    }
}
