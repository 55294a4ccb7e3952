/**
 * API of the testkit: clusters in memory for JUnit tests.
 *
 * <p>{@link io.driftless.testkit.junit.InMemoryClusterExtension} starts an {@link io.driftless.testkit.InMemoryCluster}
 * before each test, passes it to the test's parameters, and closes it afterwards. That fails the test if threads are
 * left.
 *
 * <p>Apart from the contract suites, this is the only package of the testkit that imports JUnit.
 */
@NullMarked
package io.driftless.testkit.junit;

import org.jspecify.annotations.NullMarked;
