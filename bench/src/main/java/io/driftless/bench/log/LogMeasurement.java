package io.driftless.bench.log;

import io.driftless.bench.run.Measuring;
import java.nio.file.Path;

/** One part of {@code bench log}: figures that are taken together in each round. */
interface LogMeasurement {

    /**
     * What all parts share.
     *
     * @param jmh      runs JMH
     * @param folder   on the disk to be measured; removed in the end
     * @param fixtures logs with entries in them
     * @param millis   for each figure that is sampled
     * @param entries  how many are many; 10,000,000 for the bars
     */
    record Bench(Measuring jmh, Path folder, LogFixtures fixtures, long millis, int entries) { }

    /** The name for {@code --only}. */
    String name();

    /** Takes the figures of round {@code number}, counted from 1. */
    void round(int number, LogFigures figures) throws Exception;

    /** Adds what follows from the medians of all rounds. */
    default void finish(LogFigures figures) { }
}
