/**
 * API of the testkit: contract suites for every SPI. Each suite is an abstract JUnit class. Each of its tests says in
 * one sentence what an implementation must do. An implementation's own test extends the class and says how to open an
 * instance:
 *
 * <pre>{@code
 * class MyLogTest extends RaftLogContract {
 *     @TempDir Path dir;
 *     protected RaftLog open() { return MyLog.open(dir); }
 * }
 * }</pre>
 *
 * <p>For the log, read {@link io.driftless.tck.RaftLogContract}, then {@link io.driftless.tck.HardStateStoreContract},
 * {@link io.driftless.tck.SnapshotStoreContract} and {@link io.driftless.tck.StorageContract}, which holds a node's
 * data as a whole.
 *
 * <p>Apart from {@code io.driftless.testkit.junit}, this is the only package of the testkit that imports JUnit. Must
 * not import an implementation.
 */
@NullMarked
package io.driftless.tck;

import org.jspecify.annotations.NullMarked;
