package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.raft.Introduction;
import io.driftless.raft.ServerId;
import io.driftless.raft.Sighting;
import io.driftless.transport.Peer;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a node keeps of the starts that it has met is bounded, whoever starts how often. */
class SightingsTest {

    private final Sightings sightings = new Sightings();

    private void meet(long folder, long boot, long run) {
        sightings.met(new Peer(new ServerId("n2"), new Introduction(new ServerId("n2"), new UUID(1, folder), boot,
                new UUID(2, run), "n1,n2", 1), "host:" + run, run));
    }

    private List<Long> runs() {
        return sightings.all().stream().map(Sighting::run).map(UUID::getLeastSignificantBits).toList();
    }

    @Test
    void ofAFolderThatIsPutBackAgainAndAgainTheHighestBootAndTheNewestStay() {
        meet(1, 7, 0);
        for (long run = 1; run <= 100; run++) {
            meet(1, 3, run);
        }
        assertEquals(List.of(0L, 94L, 95L, 96L, 97L, 98L, 99L, 100L), runs());
    }

    @Test
    void ofManyFoldersTheNewestStay() {
        for (long folder = 1; folder <= 1_000; folder++) {
            meet(folder, 1, folder);
        }
        assertEquals(LongStream.rangeClosed(1_000 - 127, 1_000).boxed().toList(), runs());
    }

    @Test
    void manyStartsOfManyFoldersStayWithinBothBounds() {
        for (long run = 1; run <= 2_000; run++) {
            meet(run % 100, 1, run);
        }
        assertEquals(128, sightings.all().size());
        assertEquals(LongStream.rangeClosed(2_000 - 127, 2_000).boxed().toList(), runs());
    }
}
