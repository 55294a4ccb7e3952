package io.driftless.packaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

/**
 * Whatever the build starts runs on the JDK that compiled it, also where {@code JAVA_HOME} is a new JDK and the
 * {@code java} of the {@code PATH} an old one. The exec plugin asks the toolchain for {@code java}; without a toolchain
 * it takes the one of the {@code PATH}, so a toolchain must be set even where Maven's own JDK will do.
 */
class BuildJdkTest {

    private static final Path TOP = Path.of(System.getProperty("driftless.top"));
    private static final XPath PATH = XPathFactory.newInstance().newXPath();

    @Test
    void everyPomThatChoosesAJdkSetsIt() throws Exception {
        List<String> breaches = new ArrayList<>();
        int chosen = 0;
        for (Path pom : poms()) {
            Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
            int choices = count(document, "//execution[goals/goal='select-jdk-toolchain']");
            int sets = count(document, "//execution[goals/goal='select-jdk-toolchain']/configuration[useJdk='Never']");
            if (choices != sets) {
                breaches.add(TOP.relativize(pom) + " leaves it to the PATH where Maven's own JDK fits");
            }
            boolean inherits = count(document, "/project/parent") > 0;
            if (choices == 0 && !inherits && count(document, "//configuration/executable") > 0) {
                breaches.add(TOP.relativize(pom) + " starts something and chooses no JDK");
            }
            chosen += choices;
        }
        assertEquals(List.of(), breaches);
        assertTrue(chosen > 0, "no pom chooses a JDK: this test looks for the wrong thing");
    }

    private static int count(Document document, String elements) throws XPathExpressionException {
        return ((Double) PATH.evaluate("count(" + elements + ")", document, XPathConstants.NUMBER))
                .intValue();
    }

    private static List<Path> poms() throws IOException {
        try (var walk = Files.walk(TOP)) {
            return walk.filter(file -> file.endsWith("pom.xml"))
                    .filter(file -> !TOP.relativize(file).toString().contains("target")).sorted().toList();
        }
    }
}
