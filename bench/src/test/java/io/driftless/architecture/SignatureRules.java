package io.driftless.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What a public signature may name: an embedder sees no library that we happen to use. Pure. */
final class SignatureRules {

    private static final List<String> JDK_AND_OURS = List.of("java.", "javax.", "io.driftless.", "org.jspecify.");
    private static final List<String> AND_AGRONA =
            List.of("java.", "javax.", "io.driftless.", "org.jspecify.", "org.agrona.");

    /** Package to the prefixes that its public signatures may name. What is not here is internal. */
    static final Map<String, List<String>> ALLOWED = Map.ofEntries(
            Map.entry("io.driftless.machine", JDK_AND_OURS), Map.entry("io.driftless.node", JDK_AND_OURS),
            Map.entry("io.driftless.client", JDK_AND_OURS), Map.entry("io.driftless.errors", JDK_AND_OURS),
            Map.entry("io.driftless.metrics", JDK_AND_OURS), Map.entry("io.driftless.raft", JDK_AND_OURS),
            Map.entry("io.driftless.log", AND_AGRONA), Map.entry("io.driftless.transport", AND_AGRONA),
            Map.entry("io.driftless.codec", AND_AGRONA), Map.entry("io.driftless.log.mmap", AND_AGRONA),
            Map.entry("io.driftless.transport.nio", AND_AGRONA));

    /** Packages that no listed one may name, although they are ours. */
    private static final List<String> INTERNAL = List.of("io.driftless.node.driver");

    private SignatureRules() { }

    /** Every public or protected signature of a listed package that names what it may not. */
    static List<String> signatures(JavaClasses classes, Map<String, List<String>> allowed) {
        var breaches = new TreeSet<String>();
        for (JavaClass each : classes) {
            List<String> prefixes = allowed.get(each.getPackageName());
            if (prefixes == null || !isSeen(each)) {
                continue;
            }
            for (JavaMember member : each.getMembers()) {
                if (isOpen(member)) {
                    check(member.getFullName(), typesOf(member), prefixes, breaches);
                }
            }
            var above = new ArrayList<JavaType>(each.getInterfaces());
            each.getSuperclass().ifPresent(above::add);
            check(each.getName(), above, prefixes, breaches);
        }
        return new ArrayList<>(breaches);
    }

    private static void check(String where, List<JavaType> types, List<String> prefixes, TreeSet<String> breaches) {
        for (JavaType type : types) {
            for (JavaClass raw : type.getAllInvolvedRawTypes()) {
                JavaClass base = raw.getBaseComponentType();
                if (!base.isPrimitive() && (prefixes.stream().noneMatch(base.getName()::startsWith)
                        || INTERNAL.contains(base.getPackageName()))) {
                    breaches.add(where + " names " + base.getName());
                }
            }
        }
    }

    private static List<JavaType> typesOf(JavaMember member) {
        var types = new ArrayList<JavaType>();
        if (member instanceof JavaField field) {
            types.add(field.getType());
        } else if (member instanceof JavaCodeUnit unit) {
            types.add(unit.getReturnType());
            types.addAll(unit.getParameterTypes());
            types.addAll(unit.getExceptionTypes());
        }
        return types;
    }

    private static boolean isOpen(JavaMember member) {
        return !member.getModifiers().contains(JavaModifier.SYNTHETIC)
                && (member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED));
    }

    private static boolean isSeen(JavaClass each) {
        return each.getModifiers().contains(JavaModifier.PUBLIC)
                && each.getEnclosingClass().map(SignatureRules::isSeen).orElse(true);
    }
}
