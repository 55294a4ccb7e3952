/** Contract suites for every SPI: abstract JUnit classes that an implementation's test extends. API of the testkit. */
@NullMarked
package io.driftless.tck;

import org.jspecify.annotations.NullMarked;
