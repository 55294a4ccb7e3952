package io.driftless.log.mmap;

import java.lang.reflect.Field;
import java.util.Map;

/**
 * What a process remembers of the sequences it has used, and of the logs that failed in it. A test that plays many
 * processes in one has to forget it, or it would never see a sequence used twice.
 */
final class UsedSequences {

    private UsedSequences() { }

    static void forget() {
        DurableMark.forget();
        try {
            Field used = LogOpener.class.getDeclaredField("USED");
            used.setAccessible(true);
            ((Map<?, ?>) used.get(null)).clear();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("LogOpener has changed", e);
        }
    }
}
