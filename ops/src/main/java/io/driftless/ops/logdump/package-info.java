/**
 * Internal. Records of a log as text: what {@code driftless log} prints.
 *
 * <p>Reading order: {@link io.driftless.ops.logdump.EntryText} for records and the whole,
 * {@link io.driftless.ops.logdump.LogStatistics} for segments, {@link io.driftless.ops.logdump.LogReport} for a log and
 * the snapshot it goes on from. A log does not know what its payloads
 * mean: those that read as key-value commands, or as records of the protocol, are shown as such, all others by their
 * length and first bytes.
 *
 * <p>Must not import the client, the node or the command line.
 */
@NullMarked
package io.driftless.ops.logdump;

import org.jspecify.annotations.NullMarked;
