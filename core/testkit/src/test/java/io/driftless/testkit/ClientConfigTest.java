package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.client.ClientConfig;
import io.driftless.errors.ConfigException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client may be told of its cluster. */
class ClientConfigTest {

    private final ScriptedServers servers = new ScriptedServers();

    private ClientConfig.Builder config(String addresses) {
        return servers.config(addresses);
    }

    @Test
    void listsEveryProblem() {
        ClientConfig.Builder builder = config("a, ::1:7001, [::1]:7001, host:7001 ").inFlightMax(0)
                .connectTimeout(Duration.ZERO);
        assertEquals(4, assertThrows(ConfigException.class, builder::build).problems().size());
        assertThrows(ConfigException.class, () -> config("").build());
        assertThrows(ConfigException.class, () -> config(",").build());
        assertThrows(ConfigException.class, () -> ClientConfig.builder(List.of(), servers).build());
        assertEquals(List.of("a:1", "b:2", "c:3"), ClientConfig.builder(List.of("a:1,b:2", "n3=c:3"), servers).build()
                .addresses());
        assertThrows(ConfigException.class, () -> config("a:1")
                .connectTimeout(Duration.ofSeconds(Long.MAX_VALUE)).build());
        assertEquals(List.of("a:1", "b:2"), config("a:1 , b:2,a:1").build().addresses());
        assertEquals(List.of("a:1", "[::1]:2"), config("n1=a:1, n2=[::1]:2,a:1").build().addresses());
    }

    @Test
    void theMemberToReadFromIsAnAddressToo() {
        assertEquals("", config("a:1").build().readFrom());
        assertEquals("b:2", config("a:1").readFrom(" n2=b:2 ").build().readFrom());
        assertEquals(List.of("readFrom: 'b' is not host:port"), assertThrows(ConfigException.class,
                () -> config("a:1").readFrom("b").build()).problems());
    }

    @Test
    void sessionsHaveLimitsAndWithoutThemThereAreNone() {
        ClientConfig defaults = config("a:1").build();
        assertEquals(true, defaults.hasSessions());
        assertEquals(Duration.ofMinutes(5), defaults.sessionTimeout());
        ClientConfig.Builder builder = config("a:1").inFlightMax(65_536).sessionTimeout(Duration.ofMillis(2_999))
                .resultBytesMax(-1);
        assertEquals(3, assertThrows(ConfigException.class, builder::build).problems().size());
        assertEquals(65_536, builder.sessions(false).build().inFlightMax());
        assertEquals(65_535, config("a:1").inFlightMax(65_535).build().inFlightMax());
        assertThrows(ConfigException.class, () -> config("a:1").sessionTimeout(Duration.ofHours(25)).build());
    }
}
