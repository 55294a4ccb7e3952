/**
 * Internal: the serializer {@code json}, for reading along and as the example of how to write one. The only package
 * that imports Jackson.
 *
 * <p>Read {@link io.driftless.codec.json.JsonSerializer} first: it shows the encoding. {@code JsonMessages} writes and
 * reads each message,
 * {@code JsonRecords} each record body; {@code JsonTree} reads a document into values that know the byte they begin
 * at, and {@code Fields} takes them out strictly: a field that is unknown, missing or of another type is an error with
 * its position.
 *
 * <p>It must not be imported by another package: {@link io.driftless.codec.Serializers} loads it by name, so that
 * Jackson stays optional.
 */
@NullMarked
package io.driftless.codec.json;

import org.jspecify.annotations.NullMarked;
