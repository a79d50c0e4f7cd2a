package io.murmur.node.resp.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Level;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StringCommandsTest {

    private final Transcript transcript = new Transcript();

    @Test
    void aValueIsSetAndRead() {
        transcript.check("""
                > GET a
                nil
                > SET a one
                OK
                > GET a
                "one"
                > SET a "t w\\x00o"
                OK
                > GET a
                "t w\\x00o"
                > STRLEN a
                5
                > STRLEN b
                0
                > SETNX a three
                0
                > SETNX b ""
                1
                > GET b
                ""
                > GETSET b four
                ""
                > GETSET c five
                nil
                > GETDEL c
                "five"
                > GETDEL c
                nil
                > EXISTS c
                0
                """);
    }

    @Test
    void setTakesConditionsAndTellsTheFormerValue() {
        transcript.check("""
                > SET a 1 XX
                nil
                > SET a 1 nx
                OK
                > SET a 2 NX
                nil
                > SET a 3 XX GET
                "1"
                > SET a 4 NX GET
                "3"
                > GET a
                "3"
                > SET b 1 GET
                nil
                > SET b 2 NX XX
                (error) ERR syntax error
                > SET b 2 FOO
                (error) ERR syntax error
                > SET b 2 EX
                (error) ERR syntax error
                > GET b
                "1"
                """);
    }

    @Test
    void setTakesAnExpiry() {
        long now = transcript.commands.keyspace.wallMillis();
        transcript.check("""
                > SET a 1 EX 100
                OK
                > PTTL a
                100000
                > SET a 2 KEEPTTL
                OK
                > PTTL a
                100000
                > SET a 3
                OK
                > PTTL a
                -1
                > SET a 4 PX 1500
                OK
                > PTTL a
                1500
                > SET a 5 PXAT 99999999999999
                OK
                > PEXPIRETIME a
                99999999999999
                > SET a 6 EXAT 99999999999
                OK
                > EXPIRETIME a
                99999999999
                > SET a 7 PXAT 1
                OK
                > EXISTS a
                0
                > SETEX b 10 v
                OK
                > TTL b
                10
                > PSETEX b 10 v
                OK
                > PTTL b
                10
                > SET c v EX 9000000000000
                OK
                > PEXPIRETIME c
                %d
                """.formatted(now + 9_000_000_000_000_000L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET a v EX 0 -> set",
                "SET a v PX -1 -> set",
                "SET a v EX 9223372036854775807 -> set",
                "SET a v PX 9223372036854775807 -> set",
                "SETEX a 0 v -> setex",
                "PSETEX a -5 v -> psetex",
                "GETEX a EX 0 -> getex"
            })
    void anExpiryThatCannotBeIsRefused(String line) {
        String[] parts = line.split(" -> ");
        assertEquals(
                "(error) ERR invalid expire time in '" + parts[1] + "' command", transcript.commands.say(parts[0]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET a v EX 1 PX 1",
                "SET a v EX 1 KEEPTTL",
                "SET a v KEEPTTL PXAT 1",
                "SET a v EXAT 1 PXAT 1",
                "SET a v PERSIST",
                "GETEX a PERSIST EX 1",
                "GETEX a EX 1 PERSIST",
                "GETEX a KEEPTTL",
                "GETEX a NX",
                "GETEX a EX"
            })
    void optionsThatExcludeOneAnotherAreRefused(String line) {
        assertEquals("(error) ERR syntax error", transcript.commands.say(line));
    }

    @Test
    void anExpiryThatIsNoNumberIsRefused() {
        transcript.check("""
                > SET a v EX ten
                (error) ERR value is not an integer or out of range
                > SETEX a 1.5 v
                (error) ERR value is not an integer or out of range
                > SET a v PX 9223372036854775808
                (error) ERR value is not an integer or out of range
                > EXISTS a
                0
                """);
    }

    @Test
    void getexSetsTheExpiryOfWhatItReads() {
        transcript.check("""
                > GETEX a EX 10
                nil
                > SET a v
                OK
                > GETEX a
                "v"
                > PTTL a
                -1
                > GETEX a EX 10
                "v"
                > PTTL a
                10000
                > GETEX a PERSIST
                "v"
                > PTTL a
                -1
                > GETEX a PXAT 99999999999999
                "v"
                > PEXPIRETIME a
                99999999999999
                > GETEX a EXAT 1
                "v"
                > GET a
                nil
                """);
    }

    @Test
    void manyAreSetAndRead() {
        transcript.check("""
                > MSET a 1 b 2 a 3
                OK
                > MGET a b c
                ["3", "2", nil]
                > MSETNX c 4 b 5
                0
                > MGET b c
                ["2", nil]
                > MSETNX c 4 d 5 d 6
                1
                > MGET c d
                ["4", "6"]
                > MSET a 1 b
                (error) ERR wrong number of arguments for 'mset' command
                > MSETNX a 1 b
                (error) ERR wrong number of arguments for 'msetnx' command
                """);
    }

    @Test
    void msetnxTakesBackWhatItSetWhenAKeyAppearsMeanwhile() {
        transcript.commands.keyspace.beforeChange("b", 2, () -> transcript.commands.say("SETNX b theirs"));
        transcript.check("""
                > MSETNX a 1 b 2 c 3
                0
                > MGET a b c
                [nil, "theirs", nil]
                """);
    }

    @Test
    void rangesOfBytesAreReadAndWritten() {
        transcript.check("""
                > APPEND a ""
                0
                > EXISTS a
                1
                > APPEND a Hello
                5
                > APPEND a " World"
                11
                > GETRANGE a 0 4
                "Hello"
                > GETRANGE a -5 -1
                "World"
                > GETRANGE a 6 100
                "World"
                > GETRANGE a -1 -5
                ""
                > GETRANGE a 5 3
                ""
                > GETRANGE a -100 -12
                "H"
                > GETRANGE none 0 -1
                ""
                > SUBSTR a 0 0
                "H"
                > GETRANGE a x 1
                (error) ERR value is not an integer or out of range
                > SETRANGE a 6 Redis
                11
                > GET a
                "Hello Redis"
                > SETRANGE a 12 !
                13
                > GET a
                "Hello Redis\\x00!"
                > SETRANGE none 5 ""
                0
                > EXISTS none
                0
                > SETRANGE a 100 ""
                13
                > SETRANGE b 2 x
                3
                > GET b
                "\\x00\\x00x"
                > SETRANGE a -1 x
                (error) ERR offset is out of range
                > SETRANGE a 1048576 x
                (error) ERR string exceeds maximum allowed size (proto-max-bulk-len)
                > SETRANGE a 9223372036854775807 x
                (error) ERR string exceeds maximum allowed size (proto-max-bulk-len)
                > SETRANGE a 1048575 x
                1048576
                > APPEND a x
                (error) ERR string exceeds maximum allowed size (proto-max-bulk-len)
                """);
    }

    @Test
    void numbersAreCounted() {
        transcript.check("""
                > INCR a
                1
                > INCRBY a 10
                11
                > DECR a
                10
                > DECRBY a 20
                -10
                > GET a
                "-10"
                > SET a 9223372036854775806
                OK
                > INCR a
                9223372036854775807
                > INCR a
                (error) ERR increment or decrement would overflow
                > INCRBY a -9223372036854775808
                -1
                > DECRBY a 9223372036854775807
                -9223372036854775808
                > DECR a
                (error) ERR increment or decrement would overflow
                > DECRBY a -9223372036854775808
                (error) ERR decrement would overflow
                > GET a
                "-9223372036854775808"
                > INCRBY a 1.5
                (error) ERR value is not an integer or out of range
                > INCRBY a ""
                (error) ERR value is not an integer or out of range
                > SET a " 11"
                OK
                > INCR a
                (error) ERR value is not an integer or out of range
                > SET a 011
                OK
                > INCR a
                (error) ERR value is not an integer or out of range
                """);
    }

    @Test
    void floatingPointNumbersAreCounted() {
        transcript.check("""
                > INCRBYFLOAT a 1
                "1"
                > INCRBYFLOAT a 1.5
                "2.5"
                > INCRBYFLOAT a 5e2
                "502.5"
                > INCRBYFLOAT a -502.5
                "0"
                > SET a 3
                OK
                > INCRBYFLOAT a 1.1
                "4.1"
                > SET a 17179869184
                OK
                > INCRBYFLOAT a 1.5
                "17179869185.5"
                > SET a abc
                OK
                > INCRBYFLOAT a 1
                (error) ERR value is not a valid float
                > SET a " 1"
                OK
                > INCRBYFLOAT a 1
                (error) ERR value is not a valid float
                > SET a 1
                OK
                > INCRBYFLOAT a nan
                (error) ERR value is not a valid float
                > INCRBYFLOAT a +inf
                (error) ERR increment would produce NaN or Infinity
                > INCRBYFLOAT a 1e5000
                (error) ERR value is not a valid float
                > INCRBYFLOAT a ""
                (error) ERR value is not a valid float
                > GET a
                "1"
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "APPEND a 1",
                "SETRANGE a 0 2",
                "INCR a",
                "INCRBYFLOAT a 1",
                "SETBIT a 1 1",
                "BITFIELD a SET u8 0 49"
            })
    void whatChangesAValueInItsPlaceKeepsItsExpiry(String line) {
        transcript.check("> SET a 1 EX 10\nOK\n");

        transcript.commands.say(line);

        assertEquals("10000", transcript.commands.say("PTTL a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "APPEND a 1",
                "SETRANGE a 0 2",
                "INCR a",
                "INCRBYFLOAT a 1",
                "SETBIT a 1 1",
                "BITFIELD a SET u8 0 49",
                "SETNX a 1",
                "GETSET a 1",
                "SET a 1 NX",
                "SET a 1 KEEPTTL",
                "BITOP NOT a b"
            })
    void whatIsMadeExpiresAsItsCacheSays(String line) {
        CommandLine commands = new CommandLine(
                new CacheSettings("short", 3, Level.QUORUM, Level.QUORUM, Durability.FSYNC, Duration.ofSeconds(7)));
        commands.say("SET b 1 EX 100");

        commands.say(line);

        assertEquals("7000", commands.say("PTTL a"));
    }

    @Test
    void anExpiredKeyIsNone() {
        transcript.check("> SET a 1 EX 10\nOK\n");

        transcript.commands.keyspace.pass(10_000);

        transcript.check("""
                > GET a
                nil
                > INCR a
                1
                > PTTL a
                -1
                """);
    }

    @Test
    void whatTwoValuesHaveInCommon() {
        transcript.check("""
                > MSET a ohmytext b mynewtext
                OK
                > LCS a b
                "mytext"
                > LCS a b LEN
                6
                > LCS a b IDX
                ["matches", [[[4, 7], [5, 8]], [[2, 3], [0, 1]]], "len", 6]
                > LCS a b IDX MINMATCHLEN 4
                ["matches", [[[4, 7], [5, 8]]], "len", 6]
                > LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN
                ["matches", [[[4, 7], [5, 8], 4]], "len", 6]
                > LCS a none
                ""
                > LCS a b LEN IDX
                (error) ERR If you want both the length and indexes, please just use IDX.
                > LCS a b FOO
                (error) ERR syntax error
                > LCS a b MINMATCHLEN
                (error) ERR syntax error
                > SETRANGE a 999999 x
                1000000
                > LCS a b
                (error) ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len
                """);
    }
}
