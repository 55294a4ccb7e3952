/**
 * Internal: the serializer {@code kryo}, compact and fast; it is on the path of every commit. The only package that
 * imports Kryo.
 *
 * <p>Read {@link io.driftless.codec.kryo.KryoSerializer} first: it draws the encoding. {@code Codec} is one Kryo
 * instance with its buffers, lent by
 * {@code CodecPool}; the {@code ...Codings} write and read the fields of each record explicitly through {@code
 * FieldOutput} and {@code FieldInput}, which hold the bounds. Kryo's reflection never decides a byte.
 *
 * <p>It must not be imported by another package: {@link io.driftless.codec.Serializers} loads it by name, so that Kryo
 * stays optional.
 */
@NullMarked
package io.driftless.codec.kryo;

import org.jspecify.annotations.NullMarked;
