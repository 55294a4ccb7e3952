/** Internal but for the values that the SPIs name: the protocol as a pure function. */
@NullMarked
package io.driftless.raft;

import org.jspecify.annotations.NullMarked;
