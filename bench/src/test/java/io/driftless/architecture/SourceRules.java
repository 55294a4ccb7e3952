package io.driftless.architecture;

import com.sun.source.tree.CaseTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.PatternCaseLabelTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;

/** The rules of style that hold for every file. Each gives the breaches of one file, none if it holds. Pure. */
final class SourceRules {

    private static final int LINES_MAX = 650;
    private static final int CODE_LINES_MAX = 400;
    private static final int METHOD_CODE_LINES_MAX = 60;
    private static final int WIDTH_MAX = 120;
    private static final int PACKAGE_INFO_LINES_MIN = 10;
    private static final int PACKAGE_INFO_LINES_MAX = 32;

    private static final Set<String> LIBRARIES = Set.of("core", "core/testkit", "log-mmap", "transport-nio");
    private static final Set<Modifier> OPEN = Set.of(Modifier.PUBLIC, Modifier.PROTECTED);
    private static final Pattern DRAWER = Pattern.compile("(Impl|Manager|Helper|Utils?)(?![a-z])");
    private static final Pattern THROWABLE = Pattern.compile("^[\\w. ]*(Exception|Error|Throwable)\\b");
    private static final Pattern GETTER = Pattern.compile("get[A-Z]\\w*");
    private static final Pattern PRINT =
            Pattern.compile("\\bSystem\\s*\\.\\s*(out|err)\\b|\\bprintStackTrace\\s*\\(\\s*\\)");
    private static final Pattern SLEEP = Pattern.compile("\\bThread\\s*\\.\\s*sleep\\b|@Disabled\\b");
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");
    private static final Pattern UNRESOLVABLE = Pattern.compile("\\b(DESIGN|FACTS)(\\.md|,? §)");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;$");
    private static final Pattern KIND = Pattern.compile("\\A\\s*/\\*\\*[\\s*]*(API|SPI|[Ii]nternal)\\b");

    private SourceRules() { }

    /** A file has at most 400 lines of code and 650 in all. */
    static List<String> length(SourceFile file) {
        int lines = (int) file.raw().source().lines().count();
        long code = file.codeLines(1, lines);
        if (lines > LINES_MAX || code > CODE_LINES_MAX) {
            return List.of(file.breach(1, "the file has " + lines + " lines, " + code + " of code"));
        }
        return List.of();
    }

    /** A line has at most 120 characters and no tab. */
    static List<String> width(SourceFile file) {
        var breaches = new ArrayList<String>();
        int number = 0;
        for (String line : file.raw().source().lines().toList()) {
            number++;
            if (line.length() > WIDTH_MAX) {
                breaches.add(file.breach(number, "the line has " + line.length() + " characters"));
            }
            if (line.indexOf('\t') >= 0) {
                breaches.add(file.breach(number, "the line has a tab"));
            }
        }
        return breaches;
    }

    /** A method or constructor has at most 60 lines of code. */
    static List<String> methodLength(SourceFile file) {
        return scan(file, new Scan() {
            @Override
            public Void visitMethod(MethodTree method, Void none) {
                int first = file.firstLine(method);
                long code = file.codeLines(first, file.lastLine(method));
                if (code > METHOD_CODE_LINES_MAX) {
                    breaches.add(file.breach(first, method.getName() + " has " + code + " lines of code"));
                }
                return super.visitMethod(method, none);
            }
        });
    }

    /**
     * A switch over the members of a sealed family names each of them: a default would hide the forgotten one.
     * Exceptions are no such family, and are told by their names.
     */
    static List<String> exhaustiveSwitches(SourceFile file) {
        return scan(file, new Scan() {
            @Override
            public Void visitSwitch(SwitchTree tree, Void none) {
                check(tree, tree.getCases());
                return super.visitSwitch(tree, none);
            }

            @Override
            public Void visitSwitchExpression(SwitchExpressionTree tree, Void none) {
                check(tree, tree.getCases());
                return super.visitSwitchExpression(tree, none);
            }

            private void check(Tree tree, List<? extends CaseTree> cases) {
                var labels = cases.stream().flatMap(each -> each.getLabels().stream()).toList();
                if (labels.stream().anyMatch(label -> label instanceof PatternCaseLabelTree pattern
                                && !THROWABLE.matcher(pattern.getPattern().toString()).find())
                        && labels.stream().anyMatch(DefaultCaseLabelTree.class::isInstance)) {
                    breaches.add(file.breach(file.firstLine(tree), "a switch over types has a default"));
                }
            }
        });
    }

    /** No class is called a drawer for everything, and no accessor that others see says get. */
    static List<String> names(SourceFile file) {
        return scan(file, new Scan() {
            private boolean everyMethodIsOpen;

            @Override
            public Void visitClass(ClassTree type, Void none) {
                String name = type.getSimpleName().toString();
                if (DRAWER.matcher(name).find()) {
                    breaches.add(file.breach(file.firstLine(type), name + " says nothing about what it is"));
                }
                boolean outside = everyMethodIsOpen;
                everyMethodIsOpen = type.getKind() == Tree.Kind.INTERFACE || type.getKind() == Tree.Kind.RECORD;
                super.visitClass(type, none);
                everyMethodIsOpen = outside;
                return none;
            }

            @Override
            public Void visitMethod(MethodTree method, Void none) {
                boolean overrides = method.getModifiers().getAnnotations().stream()
                        .anyMatch(each -> each.getAnnotationType().toString().equals("Override"));
                boolean open = method.getModifiers().getFlags().stream().anyMatch(OPEN::contains)
                        || everyMethodIsOpen;
                boolean getter = method.getParameters().isEmpty() && GETTER.matcher(method.getName()).matches();
                if (open && !overrides && getter) {
                    breaches.add(file.breach(file.firstLine(method), method.getName() + "() has a get prefix"));
                }
                return super.visitMethod(method, none);
            }
        });
    }

    /** Libraries are silent. */
    static List<String> silence(SourceFile file) {
        boolean library = LIBRARIES.contains(file.raw().module()) && !file.raw().test();
        return library ? found(file, file.text().code(), PRINT, "a library prints") : List.of();
    }

    /** Tests wait on conditions, and all of them run. */
    static List<String> tests(SourceFile file) {
        boolean runs = file.raw().test() || file.raw().module().equals("core/testkit");
        return runs ? found(file, file.text().code(), SLEEP, "a test sleeps or is switched off") : List.of();
    }

    /** Every import is used, be it only in a Javadoc link. */
    static List<String> imports(SourceFile file) {
        var breaches = new ArrayList<String>();
        String used = IMPORT.matcher(file.text().code()).replaceAll("") + file.text().comments();
        for (ImportTree each : file.tree().getImports()) {
            String whole = each.getQualifiedIdentifier().toString();
            String name = whole.substring(whole.lastIndexOf('.') + 1);
            if (!Pattern.compile("\\b" + Pattern.quote(name) + "\\b").matcher(used).find()) {
                breaches.add(file.breach(file.firstLine(each), whole + " is imported and not used"));
            }
        }
        return breaches;
    }

    /** Nothing is left to do. */
    static List<String> finished(SourceFile file) {
        return found(file, file.text().comments(), UNFINISHED, "a comment says that something is unfinished");
    }

    /** What is cited is in the repository: these two documents are its makers' own. */
    static List<String> citations(SourceFile file) {
        return found(file, file.raw().source(), UNRESOLVABLE, "a document is cited that is not in the repository");
    }

    /** The same of any text. */
    static boolean citesOnlyWhatIsThere(String text) {
        return !UNRESOLVABLE.matcher(text).find();
    }

    /** A package-info says first what the package is to a user, is null-marked, and has between 10 and 32 lines. */
    static List<String> packageInfo(SourceFile file) {
        if (file.raw().test() || !file.raw().path().endsWith("/package-info.java")) {
            return List.of();
        }
        var breaches = new ArrayList<String>();
        if (!KIND.matcher(file.text().comments()).find()) {
            breaches.add(file.breach(1, "the Javadoc does not begin with API, SPI or Internal"));
        }
        if (!file.text().code().contains("@NullMarked")) {
            breaches.add(file.breach(1, "the package is not @NullMarked"));
        }
        long lines = file.raw().source().lines().count();
        if (lines < PACKAGE_INFO_LINES_MIN || lines > PACKAGE_INFO_LINES_MAX) {
            breaches.add(file.breach(1, "the package-info has " + lines + " lines"));
        }
        return breaches;
    }

    /** Every place where a pattern is found in a text that has the file's own lines. */
    static List<String> found(SourceFile file, String text, Pattern pattern, String what) {
        var breaches = new ArrayList<String>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            int line = 1 + (int) text.substring(0, matcher.start()).chars().filter(each -> each == '\n').count();
            breaches.add(file.breach(line, what + ": " + matcher.group().strip()));
        }
        return breaches;
    }

    private static List<String> scan(SourceFile file, Scan scan) {
        scan.scan(file.tree(), null);
        return scan.breaches;
    }

    private static class Scan extends TreeScanner<Void, Void> {
        final List<String> breaches = new ArrayList<>();
    }
}
