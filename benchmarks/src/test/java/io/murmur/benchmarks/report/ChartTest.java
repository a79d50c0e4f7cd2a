package io.murmur.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.murmur.benchmarks.report.BarChart.Bar;
import io.murmur.benchmarks.report.BarChart.Group;
import io.murmur.benchmarks.report.LineChart.Mark;
import io.murmur.benchmarks.report.LineChart.Point;
import io.murmur.benchmarks.report.LineChart.Series;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

class ChartTest {

    private static Element parse(String svg) throws ParserConfigurationException, SAXException, IOException {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
    }

    private static Stream<Element> all(Element picture, String name) {
        NodeList found = picture.getElementsByTagName(name);
        return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i));
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    private static List<Element> bars(Element picture) {
        return all(picture, "rect")
                .filter(rect -> rect.getElementsByTagName("title").getLength() > 0)
                .toList();
    }

    @Test
    void barsAreAsLongAsTheirFigures() throws Exception {
        BarChart chart = new BarChart(
                "PUT <at> QUORUM & more",
                "operations/s",
                List.of(
                        new Group("PUT", List.of(new Bar("ours", 100, "100/s"), new Bar("theirs", 50, "50/s"))),
                        new Group("GET", List.of(new Bar("ours", 25, "25/s"), new Bar("away", Double.NaN, "none")))));

        Element picture = parse(chart.svg());

        List<Element> bars = bars(picture);
        double whole = number(bars.get(0), "width");
        assertThat(bars.stream().map(bar -> number(bar, "width") / whole))
                .usingElementComparator((a, b) -> Math.abs(a - b) < 0.001 ? 0 : 1)
                .containsExactly(1.0, 0.5, 0.25, 0.0);
        assertThat(bars.get(0).getAttribute("fill"))
                .isEqualTo(bars.get(2).getAttribute("fill"))
                .isNotEqualTo(bars.get(1).getAttribute("fill"));
        assertThat(all(picture, "text").map(Element::getTextContent))
                .contains("PUT <at> QUORUM & more", "operations/s", "ours", "100/s", "GET", "none");
    }

    @Test
    void nothingIsDrawnOutsideThePicture() throws Exception {
        BarChart chart = new BarChart(
                "t",
                "v",
                List.of(new Group("", List.of(new Bar("a very long label, really".repeat(2), 7, "7.0 of many")))));

        Element picture = parse(chart.svg());

        assertThat(all(picture, "rect").skip(1)).allSatisfy(rect -> {
            assertThat(number(rect, "x")).isPositive();
            assertThat(number(rect, "x") + number(rect, "width")).isLessThan(number(picture, "width"));
        });
    }

    private static LineChart lines(boolean logarithmic, Point... points) {
        return new LineChart(
                "latency",
                "seconds",
                "ms",
                List.of(new Series("p99", List.of(points))),
                List.of(new Mark(1, "killed")),
                logarithmic);
    }

    private static double[] heights(Element picture) {
        return all(picture, "circle").mapToDouble(dot -> number(dot, "cy")).toArray();
    }

    @Test
    void equalRatiosAreEqualStepsOnALogarithmicAxis() throws Exception {
        double[] heights = heights(parse(lines(true, new Point(0, 1), new Point(1, 10), new Point(2, 100))
                .svg()));

        assertThat(heights[0] - heights[1]).isCloseTo(heights[1] - heights[2], within(0.2));
        assertThat(heights[0]).isGreaterThan(heights[1]);
    }

    @Test
    void equalDifferencesAreEqualStepsOnALinearAxis() throws Exception {
        double[] heights = heights(parse(lines(false, new Point(0, 10), new Point(1, 20), new Point(2, 40))
                .svg()));

        assertThat(heights[1] - heights[2]).isCloseTo(2 * (heights[0] - heights[1]), within(0.3));
    }

    @Test
    void whatHasNoPlaceIsAGap() throws Exception {
        Element picture = parse(lines(
                        true,
                        new Point(0, 1),
                        new Point(1, 2),
                        new Point(2, 0),
                        new Point(3, Double.NaN),
                        new Point(4, 5),
                        new Point(5, 6))
                .svg());

        assertThat(heights(picture)).hasSize(4);
        String path = all(picture, "path").findFirst().orElseThrow().getAttribute("d");
        assertThat(path.chars().filter(c -> c == 'M').count()).isEqualTo(2);
        assertThat(path.chars().filter(c -> c == 'L').count()).isEqualTo(2);
    }

    @Test
    void marksStandWhereTheyHappened() throws Exception {
        Element picture = parse(
                lines(false, new Point(0, 1), new Point(1, 2), new Point(2, 3)).svg());

        double place = all(picture, "circle")
                .skip(1)
                .mapToDouble(dot -> number(dot, "cx"))
                .findFirst()
                .orElseThrow();
        Element mark = all(picture, "line")
                .filter(line -> !line.getAttribute("stroke-dasharray").isEmpty())
                .findFirst()
                .orElseThrow();
        assertThat(number(mark, "x1")).isCloseTo(place, within(0.1));
        assertThat(all(picture, "text").map(Element::getTextContent)).contains("killed", "p99", "seconds", "ms");
    }

    @Test
    void aChartOfNothingIsAPictureStill() throws Exception {
        parse(new LineChart("t", "x", "y", List.of(), List.of(), true).svg());
        parse(new LineChart("t", "x", "y", List.of(new Series("s", List.of())), List.of(), false).svg());
        parse(lines(true, new Point(3, 7)).svg());
        parse(new BarChart("t", "v", List.of()).svg());
    }

    @Test
    void ticksAreRound() {
        assertThat(Axis.linear(0, 57_000, 0, 1).ticks())
                .containsExactly(0.0, 10_000.0, 20_000.0, 30_000.0, 40_000.0, 50_000.0);
        assertThat(Axis.logarithmic(0.3, 2000, 0, 1).ticks()).containsExactly(0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0);
        assertThat(Stream.of(0.1, 0.05, 2000.0, 0.0).map(Axis::label)).containsExactly("0.1", "0.05", "2,000", "0");
    }
}
