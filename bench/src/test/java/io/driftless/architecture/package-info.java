/**
 * Internal: holds the rules of the house over the whole tree, from the last module of the reactor, where all is
 * compiled.
 *
 * <p>Two kinds of rule. What is about text (length, width, names, words, the shape of a switch) is read off the parsed
 * sources: {@code SourceFile} and {@code SourceTree} parse, {@code SourceRules} and {@code PureCoreRules} judge,
 * {@code SourceTreeTest} applies. What is about types (who may use whom, what an API signature may name) is read off
 * the compiled classes: {@code DependencyRules} and {@code SignatureRules} judge, {@code CompiledClassesTest} applies.
 *
 * <p>Every rule is a function from one file or class to its breaches, so that {@code SourceRulesTest} and
 * {@code CompiledRulesTest} can show each one failing on a deliberate breach. There is no list of exemptions.
 */
@NullMarked
package io.driftless.architecture;

import org.jspecify.annotations.NullMarked;
