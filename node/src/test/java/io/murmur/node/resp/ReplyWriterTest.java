package io.murmur.node.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyWriterTest {

    private final List<ByteBuf> handedOn = new ArrayList<>();
    private final ReplyWriter writer = new ReplyWriter(UnpooledByteBufAllocator.DEFAULT, handedOn::add);

    private String written(Reply reply, int protocol) {
        handedOn.clear();
        writer.write(reply, protocol);
        writer.handOn();
        StringBuilder all = new StringBuilder();
        handedOn.forEach(buffer -> all.append(buffer.toString(ISO_8859_1)));
        return all.toString();
    }

    private void assertWritten(Reply reply, String two, String three) {
        assertThat(written(reply, 2)).isEqualTo(two);
        assertThat(written(reply, 3)).isEqualTo(three);
    }

    private void assertWritten(Reply reply, String both) {
        assertWritten(reply, both, both);
    }

    @Test
    void eachReplyHasItsFormInBothProtocols() {
        assertWritten(Reply.OK, "+OK\r\n");
        assertWritten(new Reply.Simple("PONG"), "+PONG\r\n");
        assertWritten(new Reply.Failed("ERR no"), "-ERR no\r\n");
        assertWritten(Reply.bulk("ab"), "$2\r\nab\r\n");
        assertWritten(new Reply.Bulk(new byte[0]), "$0\r\n\r\n");
        assertWritten(Reply.NIL, "$-1\r\n", "_\r\n");
        assertWritten(Reply.NIL_ITEMS, "*-1\r\n", "_\r\n");
        assertWritten(new Reply.Items(List.of(Reply.ONE, Reply.NIL)), "*2\r\n:1\r\n$-1\r\n", "*2\r\n:1\r\n_\r\n");
        assertWritten(new Reply.Distinct(List.of(Reply.ONE)), "*1\r\n:1\r\n", "~1\r\n:1\r\n");
        assertWritten(
                new Reply.Pairs(List.of(Map.entry(Reply.bulk("a"), Reply.ONE))),
                "*2\r\n$1\r\na\r\n:1\r\n",
                "%1\r\n$1\r\na\r\n:1\r\n");
        assertWritten(new Reply.Truth(true), ":1\r\n", "#t\r\n");
        assertWritten(new Reply.Truth(false), ":0\r\n", "#f\r\n");
        assertWritten(new Reply.Real(1.5), "$3\r\n1.5\r\n", ",1.5\r\n");
        assertWritten(new Reply.Verbatim("hé"), "$3\r\nhÃ©\r\n", "=7\r\ntxt:hÃ©\r\n");
        assertWritten(Reply.SILENCE, "");
    }

    @ParameterizedTest
    @CsvSource({"0", "9", "10", "-1", "9223372036854775807", "-9223372036854775808", "-10"})
    void numbersAreDecimal(long number) {
        assertThat(written(new Reply.Int(number), 2)).isEqualTo(":" + number + "\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "3, 3",
        "-0.5, -0.5",
        "1e300, 1e+300",
        "1.5e-9, 1.5e-9",
        "123456789.125, 123456789.125",
        "NaN, nan",
        "Infinity, inf",
        "-Infinity, -inf"
    })
    void realNumbersAreAsShortAsTheyCanBe(double value, String text) {
        assertThat(ReplyWriter.text(value)).isEqualTo(text);
    }

    @Test
    void noErrorMakesALineOfItsOwn() {
        assertThat(written(new Reply.Failed("ERR unknown command 'a\r\n+OK'"), 2))
                .isEqualTo("-ERR unknown command 'a  +OK'\r\n");
    }

    @Test
    void aLongStringIsHandedOnAsItIs() {
        byte[] value = new byte[ReplyWriter.LONG_STRING];
        writer.write(Reply.ONE, 2);
        writer.write(new Reply.Bulk(value), 2);
        writer.write(Reply.ONE, 2);
        writer.handOn();

        assertThat(handedOn).hasSize(3);
        assertThat(handedOn.get(1).array()).isSameAs(value);
        assertThat(handedOn.get(0).toString(ISO_8859_1)).isEqualTo(":1\r\n$16384\r\n");
        assertThat(handedOn.get(2).toString(ISO_8859_1)).isEqualTo("\r\n:1\r\n");
        assertThat(writer.bytes()).isEqualTo(value.length + 4 + 8 + 2 + 4);
    }
}
