package io.driftless.sim;

/**
 * A broken promise. Immutable.
 *
 * @param property which, with the section of the paper that makes it
 * @param detail   how, in a line
 */
public record Violation(String property, String detail) { }
