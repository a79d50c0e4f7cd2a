package io.murmur.node.shell;

import io.murmur.client.internal.Pem;
import io.murmur.client.internal.Tls;
import io.murmur.kernel.message.Credentials;
import io.murmur.node.security.LoginOptions;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** An interactive prompt, or a script of commands. */
@Command(
        name = "shell",
        mixinStandardHelpOptions = true,
        description = {
            "Speak to a node as Redis clients do: a prompt with completion, hints and history.",
            "Commands of -c, or of lines on the standard input when that is no terminal, are carried out one after another;"
                    + " the first that fails ends it with exit code 1."
        },
        footer = {
            "",
            "At the prompt, \\help tells the shell's own commands. Where the output is no terminal, answers are written raw.",
            "",
            "Examples:",
            "  ./murmur shell",
            "  ./murmur shell --port 6380 --level quorum -c 'SET greeting hello' -c 'GET greeting'"
        })
public final class ShellCommand implements Callable<Integer> {

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "the node to speak to first (default: ${DEFAULT-VALUE})")
    private String host = "127.0.0.1";

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            defaultValue = "6379",
            description = "its port for Redis clients (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = {"-c", "--command"},
            paramLabel = "COMMAND",
            description = "a command to carry out in the place of a prompt; repeat for more")
    private List<String> commands = List.of();

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            description = "the level of reads and writes, as \\level sets it (default: the cache's)")
    private @Nullable String level;

    @Option(
            names = "--resp",
            paramLabel = "VERSION",
            defaultValue = "3",
            description = "the version of the protocol to ask for, 2 or 3 (default: ${DEFAULT-VALUE})")
    private int protocol;

    @Option(names = "--password-stdin", description = "the password is the first line of the standard input")
    private boolean passwordFromInput;

    @Mixin
    private LoginOptions login = new LoginOptions();

    @Override
    public Integer call() throws IOException {
        Console console = console();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Path trust = login.trust();
        Credentials.Password user = login.login(name -> password(name, console, in));
        if (user != null && trust == null) {
            throw new IOException(
                    "a password is not sent in the clear; name the authorities of the nodes with --tls-trust FILE");
        }
        OutputStream out = System.out;
        OutputStream err = System.err;
        Format format = Boolean.getBoolean("murmur.terminal") ? Format.TERMINAL : Format.RAW;
        Wire.Manner manner =
                new Wire.Manner(trust == null ? null : Tls.context(Pem.certificates(trust)), user, protocol);
        try (Session session = new Session(
                new Address(host, port),
                address -> Wire.open(address, manner),
                line -> System.err.println("murmur shell: " + line))) {
            session.connect();
            Shell shell = new Shell(session, format, out, err, CommandBook.builtIn());
            if (level != null && shell.run("\\level " + level) != Shell.Outcome.DONE) {
                return 1;
            }
            if (!commands.isEmpty()) {
                return new Script(shell, err).run(commands) ? 0 : 1;
            }
            if (console == null) {
                return new Script(shell, err).run(in) ? 0 : 1;
            }
            try (Terminal terminal =
                    TerminalBuilder.builder().name("murmur").provider("exec").build()) {
                new Prompt(
                                terminal,
                                session,
                                history(),
                                screen -> new Shell(session, format, screen, screen, CommandBook.builtIn()))
                        .run();
            }
            return 0;
        }
    }

    /** The launcher sees to it ({@code jdk.console}) that there is a console on a terminal alone, as it was up to Java 21. */
    @SuppressWarnings("SystemConsoleNull")
    private static @Nullable Console console() {
        return System.console();
    }

    private @Nullable String password(String user, @Nullable Console console, BufferedReader in) throws IOException {
        if (passwordFromInput) {
            return in.readLine();
        }
        char[] typed = console == null ? null : console.readPassword("password of %s: ", user);
        return typed == null ? null : new String(typed);
    }

    /** Where programs keep what they may lose (XDG base directories). */
    private static Path history() {
        String state = System.getenv("XDG_STATE_HOME");
        Path folder = state == null || state.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".local", "state")
                : Path.of(state);
        return folder.resolve("murmur").resolve("shell-history");
    }
}
