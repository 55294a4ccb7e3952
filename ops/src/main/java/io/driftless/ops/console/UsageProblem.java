package io.driftless.ops.console;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line, and where its help is: a whole help would push the line off the screen. */
public final class UsageProblem implements IParameterExceptionHandler {

    @Override
    public int handleParseException(ParameterException problem, String[] arguments) {
        CommandLine named = problem.getCommandLine();
        PrintWriter err = named.getErr();
        err.println("driftless: " + problem.getMessage());
        UnmatchedArgumentException.printSuggestions(problem, err);
        err.println("see '" + named.getCommandSpec().qualifiedName() + " --help'");
        return CommandFailedException.USAGE;
    }
}
