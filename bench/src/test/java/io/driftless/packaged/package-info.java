/**
 * Internal: what the build made, tested after it was made, in Maven's {@code integration-test} phase.
 *
 * <p>{@code DistributionTest} looks into {@code ops/target/driftless} and starts the launcher in a copy of it;
 * {@code SystemdUnitTest} gives the unit to systemd. {@code TestTotals} is no test: the build runs it at its very end,
 * to say in one line what was tested in all modules and what was not.
 */
@NullMarked
package io.driftless.packaged;

import org.jspecify.annotations.NullMarked;
