/** Tests of the node as a whole, on an in-memory cluster. */
@NullMarked
package io.driftless.testkit.cluster;

import org.jspecify.annotations.NullMarked;
