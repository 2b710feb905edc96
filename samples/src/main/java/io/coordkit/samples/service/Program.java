package io.coordkit.samples.service;

import io.coordkit.CoordException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * Runs a command line: its exit code is the command's own, or {@link #REFUSED} after one line on standard error that
 * says why it could not start. Only a defect is logged with a stack trace.
 */
public final class Program {
    /** It was called wrongly, or what it needs is not there. */
    public static final int REFUSED = 2;

    /** A defect of the program. */
    public static final int DEFECT = 70;

    private static final Logger log = LoggerFactory.getLogger(Program.class);

    private Program() {}

    /** Parses the arguments, runs the command, and returns the exit code. */
    public static int run(Callable<Integer> command, String... args) {
        CommandLine cli = new CommandLine(command);
        cli.getCommandSpec()
                .addOption(CommandLine.Model.OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this text and end.")
                        .build());
        cli.setParameterExceptionHandler((e, unused) -> refuse(e.getCommandLine(), e.getMessage() + "; see --help"));
        cli.setExecutionExceptionHandler((e, at, unused) -> {
            if (e instanceof CoordException) {
                return refuse(at, String.valueOf(e.getMessage()));
            }
            log.error("This is a defect of {}", at.getCommandName(), e);
            refuse(at, "internal error, see the log: " + e);
            return DEFECT;
        });
        return cli.execute(args);
    }

    private static int refuse(CommandLine cli, String message) {
        PrintWriter err = cli.getErr();
        err.println(cli.getCommandName() + ": " + message.strip().replaceAll("\\s*\\R\\s*", " "));
        err.flush();
        return REFUSED;
    }
}
