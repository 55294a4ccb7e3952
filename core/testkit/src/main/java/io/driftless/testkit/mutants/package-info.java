/**
 * API of the testkit: planted mistakes, which show that a proof can fail.
 *
 * <p>A {@link io.driftless.testkit.mutants.Mutant} is a unified diff of a module's sources,
 * {@code src/test/mutants/NAME.patch}, with the check that finds it in its first lines. It is applied to a copy,
 * compiled there, and the check is run in a JVM of its own, with the changed classes ahead of the real ones. A patch
 * that no longer fits the sources, or does not compile, fails the build, as does one that its check no longer finds.
 *
 * <p>Needs a JDK (javax.tools). Must not import JUnit, or anything of the modules whose sources it changes.
 */
@NullMarked
package io.driftless.testkit.mutants;

import org.jspecify.annotations.NullMarked;
