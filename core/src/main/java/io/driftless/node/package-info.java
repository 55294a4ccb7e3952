/** API. */
@NullMarked
package io.driftless.node;

import org.jspecify.annotations.NullMarked;
