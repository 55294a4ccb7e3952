package io.driftless.packaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit is one that systemd takes without a word, and says what an operator relies on. */
class SystemdUnitTest {

    private static final String START = "ExecStart=/usr/bin/driftless node --config /etc/driftless/%i.properties";

    @TempDir
    Path folder;

    private String unit;

    @BeforeEach
    void readTheUnit() throws Exception {
        unit = Files.readString(Distribution.folder().resolve("conf/systemd/driftless@.service"));
    }

    @Test
    void saysWhatAnOperatorReliesOn() {
        for (String line : List.of(START, "DynamicUser=yes", "StateDirectory=driftless/%i", "Restart=on-failure",
                "SuccessExitStatus=143", "RestartPreventExitStatus=2 12 13 14 15 16 23")) {
            assertTrue(unit.lines().anyMatch(line::equals), line);
        }
    }

    @Test
    void systemdFindsNothingToSayAboutIt() throws Exception {
        assertEquals("", verify(unit));
    }

    @Test
    void systemdWouldSayWhatIsWrong() throws Exception {
        // Its exit code is 0 for a misspelt key: only what it prints counts.
        assertNotEquals("", verify(unit.replace("DynamicUser=", "DynamicUsr=")));
    }

    private String verify(String text) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "systemd-analyze is not installed");
        String built = text.replace("ExecStart=/usr/bin/driftless ",
                "ExecStart=" + Distribution.folder().resolve("bin/driftless") + " ");
        assertNotEquals(text, built);
        // An instance: systemd-analyze looks no further at a mere template.
        Path instance = Files.writeString(folder.resolve("driftless@n1.service"), built);
        return Distribution.run(folder, List.of("systemd-analyze", "verify", instance.toString())).err();
    }
}
