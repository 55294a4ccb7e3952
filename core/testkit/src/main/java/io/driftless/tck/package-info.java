/**
 * API of the testkit: contract suites for every SPI. Each is an abstract JUnit class whose tests say, one sentence
 * each, what an implementation must do; an implementation's own test extends it and says how to open one:
 *
 * <pre>{@code
 * class MyLogTest extends RaftLogContract {
 *     @TempDir Path dir;
 *     protected RaftLog open() { return MyLog.open(dir); }
 * }
 * }</pre>
 *
 * <p>Of the log, read {@link io.driftless.tck.RaftLogContract}, then {@link io.driftless.tck.HardStateStoreContract}
 * and {@link io.driftless.tck.StorageContract}, which holds a node's data as a whole.
 *
 * <p>The only package of the testkit beside {@code io.driftless.testkit.junit} that imports JUnit. Must not import an
 * implementation.
 */
@NullMarked
package io.driftless.tck;

import org.jspecify.annotations.NullMarked;
