/** API. */
@NullMarked
package io.driftless.client;

import org.jspecify.annotations.NullMarked;
