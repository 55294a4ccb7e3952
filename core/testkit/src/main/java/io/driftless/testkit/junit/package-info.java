/**
 * API of the testkit: clusters in memory for JUnit tests.
 *
 * <p>{@link io.driftless.testkit.junit.InMemoryClusterExtension} starts an {@link io.driftless.testkit.InMemoryCluster}
 * before each test, hands it to the test's parameters, and closes it afterwards, which fails the test if threads are
 * left.
 *
 * <p>The only package of the testkit beside the contract suites that imports JUnit.
 */
@NullMarked
package io.driftless.testkit.junit;

import org.jspecify.annotations.NullMarked;
