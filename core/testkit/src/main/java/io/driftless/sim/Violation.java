package io.driftless.sim;

/**
 * A broken promise. Immutable.
 *
 * @param property which promise, with the section of the paper that makes it
 * @param detail   how it was broken, in one line
 */
public record Violation(String property, String detail) { }
