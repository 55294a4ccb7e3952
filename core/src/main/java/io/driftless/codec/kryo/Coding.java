package io.driftless.codec.kryo;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;

/** How the fields of one record are written and read; without state. */
abstract class Coding<T> extends Serializer<T> {

    Coding() {
        super(false, true);
    }

    /** Writes all fields in order. */
    abstract void write(FieldOutput output, T value);

    /** Reads what {@link #write(FieldOutput, Object)} wrote. */
    abstract T read(FieldInput input);

    @Override
    public final void write(Kryo kryo, Output output, T value) {
        write((FieldOutput) output, value);
    }

    @Override
    public final T read(Kryo kryo, Input input, Class<? extends T> type) {
        return read((FieldInput) input);
    }
}
