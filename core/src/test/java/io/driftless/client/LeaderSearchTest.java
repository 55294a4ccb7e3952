package io.driftless.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.client.LeaderSearch.Step;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where a client looks for the leader, step by step, at times that the test chooses. */
class LeaderSearchTest {

    private static final long STEP = LeaderSearch.STEP_NS;

    private final Map<String, Link> links = new LinkedHashMap<>();
    private final LeaderSearch search = new LeaderSearch(List.of("a:1", "b:1", "c:1"), bound -> 0);

    private static Link open(String address) {
        Link link = new Link(address, null);
        link.opened(new ClientChannel() {
            @Override
            public boolean send(ClientRequest request) {
                return true;
            }

            @Override
            public void close() { }
        });
        return link;
    }

    private Link connected(String address) {
        Link link = open(address);
        links.put(address, link);
        search.connected(link);
        return link;
    }

    @Test
    void connectsToOneAddressAfterTheOtherAndGivesEachItsTime() {
        search.start(0);
        assertEquals(new Step.Connect("a:1"), search.next(0, links));
        assertEquals(new Step.Sleep(STEP), search.next(0, links));
        assertEquals(new Step.Sleep(1), search.next(STEP - 1, links));
        assertEquals(new Step.Connect("b:1"), search.next(STEP, links));
    }

    @Test
    void goesOnAtOnceBehindAnAddressThatCannotBeConnectedTo() {
        search.start(0);
        search.next(0, links);
        search.failed("a:1", 5);
        assertEquals(new Step.Connect("b:1"), search.next(5, links));
    }

    @Test
    void triesWhatWasConnectedBeforeItConnectsFurther() {
        search.start(0);
        search.next(0, links);
        Link a = connected("a:1");
        assertEquals(new Step.Try(a), search.next(1, links));
        search.tries(a, 1);
        assertEquals(new Step.Sleep(STEP), search.next(1, links));
        search.ledNowhere(a, 2);
        assertEquals(new Step.Connect("b:1"), search.next(2, links));
    }

    @Test
    void followsANodeThatWasNamedAndConnectsToItFirst() {
        search.start(0);
        search.named("d:1");
        assertEquals(new Step.Connect("d:1"), search.next(0, links));
        Link d = connected("d:1");
        assertEquals(new Step.Follow(d), search.next(1, links));
        assertEquals(new Step.Sleep(STEP - 1), search.next(1, links), "it was named once, and is not tried as well");
    }

    @Test
    void forgetsANodeThatWasNamedAndIsNotThere() {
        search.start(0);
        search.named("d:1");
        search.next(0, links);
        search.failed("d:1", 1);
        assertEquals(new Step.Connect("a:1"), search.next(1, links));
    }

    @Test
    void waitsLongerWithEachStepThatLeadsNowhereUntilTheLeaderIsFound() {
        search.start(0);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            search.failed("a:1", 0);
            waits.add(search.next(0, links) instanceof Step.Sleep sleep ? sleep.forNs() / 1_000_000 : 0L);
        }
        assertEquals(List.of(0L, 0L, 0L, 0L, 10L, 20L, 40L, 80L, 100L, 100L), waits);
        search.found();
        search.failed("a:1", 1_000_000_000);
        assertEquals(new Step.Connect("b:1"), search.next(1_000_000_000, links));
    }

    @Test
    void beginsAtOnceWhenTheLeaderIsNoneAnyMoreAndBehindItsAddress() {
        search.start(0);
        search.next(0, links);
        search.lostLeader(1);
        search.goOnBehind("b:1");
        assertEquals(new Step.Connect("c:1"), search.next(1, links));
    }

    @Test
    void goesBackToAServerThatCouldNotSayYetButNotAtOnce() {
        search.start(0);
        search.next(0, links);
        Link a = connected("a:1");
        assertEquals(new Step.Try(a), search.next(1, links));
        search.tries(a, 1);
        search.again(a, 5, 10);
        assertEquals(new Step.Sleep(10), search.next(5, links));
        assertEquals(new Step.Follow(a), search.next(15, links));
    }

    @Test
    void triesOpenConnectionsAgainWhenAllAddressesHaveOne() {
        search.start(0);
        Link b = open("b:1");
        links.put("a:1", new Link("a:1", null));
        links.put("b:1", b);
        links.put("c:1", new Link("c:1", null));
        assertEquals(new Step.Try(b), search.next(0, links));
        links.remove("b:1");
        links.put("b:1", new Link("b:1", null));
        assertEquals(new Step.Sleep(STEP), search.next(STEP, links), "all are being connected to");
    }

    /** Another search has made them: of a place to read from, say. */
    @Test
    void connectionsToOtherAddressesAreNoneOfItsBusiness() {
        search.start(0);
        assertEquals(new Step.Connect("a:1"), search.next(0, links));
        connected("x:9");
        assertEquals(new Step.Sleep(STEP), search.next(0, links));
        for (int i = 0; i < 100; i++) {
            search.failed("x:9", 1);
        }
        search.goOnBehind("x:9");
        assertEquals(new Step.Sleep(1), search.next(STEP - 1, links));
        assertEquals(new Step.Connect("b:1"), search.next(STEP, links));
    }
}
