/** API. */
@NullMarked
package io.driftless.machine;

import org.jspecify.annotations.NullMarked;
