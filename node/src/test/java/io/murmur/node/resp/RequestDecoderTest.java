package io.murmur.node.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestDecoderTest {

    private static final RequestDecoder.Bounds BOUNDS = new RequestDecoder.Bounds(1000, 1 << 20, 4 << 20);

    private final RequestDecoder decoder = new RequestDecoder(BOUNDS);
    private final ByteBuf in = Unpooled.buffer();

    private List<String> decode(String text) throws ProtocolException {
        in.writeBytes(text.getBytes(ISO_8859_1));
        List<String> requests = new ArrayList<>();
        for (Request request = decoder.next(in); request != null; request = decoder.next(in)) {
            requests.add(text(request));
        }
        return requests;
    }

    private static String text(Request request) {
        List<String> words = new ArrayList<>();
        for (int place = 0; place < request.size(); place++) {
            words.add(new String(request.word(place), ISO_8859_1));
        }
        return String.join("|", words);
    }

    private static String frame(byte[]... words) {
        StringBuilder frame = new StringBuilder("*" + words.length + "\r\n");
        for (byte[] word : words) {
            frame.append('$')
                    .append(word.length)
                    .append("\r\n")
                    .append(new String(word, ISO_8859_1))
                    .append("\r\n");
        }
        return frame.toString();
    }

    @Test
    void aPipelineIsDecodedInItsOrder() throws Exception {
        assertThat(
                        decode(
                                "*2\r\n$3\r\nGET\r\n$1\r\na\r\n*1\r\n$4\r\nPING\r\n*3\r\n$3\r\nset\r\n$0\r\n\r\n$2\r\n\r\n\r\n"))
                .containsExactly("GET|a", "PING", "set||\r\n");
    }

    @Test
    void emptyRequestsAreSkipped() throws Exception {
        assertThat(decode("*0\r\n*-1\r\n*-10\r\n\r\n\r\nPING\r\n*1\r\n$4\r\nPING\r\n"))
                .containsExactly("PING", "PING");
    }

    @Test
    void whatPeopleTypeIsSplitAsRedisSplitsIt() throws Exception {
        assertThat(decode("set  a\tb\r\n")).containsExactly("set|a|b");
        assertThat(decode("set \"a b\" 'c d'\n")).containsExactly("set|a b|c d");
        assertThat(decode("set \"\\x41\\n\\\"\\q\" 'it\\'s \\n'\n")).containsExactly("set|A\n\"q|it's \\n");
        assertThat(decode("set k \"\"\n")).containsExactly("set|k|");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "*3000000000; invalid multibulk length",
                "*1001; invalid multibulk length",
                "*foo; invalid multibulk length",
                "*; invalid multibulk length",
                "*99999999999999999999999999; invalid multibulk length",
                "*1|foo; expected '$', got 'f'",
                "*3|$3|SET|$1|x|fooz; expected '$', got 'f'",
                "*3|$3|SET|$1|x|$-10; invalid bulk length",
                "*3|$3|SET|$1|x|$2000000000; invalid bulk length",
                "*3|$3|SET|$1|x|$1048577; invalid bulk length",
                "*3|$3|SET|$1|x|$blabla; invalid bulk length",
                "*1|$1|ab; expected CRLF behind a bulk",
                "set \"\"\"test-key\"\"\" test-value; unbalanced quotes in request",
                "set \"a; unbalanced quotes in request",
                "set 'a'b; unbalanced quotes in request"
            })
    void whatIsNoRespIsNamedInRedisWords(String sent, String error) {
        assertThatThrownBy(() -> decode(sent.replace("|", "\r\n") + "\r\n"))
                .isInstanceOf(ProtocolException.class)
                .hasMessage(error);
    }

    @ParameterizedTest
    @CsvSource({"'', too big inline request", "*, too big mbulk count string", "'*1|$', too big bulk count string"})
    void aLineWithoutAnEndIsRefused(String begun, String error) throws Exception {
        assertThat(decode(begun.replace("|", "\r\n") + "\0".repeat(60_000))).isEmpty();
        assertThatThrownBy(() -> decode("x".repeat(10_000))).hasMessage(error);
    }

    @Test
    void strangersHaveFewWordsAndShortOnes() throws Exception {
        decoder.goBy(RequestDecoder.Bounds.OF_STRANGERS);

        assertThat(decode("*3\r\n$4\r\nAUTH\r\n$1\r\na\r\n$1\r\nb\r\n")).hasSize(1);
        assertThatThrownBy(() -> decode("*11\r\n")).hasMessage("unauthenticated multibulk length");
        in.clear();
        assertThatThrownBy(() -> decode("*1\r\n$16385\r\n")).hasMessage("unauthenticated bulk length");
    }

    @Test
    void aRequestIsBoundedAsAWhole() {
        byte[] word = new byte[1 << 20];
        assertThatThrownBy(() -> decode(frame(word, word, word, word, word)))
                .hasMessageContaining("more than 4194304 bytes");
    }

    @Test
    void whatIsAnnouncedCostsNothingUntilItComes() throws Exception {
        List<RequestDecoder> decoders = new ArrayList<>();
        RequestDecoder.Bounds bounds = new RequestDecoder.Bounds(1 << 20, 512 << 20, 1 << 30);
        // Each would be half a gigabyte, and all of them more than there is.
        for (int i = 0; i < 200; i++) {
            RequestDecoder each = new RequestDecoder(bounds);
            ByteBuf announced = Unpooled.copiedBuffer("*1000000\r\n$536870912\r\nx", ISO_8859_1);
            assertThat(each.next(announced)).isNull();
            decoders.add(each);
        }
        assertThat(decoders).allSatisfy(each -> assertThat(each.heldBytes()).isPositive());
    }

    @Test
    void aLongWordIsWholeWhateverItsPiecesAre() throws Exception {
        Random random = new Random(1);
        byte[] value = new byte[700_001];
        random.nextBytes(value);
        String frame = frame("SET".getBytes(ISO_8859_1), value);
        List<String> decoded = new ArrayList<>();
        int from = 0;
        while (from < frame.length()) {
            int to = Math.min(frame.length(), from + 1 + random.nextInt(50_000));
            decoded.addAll(decode(frame.substring(from, to)));
            in.discardReadBytes();
            from = to;
        }
        assertThat(decoded).containsExactly("SET|" + new String(value, ISO_8859_1));
    }

    @Test
    void whereAStreamIsCutMakesNoDifference() throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            StringBuilder stream = new StringBuilder();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                byte[][] words = new byte[1 + random.nextInt(4)][];
                for (int w = 0; w < words.length; w++) {
                    words[w] = new byte[random.nextInt(20)];
                    random.nextBytes(words[w]);
                }
                expected.add(text(new Request(words)));
                stream.append(frame(words)).append(random.nextInt(3) == 0 ? "\r\n" : "");
            }
            RequestDecoder each = new RequestDecoder(BOUNDS);
            ByteBuf buffer = Unpooled.buffer();
            List<String> decoded = new ArrayList<>();
            byte[] bytes = stream.toString().getBytes(ISO_8859_1);
            int from = 0;
            while (from < bytes.length) {
                int to = Math.min(bytes.length, from + 1 + random.nextInt(7));
                buffer.writeBytes(bytes, from, to - from);
                for (Request next = each.next(buffer); next != null; next = each.next(buffer)) {
                    decoded.add(text(next));
                }
                buffer.discardReadBytes();
                from = to;
            }
            assertThat(decoded).as("seed %d", seed).isEqualTo(expected);
        }
    }

    /** Broken frames end in a named error, or in a request, and never otherwise. */
    @Test
    void noBytesDoHarm() {
        String alphabet = "*$\r\n0123456789-:+\"'\\x \0aGET";
        int errors = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(200)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextInt(10) == 0
                        ? (byte) random.nextInt()
                        : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            }
            if (random.nextBoolean()) {
                byte[] whole = frame("SET".getBytes(ISO_8859_1), bytes).getBytes(ISO_8859_1);
                int at = random.nextInt(whole.length);
                whole[at] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
                bytes = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            }
            RequestDecoder each = new RequestDecoder(BOUNDS);
            ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
            try {
                Request request = each.next(buffer);
                while (request != null) {
                    assertThat(request.size()).isPositive();
                    request = each.next(buffer);
                }
                assertThat(each.heldBytes()).isLessThanOrEqualTo(BOUNDS.requestBytes());
            } catch (ProtocolException e) {
                errors++;
            }
        }
        assertThat(errors).isGreaterThan(1000);
    }
}
