package io.driftless.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.node.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code conf/node.properties.example} is generated: {@code mvn test -Drewrite} writes it anew. */
class ConfigurationExampleTest {

    private static final Path EXAMPLE = Path.of(System.getProperty("driftless.top"),
            "ops/conf/node.properties.example");

    @Test
    void theExampleExplainsEveryKeyAsThisVersionKnowsIt() throws IOException {
        if (System.getProperty("rewrite") != null) {
            Files.writeString(EXAMPLE, NodeConfig.exampleFile());
        }
        assertEquals(NodeConfig.exampleFile(), Files.readString(EXAMPLE));
    }
}
