package io.murmur.node.resp.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExpiryCommandsTest {

    private final Transcript transcript = new Transcript();

    @Test
    void aKeyExpires() {
        transcript.check("""
                > TTL a
                -2
                > PTTL a
                -2
                > EXPIRE a 10
                0
                > SET a v
                OK
                > TTL a
                -1
                > EXPIRE a 10
                1
                > TTL a
                10
                > PEXPIRE a 2499
                1
                > TTL a
                2
                > PTTL a
                2499
                > PEXPIREAT a 99999999999500
                1
                > PEXPIRETIME a
                99999999999500
                > EXPIRETIME a
                100000000000
                > EXPIREAT a 99999999999
                1
                > EXPIRETIME a
                99999999999
                > PERSIST a
                1
                > PERSIST a
                0
                > EXPIRETIME a
                -1
                > PERSIST none
                0
                > EXPIRE a 0
                1
                > EXISTS a
                0
                > EXPIRETIME a
                -2
                """);
    }

    @ParameterizedTest
    @CsvSource({
        "NX, 0, 1",
        "NX, 200, 0",
        "XX, 0, 0",
        "XX, 200, 1",
        "GT, 0, 0",
        "GT, 50, 1",
        "GT, 100, 0",
        "GT, 200, 0",
        "LT, 0, 1",
        "LT, 50, 0",
        "LT, 100, 0",
        "LT, 200, 1",
        "XX GT, 50, 1",
        "XX LT, 0, 0",
        "XX LT, 200, 1"
    })
    void anExpiryIsSetOnItsConditions(String options, int formerSeconds, String answer) {
        transcript.commands.say("SET a v" + (formerSeconds == 0 ? "" : " EX " + formerSeconds));

        assertEquals(answer, transcript.commands.say("EXPIRE a 100 " + options));
        assertEquals(
                answer.equals("1") ? "100" : formerSeconds == 0 ? "-1" : "" + formerSeconds,
                transcript.commands.say("TTL a"));
    }

    @Test
    void aTimeThatIsOverRemovesTheKey() {
        transcript.check("""
                > MSET a 1 b 2
                OK
                > EXPIRE a -1
                1
                > EXPIREAT b 1
                1
                > EXISTS a b
                0
                """);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        transcript.check("""
                > SET a v
                OK
                > EXPIRE a ten
                (error) ERR value is not an integer or out of range
                > EXPIRE a 10 FOO
                (error) ERR Unsupported option FOO
                > EXPIRE a 10 NX XX
                (error) ERR NX and XX, GT or LT options at the same time are not compatible
                > EXPIRE a 10 NX LT
                (error) ERR NX and XX, GT or LT options at the same time are not compatible
                > EXPIRE a 10 GT LT
                (error) ERR GT and LT options at the same time are not compatible
                > EXPIRE a 9223372036854775807
                (error) ERR invalid expire time in 'expire' command
                > EXPIRE a -9223372036854775807
                (error) ERR invalid expire time in 'expire' command
                > PEXPIRE a 9223372036854775807
                (error) ERR invalid expire time in 'pexpire' command
                > EXPIREAT a 9223372036854775807
                (error) ERR invalid expire time in 'expireat' command
                > TTL a
                -1
                """);
    }
}
