/** In-memory log and transport for tests, and tools around them. API of the testkit. */
@NullMarked
package io.driftless.testkit;

import org.jspecify.annotations.NullMarked;
