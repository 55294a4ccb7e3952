package io.driftless.sim;

import java.util.Locale;

/**
 * Everything that happened in one run, written out. The run is the same as without a trace, down to its digest.
 *
 * @param result the result of the run
 * @param text   what happened, in lines
 */
public record Trace(SimulationResult result, String text) {

    /** How a run is written out. */
    public enum Format {
        /** One line for a person for each thing that happened, with the simulated time. */
        TEXT,
        /** One JSON object on each line. */
        JSONL,
        /** A Mermaid sequence diagram of the messages between the servers. */
        MERMAID;

        /** The name as it is given on a command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Runs a plan and writes out what happens. */
    public static Trace of(Plan plan, Format format) {
        StringBuilder text = new StringBuilder();
        return switch (format) {
            case TEXT -> new Trace(Simulation.tell(plan, (nowNs, happening) -> text.append(String.format(Locale.ROOT,
                    "%12.3f ms  %s%n", nowNs / 1e6, HappeningText.of(happening)))), text.toString());
            case JSONL -> new Trace(Simulation.tell(plan, (nowNs, happening) -> text.append(HappeningJson.of(nowNs,
                    happening)).append('\n')), text.toString());
            case MERMAID -> {
                SequenceDiagram diagram = new SequenceDiagram(plan.servers());
                yield new Trace(Simulation.tell(plan, diagram), diagram.text());
            }
        };
    }
}
