/** Tests of the benchmarks' own parts: figures, verdicts, processes. */
@NullMarked
package io.driftless.bench;

import org.jspecify.annotations.NullMarked;
