/**
 * SPI: how messages between servers, and the bodies of log records other than commands, are turned into bytes and text.
 *
 * <p>Read {@link io.driftless.codec.Serializer} first: it is the contract, and its contract suite is
 * {@code io.driftless.tck.SerializerContract} in the testkit. {@link io.driftless.codec.Serializers} finds one by its
 * name in the configuration ({@code kryo}, {@code json}, or one of the user's own) or by its id in a record.
 * {@link io.driftless.codec.RecordBody} lists what a record may hold, and {@link io.driftless.codec.RecordBodies}
 * writes it so that a log written under one serializer opens under another. {@link io.driftless.codec.MessageText}
 * writes the one line for a person that {@code log dump} and the transcripts print.
 *
 * <p>Payloads of commands are opaque and never pass through here: a serializer sees only their lengths.
 *
 * <p>This package imports neither Kryo nor Jackson, and loads each only when it is asked for. Both are optional
 * dependencies of the core. Each is imported by exactly one package, {@code io.driftless.codec.kryo} and
 * {@code io.driftless.codec.json}, which are internal.
 */
@NullMarked
package io.driftless.codec;

import org.jspecify.annotations.NullMarked;
