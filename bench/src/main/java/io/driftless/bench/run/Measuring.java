package io.driftless.bench.run;

import io.driftless.ops.console.CommandFailedException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs one JMH benchmark method in this process, once, for a given time. The mode and the unit are chosen here, not by
 * the method. Confined to one thread.
 */
public final class Measuring {

    /** Before the samples count, so that connecting and the first awakenings of idle cores stay out of them. */
    private static final TimeValue SETTLING = TimeValue.milliseconds(500);

    static {
        // JMH reads it when its first class loads, and would leave a lock file in the temporary folder.
        if (System.getProperty("jmh.ignoreLock") == null) {
            System.setProperty("jmh.ignoreLock", "true");
        }
    }

    private final OutputFormat format;

    /** @param verbose whether JMH's own report goes to standard error; otherwise it is silent */
    public Measuring(boolean verbose) {
        this.format = OutputFormatFactory.createFormatInstance(System.err, verbose ? VerboseMode.NORMAL
                : VerboseMode.SILENT);
    }

    /**
     * How long a call takes, in microseconds.
     *
     * @param p50Us the median of the samples
     * @param p99Us the 99th percentile
     */
    public record Latency(double p50Us, double p99Us) { }

    /**
     * Samples the calls of a method.
     *
     * @throws CommandFailedException if it failed
     */
    public Latency latency(Class<?> type, String method, Map<String, String> parameters, long millis) {
        Statistics samples = run(type, method, parameters, millis, Mode.SampleTime, TimeUnit.NANOSECONDS)
                .getStatistics();
        return new Latency(samples.getPercentile(50) / 1000, samples.getPercentile(99) / 1000);
    }

    /**
     * Calls a second, of all threads together.
     *
     * @throws CommandFailedException if it failed
     */
    public double perSecond(Class<?> type, String method, Map<String, String> parameters, long millis) {
        return run(type, method, parameters, millis, Mode.Throughput, TimeUnit.SECONDS).getScore();
    }

    /**
     * Median duration in seconds of {@code shots} calls of a method, after {@code warmups} calls that do not count.
     *
     * @throws CommandFailedException if it failed
     */
    public double shot(Class<?> type, String method, Map<String, String> parameters, int warmups, int shots) {
        return run(method, parameters, shots(type, method).forks(0).warmupIterations(warmups)
                .measurementIterations(shots)).getStatistics().getPercentile(50);
    }

    /**
     * Duration in seconds of the first call of a method in a JVM of its own, with this one's flags.
     *
     * @throws CommandFailedException if it failed
     */
    public double firstShot(Class<?> type, String method, Map<String, String> parameters) {
        return run(method, parameters, shots(type, method).forks(1).warmupIterations(0).measurementIterations(1))
                .getScore();
    }

    private static ChainedOptionsBuilder shots(Class<?> type, String method) {
        return named(type, method).mode(Mode.SingleShotTime).timeUnit(TimeUnit.SECONDS);
    }

    private Result<?> run(Class<?> type, String method, Map<String, String> parameters, long millis, Mode mode,
            TimeUnit unit) {
        return run(method, parameters, named(type, method)
                .mode(mode)
                .timeUnit(unit)
                .forks(0)
                .warmupIterations(1)
                .warmupTime(SETTLING)
                .measurementIterations(1)
                .measurementTime(new TimeValue(millis, TimeUnit.MILLISECONDS)));
    }

    private static ChainedOptionsBuilder named(Class<?> type, String method) {
        return new OptionsBuilder().include(Pattern.quote(type.getName() + "." + method) + "$").shouldFailOnError(true);
    }

    private Result<?> run(String method, Map<String, String> parameters, ChainedOptionsBuilder options) {
        parameters.forEach((name, value) -> options.param(name, value));
        try {
            Collection<RunResult> results = new Runner(options.build(), format).run();
            if (results.size() != 1) {
                throw CommandFailedException.failed(method + ": expected one result, JMH has " + results.size());
            }
            return results.iterator().next().getPrimaryResult();
        } catch (RunnerException e) {
            throw CommandFailedException.failed(method + ": " + origin(e));
        }
    }

    /** JMH wraps what a benchmark threw, and hangs it to its own exception as a suppressed one. */
    private static Throwable origin(Throwable outer) {
        Throwable at = outer;
        while (true) {
            if (at.getSuppressed().length > 0) {
                at = at.getSuppressed()[0];
            } else if (at.getCause() != null) {
                at = at.getCause();
            } else {
                return at;
            }
        }
    }
}
