package io.murmur.node.resp.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class BitCommandsTest {

    private final Transcript transcript = new Transcript();

    @Test
    void bitsAreSetAndRead() {
        transcript.check("""
                > GETBIT a 7
                0
                > SETBIT a 7 1
                0
                > GETBIT a 7
                1
                > GET a
                "\\x01"
                > SETBIT a 7 0
                1
                > SETBIT a 100 0
                0
                > STRLEN a
                13
                > GETBIT a 1000
                0
                > SETBIT a -1 1
                (error) ERR bit offset is not an integer or out of range
                > SETBIT a 8388608 1
                (error) ERR bit offset is not an integer or out of range
                > SETBIT a 8388607 1
                0
                > SETBIT a 1 2
                (error) ERR bit is not an integer or out of range
                > SETBIT a 1 x
                (error) ERR bit is not an integer or out of range
                > GETBIT a x
                (error) ERR bit offset is not an integer or out of range
                """);
    }

    @Test
    void bitsAreCounted() {
        transcript.check("""
                > SET a foobar
                OK
                > BITCOUNT a
                26
                > BITCOUNT a 0 0
                4
                > BITCOUNT a 1 1
                6
                > BITCOUNT a -1 -1
                4
                > BITCOUNT a 0 -1 BYTE
                26
                > BITCOUNT a 5 30 BIT
                17
                > BITCOUNT a 5 5 bit
                1
                > BITCOUNT a -1 -2
                0
                > BITCOUNT a 100 200
                0
                > BITCOUNT none
                0
                > BITCOUNT none 0 100 BIT
                0
                > BITCOUNT a 0
                (error) ERR syntax error
                > BITCOUNT a 0 1 FOO
                (error) ERR syntax error
                > BITCOUNT a 0 1 BIT x
                (error) ERR syntax error
                > BITCOUNT a 0 x
                (error) ERR value is not an integer or out of range
                """);
    }

    @Test
    void theFirstBitIsFound() {
        transcript.check("""
                > BITPOS none 0
                0
                > BITPOS none 1
                -1
                > SET a "\\xff\\xf0\\x00"
                OK
                > BITPOS a 0
                12
                > BITPOS a 1 2
                -1
                > BITPOS a 1 1
                8
                > BITPOS a 0 0 0
                -1
                > BITPOS a 0 -1
                16
                > SET b "\\xff\\xff"
                OK
                > BITPOS b 0
                16
                > BITPOS b 0 1
                16
                > BITPOS b 0 0 -1
                -1
                > BITPOS b 0 5
                -1
                > BITPOS a 0 5 13 BIT
                12
                > BITPOS a 1 13 15 BIT
                -1
                > BITPOS a 0 0 11 BIT
                -1
                > BITPOS a 2
                (error) ERR The bit argument must be 1 or 0.
                > BITPOS a 0 0 1 FOO
                (error) ERR syntax error
                """);
    }

    @Test
    void stringsArePutTogether() {
        transcript.check("""
                > MSET a "\\x0f\\xff" b "\\x3c" empty ""
                OK
                > BITOP AND c a b
                2
                > GET c
                "\\x0c\\x00"
                > BITOP or c a b
                2
                > GET c
                "?\\xff"
                > BITOP XOR c a b none
                2
                > GET c
                "3\\xff"
                > BITOP NOT c a
                2
                > GET c
                "\\xf0\\x00"
                > BITOP AND c a none
                2
                > GET c
                "\\x00\\x00"
                > BITOP OR c empty none
                0
                > EXISTS c
                0
                > BITOP NOT c a b
                (error) ERR BITOP NOT must be called with a single source key.
                > BITOP NAND c a b
                (error) ERR syntax error
                """);
    }

    @Test
    void numbersOfAnyWidthAreReadAndWritten() {
        transcript.check("""
                > BITFIELD a
                []
                > BITFIELD a SET i8 0 -100 GET i8 0 GET u8 0
                [0, -100, 156]
                > BITFIELD a SET u4 #1 5 GET u8 0
                [12, 149]
                > BITFIELD a INCRBY u2 100 1 INCRBY u2 100 1 INCRBY u2 100 1 INCRBY u2 100 1
                [1, 2, 3, 0]
                > BITFIELD a OVERFLOW SAT INCRBY u2 100 5 OVERFLOW FAIL INCRBY u2 100 1 GET u2 100
                [3, nil, 3]
                > BITFIELD b OVERFLOW FAIL SET u8 0 256
                [nil]
                > STRLEN b
                1
                > BITFIELD b OVERFLOW SAT SET u8 0 -1 GET u8 0 SET i8 0 200 GET i8 0 SET i8 0 -200 GET i8 0
                [0, 255, -1, 127, 127, -128]
                > BITFIELD b SET i64 0 9223372036854775807 INCRBY i64 0 1 INCRBY i64 0 -1
                [-9223372036854775808, -9223372036854775808, 9223372036854775807]
                > BITFIELD b OVERFLOW SAT INCRBY i64 0 1 INCRBY u63 1 -9223372036854775808
                [9223372036854775807, 0]
                > BITFIELD_RO b GET u8 0
                [0]
                > BITFIELD_RO none GET i16 1000
                [0]
                > BITFIELD_RO b SET u8 0 1
                (error) ERR BITFIELD_RO only supports the GET subcommand
                > BITFIELD b GET u64 0
                (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.
                > BITFIELD b GET x8 0
                (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.
                > BITFIELD b GET i0 0
                (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.
                > BITFIELD b GET i8 -1
                (error) ERR bit offset is not an integer or out of range
                > BITFIELD b GET i8 #x
                (error) ERR bit offset is not an integer or out of range
                > BITFIELD b SET i8 0 x
                (error) ERR value is not an integer or out of range
                > BITFIELD b OVERFLOW FOO SET i8 0 1
                (error) ERR Invalid OVERFLOW type specified
                > BITFIELD b SET i8 0
                (error) ERR syntax error
                > BITFIELD b FOO
                (error) ERR syntax error
                > BITFIELD b SET i64 8388600 1
                (error) ERR string exceeds maximum allowed size (proto-max-bulk-len)
                """);
    }

    @Test
    void whatTakesTooLongToPutTogetherIsRefused() {
        CommandLine line = new CommandLine();
        line.say("SETBIT k 8388607 1");
        assertEquals("1048576", line.say("BITOP OR d" + " k".repeat(64)));
        assertEquals(
                "(error) ERR BITOP of 65 strings of up to 1048576 bytes: more than 67108864 bytes together",
                line.say("BITOP OR d" + " k".repeat(65)));
        assertEquals(
                "(error) ERR BITOP of 1024 strings of up to 1048576 bytes: more than 67108864 bytes together",
                line.say("BITOP OR d k" + " none".repeat(1023)));
        assertEquals("0", line.say("BITOP OR d" + " none".repeat(1024)));
        assertEquals("(error) ERR BITOP takes at most 1024 source keys", line.say("BITOP OR d" + " none".repeat(1025)));
    }
}
