package io.murmur.node;

import io.murmur.node.security.SecretHash;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
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
            "The password is asked for, or is the first line of standard input; it is never an argument.",
            "Examples:",
            "  ./murmur user alice >>users.yaml",
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
        String secret;
        if (token) {
            String made = SecretHash.OfToken.newToken();
            err.println("the token, which is shown this once: " + made);
            secret = "token: " + SecretHash.OfToken.of(made).text();
        } else {
            String password = password();
            if (password.isEmpty()) {
                err.println("murmur user: the password is empty");
                return 2;
            }
            secret = "password: " + SecretHash.OfPassword.make(password).text();
        }
        out.println("- name: '" + name.replace("'", "''") + "'");
        out.println("  " + secret);
        out.println("  rights: { \"*\": [read] }");
        out.flush();
        err.flush();
        return 0;
    }

    private static String password() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = in.readLine();
        return line == null ? "" : line;
    }
}
