package io.murmur.node.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.node.Main;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lines in, text out, to a server that is a fake. */
@Timeout(30)
class ShellTest {

    @TempDir
    private Path folder = Path.of(".");

    private final FakeServer server =
            new FakeServer().answer("GET", "$1\r\nv\r\n").answer("SET", "+OK\r\n");
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Session session = new Session(
            server.address(),
            address -> Wire.open(address, new Wire.Manner(null, null, 3, push -> {})),
            line -> err.writeBytes(Words.bytes(line + "\n")));

    ShellTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        session.close();
        server.close();
    }

    private Shell shell(Format format) {
        return new Shell(session, format, out, err, CommandBook.builtIn());
    }

    private boolean script(String lines) throws IOException {
        return new Script(shell(Format.RAW), err).run(new BufferedReader(new StringReader(lines)));
    }

    // Scripts.

    @Test
    void aScriptIsCarriedOutLineByLine() throws IOException {
        assertThat(script("SET k v\n\n# nothing\n  GET k\n")).isTrue();

        assertThat(server.commands()).containsExactly("SET k v", "GET k");
        assertThat(out).hasToString("OK\nv\n");
        assertThat(err).hasToString("");
    }

    @Test
    void aScriptEndsWithTheFirstErrorWhichIsNamed() throws IOException {
        server.answer("GET bad", "-WRONGTYPE not that\r\n");

        assertThat(script("SET k v\nGET bad\nGET k\n")).isFalse();

        assertThat(server.commands()).containsExactly("SET k v", "GET bad");
        assertThat(out).hasToString("OK\n");
        assertThat(err).hasToString("WRONGTYPE not that\nmurmur shell: line 2 (GET) failed\n");
    }

    @Test
    void aQuoteGoesOnInTheNextLineAndMustEnd() throws IOException {
        assertThat(script("SET k \"a\nb\"\nGET k\n")).isTrue();
        assertThat(server.commands()).containsExactly("SET k a\nb", "GET k");

        assertThat(script("GET k\nSET k 'a\nb\n")).isFalse();
        assertThat(err).hasToString("murmur shell: line 2 (SET) has an open quote\n");
    }

    @Test
    void aScriptOfWhichTheNodeIsLostFails() throws IOException {
        server.answer("INCR", FakeServer.BREAKS);

        assertThat(script("INCR k\nGET k\n")).isFalse();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("whether INCR was carried out is not known")
                .endsWith("murmur shell: line 1 (INCR) failed\n");
    }

    @Test
    void aScriptMayQuit() throws IOException {
        assertThat(script("quit\nGET k\n")).isTrue();
        assertThat(server.commands()).isEmpty();
    }

    @Test
    void commandsOfTheCommandLineHaveAnExitCode() {
        String[] before = {"shell", "--port", String.valueOf(server.address().port()), "-c", "PING", "-c"};

        assertThat(execute(before, "GET k")).isZero();
        assertThat(execute(before, "NONE")).isEqualTo(1);
        assertThat(execute(before, "\"open")).isEqualTo(1);
        assertThat(execute(new String[] {"shell", "--port", "x"}, "-c")).isEqualTo(2);
        server.answer("MURMUR LEVEL", "+OK\r\n");
        assertThat(execute(before, "GET level", "--level", "quorum")).isZero();
        assertThat(server.commands()).contains("MURMUR LEVEL LEVEL quorum");
    }

    private static int execute(String[] first, String... more) {
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return Main.commandLine().execute(all);
    }

    // The shell's own commands.

    @Test
    void levelsAreSaidInShort() throws IOException {
        server.answer("MURMUR", "+OK\r\n");
        Shell shell = shell(Format.TERMINAL);

        shell.run("\\level quorum");
        shell.run("\\level read one write quorum");
        shell.run("\\level");

        assertThat(server.commands())
                .containsExactly("MURMUR LEVEL LEVEL quorum", "MURMUR LEVEL read one write quorum", "MURMUR LEVEL");
    }

    @Test
    void aCommandIsTimedWhenThatIsWanted() throws IOException {
        Shell shell = shell(Format.TERMINAL);

        shell.run("\\timing on");
        shell.run("GET k");
        shell.run("\\timing off");
        shell.run("GET k");

        assertThat(out.toString(StandardCharsets.UTF_8))
                .matches("timing is on\n\"v\"\n\\(\\d+\\.\\d\\d ms\\)\ntiming is off\n\"v\"\n");
    }

    @Test
    void itIsToldWhichCommandsItCannotCarryOut() throws IOException {
        Shell shell = shell(Format.TERMINAL);

        for (String line : List.of("SUBSCRIBE c", "monitor", "CLIENT reply off", "\\nothing", "\\timing maybe")) {
            err.reset();
            assertThat(shell.run(line)).isEqualTo(Shell.Outcome.FAILED);
            assertThat(err.size()).isPositive();
        }
        assertThat(server.commands()).isEmpty();
    }

    @Test
    void helpTellsASyntaxAndOtherwiseWhatIsItsOwn() throws IOException {
        Shell shell = shell(Format.TERMINAL);

        shell.run("\\help getex");
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("GETEX key [EX seconds");

        out.reset();
        shell.run("help");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("\\connect")
                .contains("\\timing")
                .contains("Ctrl-D");
        assertThat(shell.run("\\help nothing")).isEqualTo(Shell.Outcome.FAILED);
    }

    @Test
    void oneConnectsElsewhere() throws IOException {
        try (FakeServer other = new FakeServer()) {
            Shell shell = shell(Format.TERMINAL);

            shell.run("\\connect " + other.address());
            shell.run("PING");

            assertThat(other.commands()).containsExactly("PING");
            assertThat(shell.run("\\connect nowhere")).isEqualTo(Shell.Outcome.FAILED);
        }
    }

    // The prompt, on a terminal that can do nothing.

    private Path history() {
        return folder.resolve("state").resolve("murmur").resolve("shell-history");
    }

    private String prompt(String typed) throws IOException {
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        session.connect();
        try (DumbTerminal terminal = new DumbTerminal(new ByteArrayInputStream(Words.bytes(typed)), screen)) {
            new Prompt(
                            terminal,
                            session,
                            history(),
                            to -> new Shell(session, Format.TERMINAL, to, to, CommandBook.builtIn()))
                    .run();
        }
        return screen.toString(StandardCharsets.UTF_8).replace("\r", "");
    }

    @Test
    void whatIsTypedIsCarriedOutUntilItEnds() throws IOException {
        String screen = prompt("SET k v\nGET k\nNONE\nSET k \"a\nb\"\n");

        assertThat(server.commands()).containsExactly("COMMAND DOCS", "SET k v", "GET k", "NONE", "SET k a\nb");
        assertThat(screen)
                .contains(server.address() + "> ")
                .contains("OK\n")
                .contains("\"v\"\n")
                .contains("(error) ERR unknown command\n");
    }

    @Test
    void anErrorEndsNoPromptAndQuitDoes() throws IOException {
        prompt("NONE\nGET k\n\\quit\nGET other\n");

        assertThat(server.commands()).containsExactly("COMMAND DOCS", "NONE", "GET k");
    }

    @Test
    void historyKeepsWhatWasTypedButNoPasswordsAndIsItsOwnersAlone() throws IOException {
        prompt("SET k v\nAUTH secret\nHELLO 3 AUTH alice secret\nGET k\n");

        String kept = Files.readString(history());
        assertThat(kept).contains("SET k v").contains("GET k").doesNotContain("secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history())))
                .isEqualTo("rw-------");
        assertThat(server.commands()).contains("AUTH secret");
    }

    @Test
    void aNodeThatDiesIsSaidToAndTheNextCommandGoesOn() throws IOException {
        server.answer("INCR", FakeServer.BREAKS);

        String screen = prompt("INCR k\nGET k\n");

        assertThat(screen)
                .contains("lost the connection to " + server.address())
                .contains("not connected> ")
                .contains("\"v\"\n");
    }
}
