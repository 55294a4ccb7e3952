/** Benchmarks. Internal. */
@NullMarked
package io.driftless.bench;

import org.jspecify.annotations.NullMarked;
