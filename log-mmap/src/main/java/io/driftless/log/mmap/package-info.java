/**
 * API: the durable log on Chronicle Queue, the hard-state file, the snapshots, and the data directory that holds them.
 * Public are {@link io.driftless.log.mmap.MmapStorage} for nodes, {@link io.driftless.log.mmap.MmapLog} and
 * {@link io.driftless.log.mmap.HardStateFile} to be used alone, and {@link io.driftless.log.mmap.ReadOnlyLog},
 * {@link io.driftless.log.mmap.LogDump} and {@link io.driftless.log.mmap.SnapshotFile} for looking at files; the rest
 * is internal.
 *
 * <p>Reading order: {@code RecordFormat} and {@code SegmentScan} draw the bytes of a segment, {@code Manifest} says
 * which segments are the log, {@code DurableMark} tells a torn tail from damage. {@code MmapLog} writes: through
 * {@code SegmentWriter}, the one class that imports Chronicle, into segments that {@code SpareSegments} prepared;
 * {@code Durability} syncs; {@code EntryIndex} finds; {@code MmapLogReader} reads. {@code LogWalk} judges
 * what an earlier process left, for {@code LogRecovery}, which opens it, and for whoever only looks. {@code
 * docs/log-format.md} shows the files on two pages, {@code docs/log-damage.md} what becomes of damaged ones. Apart from
 * all that, {@code SnapshotFormat} draws the file of a snapshot, {@code SnapshotFiles} keeps the newest, {@code
 * SnapshotFileWriter} writes it, and {@code docs/snapshot-format.md} shows it.
 *
 * <p>Chronicle is an append buffer and a container format here. Its own sync, recovery, locks and reading are not used,
 * because each was seen to lose acknowledged data; so no file of an earlier process is ever appended to, and everything
 * is checked on the bytes.
 *
 * <p>Must not import anything of core but {@code io.driftless.log}, {@code io.driftless.errors} and the two values of
 * {@code io.driftless.raft} that they name, {@code HardState} and {@code ServerId}. Logs nothing: what it noticed goes
 * to the {@code LogListener}.
 */
@NullMarked
package io.driftless.log.mmap;

import org.jspecify.annotations.NullMarked;
