/** API. */
@NullMarked
package io.driftless.errors;

import org.jspecify.annotations.NullMarked;
