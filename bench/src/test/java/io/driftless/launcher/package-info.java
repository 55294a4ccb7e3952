/**
 * Internal: the launcher, {@code ops/bin/driftless}, tested as what it is: a program that looks at files and the
 * environment.
 *
 * <p>{@code Sandbox} lays out a copy or a checkout in a temporary folder, with JDKs, a {@code java} and an {@code mvn}
 * that only say how they were called; {@code LauncherTest} runs the launcher in it. Nothing here builds or starts a
 * real JVM.
 */
@NullMarked
package io.driftless.launcher;

import org.jspecify.annotations.NullMarked;
