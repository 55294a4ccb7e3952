package io.driftless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MembersTest {

    @Test
    void aBuiltListIsTheOneThatIsParsed() {
        Members built = Members.builder().voter("n1", "a.example:7001").learner("n2", "[::1]:7002").build();
        assertEquals(Members.parse("n1=a.example:7001,n2=[::1]:7002/learner"), built);
        assertEquals("n1=a.example:7001,n2=[::1]:7002/learner", built.toString());
        assertEquals(Members.parse("n1=127.0.0.1:7001"), Members.of("n1", "127.0.0.1:7001"));
    }

    @Test
    void aListThatWasBuiltStaysAsItIs() {
        Members.Builder builder = Members.builder().voter("n1", "a:1");
        Members one = builder.build();
        builder.voter("n2", "b:1");
        assertEquals("n1=a:1", one.toString());
        assertEquals("n1=a:1,n2=b:1", builder.build().toString());
    }

    @Test
    void anAddressIsNoLongerThanAConfigurationCanHold() {
        String longest = "a.".repeat(126) + "a:65535";
        assertEquals(259, longest.length());
        assertEquals(longest, Members.of("n1", longest).address("n1"));
        assertEquals("member 'n1' has an address of 260 characters, more than 259",
                assertThrows(IllegalArgumentException.class, () -> Members.of("n1", "a" + longest)).getMessage());
    }

    @Test
    void allThatIsWrongIsToldAtOnce() {
        Members.Builder builder = Members.builder().voter("n 1", "a:1").voter("n2", "b:0").voter("n3", "nowhere");
        String wrong = String.valueOf(assertThrows(IllegalArgumentException.class, builder::build).getMessage());
        assertTrue(wrong.contains("n 1") && wrong.contains("'n2' has port 0") && wrong.contains("'nowhere'"), wrong);
        assertThrows(IllegalArgumentException.class, () -> Members.builder().learner("n1", "a:1").build());
        assertThrows(IllegalArgumentException.class, () -> Members.builder().voter("n1", "a:1/learner").build());
    }
}
