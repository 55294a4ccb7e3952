package io.driftless.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is written to files, to scripts and into names does not depend on the locale that a process was started in: in
 * some of them a number has other digits. Pure.
 */
final class LocaleRules {

    private static final Set<String> LOCALIZED = Set.of("format", "formatted", "printf", "toLowerCase", "toUpperCase");
    private static final Set<String> OWNERS =
            Set.of("java.lang.String", "java.io.PrintStream", "java.io.PrintWriter");

    private LocaleRules() { }

    /** Every call that takes the default locale. */
    static List<String> defaultLocale(JavaClasses classes) {
        var breaches = new TreeSet<String>();
        for (JavaClass each : classes) {
            for (JavaMethodCall call : each.getMethodCallsFromSelf()) {
                List<JavaClass> parameters = call.getTarget().getRawParameterTypes();
                boolean named = !parameters.isEmpty() && parameters.getFirst().isEquivalentTo(Locale.class);
                if (!named && LOCALIZED.contains(call.getName())
                        && OWNERS.contains(call.getTargetOwner().getName())) {
                    breaches.add(call.getOrigin().getFullName() + " calls " + call.getName() + " without a locale");
                }
            }
        }
        return new ArrayList<>(breaches);
    }
}
