package io.driftless.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.driftless.log.LogReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Each rule over compiled classes finds a deliberate breach. */
class CompiledRulesTest {

    private static final String HERE = CompiledRulesTest.class.getPackageName();
    private static final JavaClasses BREACH = new ClassFileImporter().importClasses(DeliberateBreach.class);

    /** Names its own library, but is not seen from outside. */
    static class Hidden {
        public DirectBuffer payload() {
            return new UnsafeBuffer(new byte[1]);
        }
    }

    @Test
    void findsAnArrowThatTheTableDoesNotHave() {
        assertEquals(2, DependencyRules.arrows(BREACH, Map.of("architecture", Set.of("org.junit"))).size());
        assertEquals(List.of(), DependencyRules.arrows(BREACH, Map.of("architecture", Set.of("org.agrona"))));
    }

    @Test
    void findsACycleOfTheTable() {
        var table = new LinkedHashMap<String, Set<String>>();
        table.put("transport", Set.of("client"));
        table.put("client", Set.of("transport", "org.agrona"));
        assertEquals(List.of("transport may use client, which stands below it"), DependencyRules.upward(table));
    }

    @Test
    void findsAPackageWithoutARow() {
        assertEquals(List.of(HERE + " has no row in the table of packages"),
                DependencyRules.arrows(BREACH, DependencyRules.TABLE));
    }

    @Test
    void findsALibraryThatAnSpiMayNotUse() {
        var spi = new ClassFileImporter().importClasses(LogReader.class);
        assertTrue(DependencyRules.arrows(spi, DependencyRules.TABLE).isEmpty());
        assertEquals(List.of(LogReader.class.getName() + " uses org.agrona.DirectBuffer"),
                DependencyRules.arrows(spi, Map.of("log", Set.of())));
    }

    @Test
    void findsAClockAndAnAtomicInTheCore() {
        String name = DeliberateBreach.class.getName();
        assertEquals(List.of(name + " uses java.lang.System", name + " uses java.util.concurrent.atomic.AtomicLong"),
                DependencyRules.purity(BREACH, HERE));
    }

    @Test
    void findsTheDefaultLocale() {
        assertEquals(List.of(DeliberateBreach.class.getName() + ".name(long) calls formatted without a locale"),
                LocaleRules.defaultLocale(BREACH));
    }

    @Test
    void findsALibraryInAPublicSignatureEvenAsATypeArgument() {
        assertEquals(List.of(DeliberateBreach.class.getName() + ".payloads() names org.agrona.DirectBuffer"),
                SignatureRules.signatures(BREACH, Map.of(HERE, List.of("java.", "io.driftless."))));
        assertEquals(List.of(), SignatureRules.signatures(new ClassFileImporter().importClasses(Hidden.class),
                Map.of(HERE, List.of("java.", "io.driftless."))));
    }
}
