package io.murmur.node;

import io.murmur.node.admin.AbortCommand;
import io.murmur.node.admin.LeaveCommand;
import io.murmur.node.admin.MoveCommand;
import io.murmur.node.admin.RemoveCommand;
import io.murmur.node.admin.RepairCommand;
import io.murmur.node.admin.ReplaceCommand;
import io.murmur.node.admin.RingCommand;
import io.murmur.node.admin.StatusCommand;
import io.murmur.node.admin.WatchCommand;
import io.murmur.node.demo.DemoCommand;
import io.murmur.node.shell.ShellCommand;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line. Exit codes: 0 done, 1 the command failed, 2 it was wrong or could not start, 3 the node stopped for its disk. */
@Command(
        name = "murmur",
        mixinStandardHelpOptions = true,
        version = "murmur 0.1.0",
        description = "A leaderless, quorum-replicated, durable cache.",
        subcommands = {
            NodeCommand.class,
            GetCommand.class,
            PutCommand.class,
            DeleteCommand.class,
            ShellCommand.class,
            StatusCommand.class,
            RingCommand.class,
            WatchCommand.class,
            RepairCommand.class,
            LeaveCommand.class,
            RemoveCommand.class,
            ReplaceCommand.class,
            MoveCommand.class,
            AbortCommand.class,
            ConfigCommand.class,
            UserCommand.class,
            DemoCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "From a source tree also:",
            "  simulate  Whole clusters under faults, one for each seed.",
            "  bench     Load on three real processes, beside a Redis if wanted.",
            "",
            "./murmur demo shows all of it at work; ./murmur COMMAND --help tells more of each."
        })
public final class Main implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command line, for other programs to run as well. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((failure, command, parsed) -> {
            PrintWriter err = command.getErr();
            err.println(
                    command.getCommandName() + ": " + (failure.getMessage() == null ? failure : failure.getMessage()));
            err.flush();
            return 1;
        });
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 2;
    }
}
