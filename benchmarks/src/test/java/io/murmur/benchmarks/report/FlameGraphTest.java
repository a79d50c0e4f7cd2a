package io.murmur.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.murmur.benchmarks.report.FlameGraph.Box;
import io.murmur.benchmarks.report.FlameGraph.Frame;
import io.murmur.benchmarks.report.FlameGraph.Kind;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class FlameGraphTest {

    private static Frame frame(String name, Kind kind, long weight, Frame... children) {
        return new Frame(name, "a.b." + name, kind, weight, List.of(children));
    }

    private static FlameGraph graph(Frame all) {
        return new FlameGraph("GET <at> ONE & more", "samples", all);
    }

    private static List<Element> all(Element picture, String name) {
        NodeList found = picture.getElementsByTagName(name);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .toList();
    }

    private static Element parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
    }

    @Test
    void calleesStandOnTheirCallerSideBySideAsWideAsTheirShares() {
        Frame top = frame("Top.run", Kind.JDK, 10);
        Frame left = frame("Left.run", Kind.MURMUR, 30, top);
        Frame right = frame("Right.run", Kind.NETTY, 60);

        List<Box> boxes = graph(frame("all", Kind.OTHER, 100, left, right)).boxes();

        assertThat(boxes)
                .extracting(box -> box.frame().name())
                .containsExactly("all", "Left.run", "Top.run", "Right.run");
        assertThat(boxes).extracting(Box::depth).containsExactly(0, 1, 2, 1);
        double whole = boxes.get(0).width();
        assertThat(boxes.get(1).width()).isCloseTo(0.3 * whole, within(1e-6));
        assertThat(boxes.get(2).x()).isEqualTo(boxes.get(1).x());
        assertThat(boxes.get(3).x()).isCloseTo(boxes.get(1).x() + boxes.get(1).width(), within(1e-6));
        assertThat(boxes.get(3).width()).isCloseTo(0.6 * whole, within(1e-6));
    }

    @Test
    void whatIsTooNarrowToBeSeenIsLeftOut() {
        Frame narrow = frame("Narrow.run", Kind.JDK, 1, frame("Above.run", Kind.JDK, 1));

        assertThat(graph(frame("all", Kind.OTHER, 100_000, narrow)).boxes()).hasSize(1);
    }

    @Test
    void aPictureIsXmlWithTheWholeNameAndTheShareAsTooltip() throws Exception {
        Frame made = frame("Made.<init>", Kind.MURMUR, 25, frame("Native.write", Kind.SYSTEM, 5));

        Element picture = parse(graph(frame("all", Kind.OTHER, 100, made)).svg());

        List<Element> frames = all(picture, "g");
        assertThat(frames)
                .extracting(g -> all(g, "title").get(0).getTextContent())
                .containsExactly(
                        "a.b.all: 100 samples, 100.00 %; by itself 75.00 %",
                        "a.b.Made.<init>: 25 samples, 25.00 %; by itself 20.00 %",
                        "a.b.Native.write: 5 samples, 5.00 %; by itself 5.00 %");
        assertThat(all(frames.get(1), "text").get(0).getTextContent()).isEqualTo("Made.<init>");
        double height = Double.parseDouble(picture.getAttribute("height"));
        List<Double> tops = frames.stream()
                .map(g -> Double.parseDouble(all(g, "rect").get(0).getAttribute("y")))
                .toList();
        assertThat(tops.get(0)).isGreaterThan(tops.get(1)).isLessThan(height);
        assertThat(tops.get(1)).isGreaterThan(tops.get(2));
        assertThat(frames)
                .extracting(g -> all(g, "rect").get(0).getAttribute("fill"))
                .doesNotHaveDuplicates();
    }

    @Test
    void aPictureOfNothingIsStillOne() throws Exception {
        Element picture = parse(graph(frame("all", Kind.OTHER, 0)).svg());

        assertThat(all(picture, "g")).isEmpty();
        assertThat(all(picture, "title").get(0).getTextContent()).isEqualTo("GET <at> ONE & more");
    }

    @Test
    void aNameIsCutToTheRoomThereIs() {
        assertThat(FlameGraph.fitted("Coordinator.read", 500)).isEqualTo("Coordinator.read");
        assertThat(FlameGraph.fitted("Coordinator.read", 80)).isEqualTo("Coordina..");
        assertThat(FlameGraph.fitted("Coordinator.read", 20)).isEmpty();
    }
}
