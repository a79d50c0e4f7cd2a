package io.murmur.node;

import io.murmur.kernel.message.Credentials;
import io.murmur.node.security.SecretHash;
import io.murmur.node.security.Users;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints an entry for the file of users. */
@Command(
        name = "user",
        mixinStandardHelpOptions = true,
        description =
                "Print an entry for the file of users, with the hash of a password that is asked for, or of a new token.",
        footer = {
            "",
            "On a terminal the password is asked for, twice and without echo; else it is the first line of standard",
            "input. It is never an argument. With the output redirected, Java takes it for no terminal.",
            "Examples:",
            "  ./murmur user alice                          # and copy what it prints",
            "  ./murmur user alice <password >>users.yaml",
            "  ./murmur user robot --token >>users.yaml     # the token itself goes to standard error"
        })
final class UserCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "the user's name")
    private String name = "";

    @Option(names = "--token", description = "make a token in the place of a password")
    private boolean token;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            String entry = entry(Users.checkedName(name), err);
            out.print(entry);
            out.flush();
            return 0;
        } catch (IllegalArgumentException e) {
            err.println("murmur user: " + e.getMessage());
            return 2;
        } finally {
            err.flush();
        }
    }

    /** The launcher sees to it ({@code jdk.console}) that there is a console on a terminal alone, as it was up to Java 21. */
    @SuppressWarnings("SystemConsoleNull")
    private static @Nullable Console console() {
        return System.console();
    }

    private String entry(String user, PrintWriter err) throws IOException {
        String secret;
        if (token) {
            String made = SecretHash.OfToken.newToken();
            err.println("the token, which is shown this once: " + made);
            secret = "token: " + SecretHash.OfToken.of(made).text();
        } else {
            Console console = console();
            String password = console == null ? line() : typed(console);
            int bytes = password.getBytes(StandardCharsets.UTF_8).length;
            if (bytes < 1 || bytes > Credentials.MAX_SECRET_BYTES) {
                throw new IllegalArgumentException(
                        "a password has 1 to " + Credentials.MAX_SECRET_BYTES + " bytes, and this one " + bytes);
            }
            secret = "password: " + SecretHash.OfPassword.make(password).text();
        }
        return String.format("- name: '%s'%n  %s%n  rights: { \"*\": [read] }%n", user.replace("'", "''"), secret);
    }

    private static String typed(Console console) {
        char[] once = console.readPassword("password: ");
        char[] again = console.readPassword("again: ");
        if (once == null || !Arrays.equals(once, again)) {
            throw new IllegalArgumentException("these were two different passwords");
        }
        return new String(once);
    }

    private static String line() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = in.readLine();
        return line == null ? "" : line;
    }
}
