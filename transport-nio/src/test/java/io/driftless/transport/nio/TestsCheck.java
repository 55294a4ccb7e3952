package io.driftless.transport.nio;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.driftless.testkit.mutants.Mutant;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs tests in a process of their own: what finds a {@link Mutant}. A test that hangs has found it as well as one that
 * fails.
 */
final class TestsCheck {

    private TestsCheck() { }

    /**
     * Ends with {@link Mutant#FOUND} if a test failed or all together took too long, and with 1 if none ran.
     *
     * @param arguments how many seconds are too long, and tests, {@code CLASS#METHOD} each
     */
    public static void main(String[] arguments) throws InterruptedException {
        Duration limit = Duration.ofSeconds(Integer.parseInt(arguments[0]));
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        Thread run = Thread.ofPlatform().daemon().start(() -> LauncherFactory.create().execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(Stream.of(arguments).skip(1).map(name -> selectMethod(name)).toList()).build(),
                listener));
        if (!run.join(limit)) {
            System.out.println("still running after " + limit);
            Runtime.getRuntime().halt(Mutant.FOUND);
        }
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true));
        System.exit(summary.getTotalFailureCount() > 0 ? Mutant.FOUND : summary.getTestsSucceededCount() > 0 ? 0 : 1);
    }
}
