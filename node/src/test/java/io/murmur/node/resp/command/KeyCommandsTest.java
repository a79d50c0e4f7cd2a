package io.murmur.node.resp.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyCommandsTest {

    private final Transcript transcript = new Transcript();

    @Test
    void keysAreCountedAndDeleted() {
        transcript.check("""
                > MSET a 1 b 2
                OK
                > EXISTS a b c a
                3
                > TOUCH a b c
                2
                > TYPE a
                string
                > TYPE c
                none
                > DEL a a c
                1
                > UNLINK b c
                1
                > EXISTS a b
                0
                """);
    }

    @Test
    void aValueIsCopiedWithItsExpiry() {
        transcript.check("""
                > COPY a b
                0
                > SET a 1 EX 10
                OK
                > COPY a b
                1
                > GET b
                "1"
                > PTTL b
                10000
                > SET a 2
                OK
                > COPY a b
                0
                > COPY a b REPLACE
                1
                > GET b
                "2"
                > PTTL b
                -1
                > COPY a b DB 0 REPLACE
                1
                > COPY a b DB 1
                (error) ERR DB index is out of range
                > COPY a b FOO
                (error) ERR syntax error
                > COPY a a
                (error) ERR source and destination objects are the same
                """);
    }

    @Test
    void aKeyIsRenamed() {
        transcript.check("""
                > RENAME a b
                (error) ERR no such key
                > SET a 1 EX 10
                OK
                > RENAME a b
                OK
                > MGET a b
                [nil, "1"]
                > PTTL b
                10000
                > RENAME b b
                OK
                > RENAMENX b b
                0
                > SET a 2
                OK
                > RENAMENX b a
                0
                > MGET a b
                ["2", "1"]
                > RENAMENX b c
                1
                > MGET b c
                [nil, "1"]
                > RENAMENX b d
                (error) ERR no such key
                """);
    }

    @Test
    void whatIsWrittenToAKeyWhileItIsRenamedStays() {
        transcript.commands.keyspace.beforeChange("a", 3, () -> transcript.commands.say("SET a theirs"));

        transcript.check("""
                > SET a mine NX
                OK
                > RENAME a b
                OK
                > MGET a b
                ["theirs", "mine"]
                """);
    }

    @Test
    void objectTellsWhatThereIsToTell() {
        transcript.check("""
                > MSET number -12 short abc almost 012
                OK
                > OBJECT ENCODING number
                "int"
                > OBJECT ENCODING short
                "embstr"
                > OBJECT ENCODING almost
                "embstr"
                > SETRANGE long 44 x
                45
                > OBJECT ENCODING long
                "raw"
                > OBJECT REFCOUNT short
                1
                > OBJECT ENCODING none
                nil
                > OBJECT IDLETIME short
                0
                > OBJECT FOO short
                (error) ERR unknown subcommand 'FOO'. Try OBJECT HELP.
                """);
        transcript.commands.keyspace.pass(61_000);
        assertEquals("61", transcript.commands.say("OBJECT IDLETIME short"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"DUMP a", "RESTORE a 0 x"})
    void serializedValuesAreRefused(String line) {
        assertEquals(
                "(error) ERR " + (line.startsWith("D") ? "dump" : "restore")
                        + " is not supported: values have no serialized form here; read and set them",
                transcript.commands.say(line));
    }
}
