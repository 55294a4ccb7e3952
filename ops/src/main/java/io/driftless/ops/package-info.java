/** The driftless command. Internal. */
@NullMarked
package io.driftless.ops;

import org.jspecify.annotations.NullMarked;
